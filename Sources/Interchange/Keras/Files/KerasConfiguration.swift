internal import Foundation

/// The layers of a model as Keras writes them in `config.json`, and in files of HDF5 before that.
struct KerasConfiguration: Decodable {
  /// A layer: its class, and what it was made with.
  struct Layer: Decodable {
    var className: String
    var config: Settings
    /// The layers that it reads, of a model that is not sequential.
    var inboundNodes: Sources?
  }

  /// What layers are made with; each class has some of it.
  struct Settings: Decodable {
    var name: String?
    var activation: Name?
    var recurrentActivation: Name?
    var returnSequences: Bool?
    var goBackwards: Bool?
    var stateful: Bool?
    var resetAfter: Bool?
    var maskZero: Bool?
    var epsilon: Double?
    var scale: Bool?
    var center: Bool?
    var rmsScaling: Bool?
    var mergeMode: String?
    var layer: Box?
    var backwardLayer: Box?
    var strides: Numbers?
    var dilationRate: Numbers?
    var padding: String?
    var groups: Int?
    var dataFormat: String?
    var keepdims: Bool?
    var axis: Numbers?
    var maxValue: Double?
    var negativeSlope: Double?
    var threshold: Double?

    private enum Key: String, CodingKey {
      case name, activation, recurrentActivation, returnSequences, goBackwards, stateful,
        resetAfter, maskZero, epsilon, scale, center, rmsScaling, mergeMode, layer, backwardLayer,
        strides, dilationRate, padding, groups, dataFormat, keepdims, axis, maxValue,
        negativeSlope, threshold
    }

    init() {}

    /// Other classes may have something else under the same names: what is not of a type is not there.
    init(from decoder: any Swift.Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      func get<Value: Decodable>(_ key: Key) -> Value? {
        try? container.decodeIfPresent(Value.self, forKey: key)
      }
      name = get(.name)
      activation = get(.activation)
      recurrentActivation = get(.recurrentActivation)
      returnSequences = get(.returnSequences)
      goBackwards = get(.goBackwards)
      stateful = get(.stateful)
      resetAfter = get(.resetAfter)
      maskZero = get(.maskZero)
      epsilon = get(.epsilon)
      scale = get(.scale)
      center = get(.center)
      rmsScaling = get(.rmsScaling)
      mergeMode = get(.mergeMode)
      layer = get(.layer)
      backwardLayer = get(.backwardLayer)
      strides = get(.strides)
      dilationRate = get(.dilationRate)
      padding = get(.padding)
      groups = get(.groups)
      dataFormat = get(.dataFormat)
      keepdims = get(.keepdims)
      axis = get(.axis)
      maxValue = get(.maxValue)
      negativeSlope = get(.negativeSlope)
      threshold = get(.threshold)
    }
  }

  /// A layer within a layer.
  final class Box: Decodable {
    let value: Layer
    init(_ value: Layer) { self.value = value }
    init(from decoder: any Swift.Decoder) throws { value = try Layer(from: decoder) }
  }

  /// The name of a function; one of the user's own has none that is known.
  struct Name: Decodable, Equatable {
    let text: String
    init(from decoder: any Swift.Decoder) throws {
      text = (try? decoder.singleValueContainer().decode(String.self)) ?? "a function of its own"
    }
  }

  /// A number for each axis, or one.
  struct Numbers: Decodable {
    let values: [Int]
    init(from decoder: any Swift.Decoder) throws {
      let container = try decoder.singleValueContainer()
      values = try (try? container.decode([Int].self)) ?? [container.decode(Int.self)]
    }
  }

  /// Something that a layer puts out: of most layers there is one, and a recurrent one may add its states.
  struct Result: Hashable {
    var layer: String
    var number = 0
  }

