public import Interchange
internal import Layers
public import Models
internal import Tensors

/// A model of a task that is a stack of layers, and can therefore go to another framework.
public protocol ExportableModel: Sendable {
  /// The model's layers, under the names of its parameters.
  ///
  /// - Throws: `InterchangeError.unsupported` for a layer that no stack has.
  var stack: LayerStack { get throws }
}

extension LanguageModel: ExportableModel {
  public var stack: LayerStack {
    get throws {
      let table = LayerDescription.Embedding(
        name: "embedding", vocabulary: vocabularySize, size: embedding.weight.shape[1])
      let layers = try LayerDescription.Recurrent(
        named: "rnn", recurrent.layers.map(\.cell), isBidirectional: false)
      let output = LayerDescription.Dense(
        name: "output", inputs: recurrent.outputSize, outputs: vocabularySize,
        tiedTo: outputWeight == nil ? table.name : nil)
      return try LayerStack(
        StackDescription([.embedding(table), .recurrent(layers), .dense(output)]), of: self)
    }
  }
}

extension SequenceModel: ExportableModel {
  public var stack: LayerStack {
    get throws {
      var layers: [LayerDescription] = []
      if let table = embedding?.weight {
        layers.append(
          .embedding(.init(name: "embedding", vocabulary: table.shape[0], size: table.shape[1])))
      }
      layers.append(
        .recurrent(
          try .init(named: "rnn", encoder.cells, isBidirectional: encoder.isBidirectional)))
      switch pooling?.kind {
      case .last: layers.append(.reduction(.ends))
      case .mean: layers.append(.reduction(.mean))
      case .max: layers.append(.reduction(.max))
      case .attention:
        throw InterchangeError.unsupported(
          framework: "another framework", layer: "pooling",
          reason: "no layer there pools by attention as this one does")
      case nil: break
      }
      layers.append(
        .dense(
          .init(
            name: "output", inputs: output.weight.shape[1], outputs: output.weight.shape[0],
            bias: output.bias != nil)))
      return try LayerStack(StackDescription(layers), of: self)
    }
  }
}

extension ImageClassifier: ExportableModel {
  /// That of the steps that an image is read as, numbers from 0 to 1 `[B, T, D]`.
  public var stack: LayerStack {
    get throws {
      guard case .sequence(let model) = self else {
        throw InterchangeError.unsupported(
          framework: "another framework", layer: "images", reason: "it reads images as a grid")
      }
      return try model.stack
    }
  }
}

extension Tagger: ExportableModel {
  /// Its outputs are the tags' scores before the softmax.
  public var stack: LayerStack {
    get throws {
      func refuse(_ layer: String, _ reason: String) -> InterchangeError {
        .unsupported(framework: "another framework", layer: layer, reason: reason)
      }
      if characters != nil {
        throw refuse("characters", "it reads the spelling of each word beside the words")
      }
      if field != nil {
        throw refuse("field", "tags are chosen together, by a conditional random field")
      }
      guard let output else {
        throw refuse("jordan", "tags are said one after the other, by a Jordan net")
      }
      let table = LayerDescription.Embedding(
        name: "words", vocabulary: words.weight.shape[0], size: words.weight.shape[1])
      let layers = try LayerDescription.Recurrent(
        named: "rnn", recurrent.layers.map(\.forward.cell), isBidirectional: true)
      let dense = LayerDescription.Dense(
        name: "output", inputs: recurrent.outputSize, outputs: tagCount, bias: output.bias != nil)
      return try LayerStack(
        StackDescription([.embedding(table), .recurrent(layers), .dense(dense)]), of: self)
    }
  }
}

extension RecurrentEncoder {
  fileprivate var isBidirectional: Bool {
    switch self {
    case .oneWay: false
    case .bothWays: true
    }
  }
}

extension LayerStack {
  /// The layers of a description with the parameters of a module, whose names are those of the description.
  fileprivate init(_ description: StackDescription, of module: some Module) throws {
    try self.init(
      description,
      weights: Dictionary(uniqueKeysWithValues: module.parameters.map { ($0.name, $0.tensor) }),
      from: "the model")
  }
}
