internal import Foundation
internal import Layers

/// A stack of layers: each reads what the one before it puts out.
public struct StackDescription: Sendable, Equatable {
  /// From the input up.
  public var layers: [LayerDescription]

  /// A stack of these layers.
  public init(_ layers: [LayerDescription]) { self.layers = layers }

  /// What flows from layer to layer.
  private enum Flow {
    case symbols
    case sequences(size: Int)
    case images(size: Int)
    case vectors(size: Int)
  }

  /// Why the layers are no stack, as a sentence about one of them; `nil` if they are.
  var violation: (layer: String, reason: String)? {
    guard !layers.isEmpty else { return ("", "there is none") }
    var names: Set<String> = []
    var flow: Flow?
    for (index, layer) in layers.enumerated() {
      let name = layer.name ?? "number \(index + 1)"
      if let own = layer.name {
        if own.isEmpty { return (name, "has no name") }
        if !names.insert(own).inserted { return (name, "stands there twice") }
      }
      if let reason = layer.violation ?? next(layer, at: index, &flow) { return (name, reason) }
    }
    if let layer = layers.first, (0..<2).contains(where: { fewestPlaces(along: $0) == nil }) {
      return (
        layer.name ?? "", "needs more than \(Self.mostPlaces) places for the convolutions after it"
      )
    }
    return nil
  }

  /// What follows from a layer, or why it cannot stand there.
  private func next(_ layer: LayerDescription, at index: Int, _ flow: inout Flow?) -> String? {
    /// A layer that maps vectors of one size to another, wherever they stand.
    func mapped(_ inputs: Int, _ outputs: Int) -> String? {
      switch flow {
      case .symbols: return "reads vectors, but symbols come before it"
      case .sequences(let size), .images(let size), .vectors(let size):
        if size != inputs { return "reads vectors of \(inputs), but gets \(size)" }
      case nil: break
      }
      switch flow {
      case .vectors: flow = .vectors(size: outputs)
      case .images: flow = .images(size: outputs)
      default: flow = .sequences(size: outputs)
      }
      return nil
    }
    switch layer {
    case .embedding(let layer):
      if index > 0 { return "reads symbols, so it should be the first layer" }
      flow = .sequences(size: layer.size)
    case .recurrent(let layer):
      return notSequences(flow) ?? mapped(layer.inputs, layer.outputs)
    case .convolution(let layer) where layer.readsImages:
      switch flow {
      case nil: flow = .images(size: layer.inputs)
      case .images: break
      default: return "reads images, but none come before it"
      }
      return mapped(layer.inputs, layer.outputs)
    case .convolution(let layer):
      return notSequences(flow) ?? mapped(layer.inputs, layer.outputs)
    case .dense(let layer):
      if let tied = layer.tiedTo {
        let tables = layers[..<index].filter {
          $0 == .embedding(.init(name: tied, vocabulary: layer.outputs, size: layer.inputs))
        }
        if tables.isEmpty {
          return "has the weights of '\(tied)', which is no table of \(layer.outputs) vectors of "
            + "\(layer.inputs)"
        }
      }
      return mapped(layer.inputs, layer.outputs)
    case .normalization(let layer): return mapped(layer.size, layer.size)
    case .function:
      if flow == nil { return "stands before any layer that has weights" }
    case .reduction(let reduction):
      let size: Int
      switch (flow, reduction) {
      case (.sequences(let sequence), _): size = sequence
      case (.images(let image), .mean), (.images(let image), .max): size = image
      default: return "reads sequences, but there are none"
      }
      if reduction == .ends {
        guard index > 0, case .recurrent = layers[index - 1] else {
          return "takes the ends of a recurrent layer, which should stand right before it"
        }
      }
      flow = .vectors(size: size)
    }
    return nil
  }

  /// Why a layer that reads sequences cannot stand where something else flows.
  private func notSequences(_ flow: Flow?) -> String? {
    switch flow {
    case .vectors: "reads sequences, but they have become vectors before it"
    case .images: "reads sequences, but images come before it"
    case .symbols, .sequences, nil: nil
    }
  }

  /// The softmax, or its logarithm, that the last layer is; `nil` if it is something else.
  public var finalSoftmax: LayerDescription? {
    switch layers.last {
    case .function(.softmax), .function(.logSoftmax): layers.last
    default: nil
    }
  }

  /// Whether the first layer reads symbols.
  public var readsSymbols: Bool {
    if case .embedding = layers.first { true } else { false }
  }

  /// Whether anything in it reads whole sequences.
  public var readsSequences: Bool {
    layers.contains {
      switch $0 {
      case .embedding, .recurrent: true
      case .convolution(let layer): !layer.readsImages
      case .reduction: !readsImages
      default: false
      }
    }
  }

