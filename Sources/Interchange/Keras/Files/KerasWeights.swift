internal import HDF5

/// Tells from weights alone, `.weights.h5` of Keras 3, which layers they belong to.
///
/// What weights do not tell is found by a probe among what it may be, ``choices()``; without one it is taken as Keras has it
/// by itself, ``reader()``: tanh and sigmoid, no activation after a dense layer, ε = 10⁻³; an output at every step. The order
/// follows from the sizes, each layer reads what another puts out; where layers without weights stand only a probe tells.
struct KerasWeights {
  let path: String
  private let layers: [(name: String, group: HDF5Group)]
  /// Layers without weights that have an effect on what is put out.
  private let empty: [(name: String, place: LayerPlace)]

  private static let classes = [
    "embedding": "Embedding", "dense": "Dense", "simple_rnn": "SimpleRNN", "lstm": "LSTM",
    "gru": "GRU", "bidirectional": "Bidirectional", "layer_normalization": "LayerNormalization",
    "conv1d": "Conv1D", "conv2d": "Conv2D",
  ]

  /// Classes without effect on what a trained model puts out, as groups have them.
  private static let ignored = Set(KerasLayerReader.ignored.map { KerasFile.snakeCase($0) })

  init(_ root: HDF5Group, path: String) throws(InterchangeError) {
    self.path = path
    guard let groups = root.groups["layers"]?.groups else {
      throw .description(
        path: path,
        reason: "it has neither a model's configuration nor the groups 'layers/…' of Keras 3")
    }
    let sorted = groups.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    empty = sorted.filter { Self.isEmpty($0.value) }
      .map { (name: Self.name(of: $0.value) ?? $0.key, place: LayerPlace(group: $0.key)) }
      .filter { !Self.ignored.contains($0.place.kind) }
    layers = sorted.filter { !Self.isEmpty($0.value) }.map { (name: $0.key, group: $0.value) }
  }

  /// The name that a layer had in its model.
  private static func name(of group: HDF5Group) -> String? {
    group.groups["vars"]?.texts["name"]?.first
  }

  private static func isEmpty(_ group: HDF5Group) -> Bool {
    group.datasets.isEmpty
      && group.groups.allSatisfy { $0.key == "seed_generator" || isEmpty($0.value) }
  }

  /// A layer with its weights, as it most likely is.
  private struct Part {
    var description: LayerDescription
    var place: LayerPlace
    var layer: KerasConfiguration.Layer
    var variables: KerasVariables
  }

  private func parts() throws(InterchangeError) -> [Part] {
    var parts: [Part] = []
    var strangers: [String] = []
    for (id, group) in layers {
      let name = Self.name(of: group) ?? id
      let place = LayerPlace(group: id)
      guard let kind = Self.classes[place.kind] else {
        strangers.append("'\(name)' (\(place.kind))")
        continue
      }
      let variables = KerasVariables.numbered(group)
      let layer = try layer(kind, name, variables)
      var reader = KerasLayerReader(path: path)
      try reader.add(layer, variables)
      strangers += reader.strangers
      guard let description = reader.layers.first else { continue }
      parts.append(
        Part(description: description, place: place, layer: layer, variables: variables))
    }
    for (name, place) in empty where LayerChoices(withoutWeights: place) == nil {
      // One of a class that has weights, such as a norm, but neither gain nor bias.
      let addition = Self.classes[place.kind] == nil ? "" : " without weights"
      strangers.append("'\(name)' (\(place.kind)\(addition))")
    }
    guard strangers.isEmpty else { throw .strangers(path: path, layers: strangers) }
    return parts
  }

  /// All layers as they most likely are, in the order in which they can follow each other.
  ///
  /// - Throws: ``InterchangeError/description(path:reason:)`` for layers without weights, of which nothing tells where they
  ///   stand.
  func reader() throws(InterchangeError) -> KerasLayerReader {
    let parts = try parts()
    guard empty.isEmpty else {
      let names = empty.map { "'\($0.name)'" }.joined(separator: ", ")
      throw .description(
        path: path,
        reason:
          "only a probe, given with --probe, tells where \(names) without weights should stand")
    }
    let ordered = try StackDescription.onlyOrder(of: parts.map(\.description), path: path)
    var reader = KerasLayerReader(path: path)
    for description in ordered {
      guard let part = parts.first(where: { $0.description == description }) else { continue }
      try reader.add(part.layer, part.variables)
    }
    return reader
  }

  /// All that the layers may be.
  func choices() throws(InterchangeError) -> ModelChoices {
    var reader = KerasLayerReader(path: path)
    var choices: [LayerChoices] = []
    for part in try parts() {
      try reader.add(part.layer, part.variables)
      choices.append(LayerChoices(part.description, at: part.place))
    }
    var tensors = reader.tensors
    // One vector alone may be the gain or the bias.
    for case .normalization(let layer) in reader.layers where !layer.bias {
      tensors["\(layer.name).beta"] = tensors["\(layer.name).gamma"]
    }
    choices += empty.compactMap { LayerChoices(withoutWeights: $0.place) }
    return try ModelChoices(choices, tensors: tensors, form: KerasForm(), path: path)
  }

  /// The configuration that a layer with such weights most likely had.
  private func layer(
    _ kind: String, _ name: String, _ variables: KerasVariables
  ) throws(InterchangeError) -> KerasConfiguration.Layer {
    var settings = KerasConfiguration.Settings()
    settings.name = name
    settings.returnSequences = true
    guard kind == "Bidirectional" else { return .init(className: kind, config: settings) }
    settings.mergeMode = "concat"
    let recurrent = variables[.forward].dropFirst().first?.shape ?? []
    let gates = recurrent.count == 2 && recurrent[0] > 0 ? recurrent[1] / recurrent[0] : 0
    guard let inner = [1: "SimpleRNN", 3: "GRU", 4: "LSTM"][gates] else {
      throw .layer(path: path, layer: name, reason: "has weights of no recurrent layer of Keras")
    }
    var own = KerasConfiguration.Settings()
    own.returnSequences = true
    settings.layer = .init(.init(className: inner, config: own))
    return .init(className: kind, config: settings)
  }
}