  private struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { return nil }
  }

  /// What a layer reads, wherever it stands in its description.
  struct Sources: Decodable {
    var results: Set<Result> = []

    init(from decoder: any Swift.Decoder) throws {
      if let object = try? decoder.container(keyedBy: AnyKey.self) {
        for key in object.allKeys {
          if key.stringValue == "keras_history" || key.stringValue == "kerasHistory" {
            var history = try object.nestedUnkeyedContainer(forKey: key)
            results.insert(try Result(&history))
          } else if let inner = try? object.decode(Sources.self, forKey: key) {
            results.formUnion(inner.results)
          }
        }
      } else if var list = try? decoder.unkeyedContainer() {
        // Before Keras 3 a layer stands there as ["name", 0, 0, {}].
        if list.count == 4, let result = try? Result(&list) {
          results.insert(result)
          return
        }
        while !list.isAtEnd {
          if try list.decodeNil() { continue }
          results.formUnion(try list.decode(Sources.self).results)
        }
      }
    }
  }

  /// What a model that is not sequential reads or puts out: one result, or several in a list or by names.
  struct Ends: Decodable {
    var results: [Result] = []

    init(from decoder: any Swift.Decoder) throws {
      if let object = try? decoder.container(keyedBy: AnyKey.self) {
        for key in object.allKeys { results += try object.decode(Ends.self, forKey: key).results }
        return
      }
      var list = try decoder.unkeyedContainer()
      if let result = try? Result(&list) {
        results = [result]
        return
      }
      while !list.isAtEnd { results += try list.decode(Ends.self).results }
    }
  }

  private struct Model: Decodable {
    struct Contents: Decodable {
      var layers: [Layer]
      var inputLayers: Ends?
      var outputLayers: Ends?
    }
    var className: String
    var config: Contents
  }

  /// All layers, in the order of the file.
  private let layers: [Layer]
  /// What the model reads and puts out; of a sequential one nothing is said.
  private let inputs: [Result]?, outputs: [Result]?

  init(from decoder: any Swift.Decoder) throws {
    let contents = try Model(from: decoder).config
    layers = contents.layers
    (inputs, outputs) = (contents.inputLayers?.results, contents.outputLayers?.results)
  }

  /// Reads a model's configuration.
  ///
  /// - Throws: ``InterchangeError/description(path:reason:)``.
  init(json: Data, path: String) throws(InterchangeError) {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      self = try decoder.decode(Self.self, from: json)
    } catch {
      throw .description(
        path: path, reason: "its configuration is not one of a Sequential or Functional model")
    }
  }

  /// The layers from the input up to the output, of which each reads the one before it and nothing else.
  ///
  /// - Throws: ``InterchangeError/layer(path:layer:reason:)`` for a model that is no such chain.
  func chain(path: String) throws(InterchangeError) -> [Layer] {
    func refusal(_ layer: String?, _ reason: String) -> InterchangeError {
      .layer(path: path, layer: layer ?? "", reason: reason)
    }
    if let inputs, inputs.count > 1 {
      throw refusal(inputs[1].layer, "should be no input beside '\(inputs[0].layer)'")
    }
    if let input = inputs?.first, input.layer != layers.first?.config.name {
      throw refusal(input.layer, "should be the first, for it is the input")
    }
    var chain = layers
    if let outputs, let output = outputs.first {
      if outputs.count > 1 {
        throw refusal(outputs[1].layer, "should be no output beside '\(output.layer)'")
      }
      guard let last = layers.firstIndex(where: { $0.config.name == output.layer }) else {
        throw refusal(output.layer, "should be there, for it is the output")
      }
      if output.number != 0 { throw refusal(output.layer, "should not put out its state") }
      chain = Array(layers[...last])
    }
    for (before, layer) in zip(chain, chain.dropFirst()) {
      guard let sources = layer.inboundNodes, let name = before.config.name else { continue }
      guard sources.results == [Result(layer: name)] else {
        throw refusal(layer.config.name, "should read the layer before it, and that one alone")
      }
    }
    return chain
  }
}

extension KerasConfiguration.Result {
  /// A result as Keras writes it: the layer's name, which of its calls, which of that one's results.
  fileprivate init(_ list: inout any UnkeyedDecodingContainer) throws {
    layer = try list.decode(String.self)
    _ = try list.decode(Int.self)
    number = try list.decode(Int.self)
  }
}