  /// Whether it reads images.
  public var readsImages: Bool { convolutions.contains(where: \.readsImages) }

  /// The convolutions, from the input up.
  private var convolutions: [LayerDescription.Convolution] {
    layers.compactMap { if case .convolution(let layer) = $0 { layer } else { nil } }
  }

  /// The most places that an input may have to have.
  private static let mostPlaces = 1 << 20

  /// The fewest steps that a sequence has, or rows (0) or columns (1) that an image has, of which something is left behind
  /// the last convolution; `nil` for too many.
  package func fewestPlaces(along axis: Int) -> Int? {
    convolutions.reversed().reduce(1) { needed, layer in
      guard let needed, axis < layer.axes.count else { return needed }
      let places = layer.axes[axis].fewestPlaces(for: needed)
      return places <= Self.mostPlaces ? places : nil
    }
  }

  /// How many steps are left of `steps`.
  package func stepsLeft(of steps: Int) -> Int {
    convolutions.reduce(steps) { $1.axes[0].outputs(of: $0) }
  }

  /// The size of the vectors that the first layer reads; `nil` where it reads symbols.
  public var inputSize: Int? {
    for layer in layers {
      switch layer {
      case .embedding: return nil
      case .recurrent(let layer): return layer.inputs
      case .dense(let layer): return layer.inputs
      case .convolution(let layer): return layer.inputs
      case .normalization(let layer): return layer.size
      case .function, .reduction: continue
      }
    }
    return nil
  }

  /// The size of the vectors that the last layer puts out; `nil` where no layer tells it.
  package var outputSize: Int? {
    for layer in layers.reversed() {
      switch layer {
      case .embedding(let layer): return layer.size
      case .recurrent(let layer): return layer.outputs
      case .dense(let layer): return layer.outputs
      case .convolution(let layer): return layer.outputs
      case .normalization(let layer): return layer.size
      case .function, .reduction: continue
      }
    }
    return nil
  }

  /// All parameters, from the input up.
  var parameters: [ParameterShape] { layers.flatMap(\.parameters) }
}

extension LayerDescription {
  /// Why the layer cannot be, whatever stands around it.
  fileprivate var violation: String? {
    func sizes(_ sizes: Int...) -> String? {
      sizes.first { !(1...1 << 28).contains($0) }.map { "has a size of \($0)" }
    }
    switch self {
    case .embedding(let layer): return sizes(layer.vocabulary, layer.size)
    case .dense(let layer): return sizes(layer.inputs, layer.outputs)
    case .convolution(let layer): return layer.violation
    case .normalization(let layer):
      return sizes(layer.size)
        ?? (layer.epsilon >= 0 && layer.epsilon.isFinite
          ? nil : "has an epsilon of \(layer.epsilon)")
    case .recurrent(let layer):
      if let reason = sizes(layer.inputs, layer.hidden, layer.projection ?? 1) { return reason }
      if !(1...1000).contains(layer.layers) { return "has \(layer.layers) layers" }
      if !(0...2).contains(layer.biases) { return "has \(layer.biases) biases" }
      if layer.projection != nil, layer.cell != .lstm {
        return "has a projection without being an LSTM"
      }
      if layer.merge != .concatenation, layer.layers > 1 || !layer.bidirectional {
        return "merges two directions, but is not one layer of two"
      }
      return nil
    case .function, .reduction: return nil
    }
  }
}

extension StackDescription: Codable {
  public init(from decoder: any Swift.Decoder) throws {
    layers = try [LayerDescription](from: decoder)
  }

  public func encode(to encoder: any Encoder) throws { try layers.encode(to: encoder) }

  /// The layers as JSON on one line.
  public var json: String {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    } catch {
      fatalError("StackDescription: cannot be written as JSON: \(error)")
    }
  }

  /// Reads layers that ``json`` or a printed script wrote, and checks that they are a stack.
  ///
  /// - Parameters:
  ///   - json: The text.
  ///   - path: Where it stands, for errors.
  /// - Throws: ``InterchangeError/description(path:reason:)`` or ``InterchangeError/layer(path:layer:reason:)``.
  public init(json: String, path: String) throws(InterchangeError) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(Self.self, from: Data(json.utf8))
    } catch let error as DecodingError {
      throw .description(path: path, reason: error.reason)
    } catch {
      throw .description(path: path, reason: "the list of layers is no JSON")
    }
    if let violation { throw .layer(path: path, layer: violation.layer, reason: violation.reason) }
  }
}
