internal import Layers
internal import Tensors

/// Tells from the names and shapes of a state dict which layers it belongs to.
///
/// What shapes do not tell is taken as PyTorch has it by itself: tanh for `nn.RNN`, 10⁻⁵ for the ε of `nn.LayerNorm`, for
/// convolutions one group, a stride of 1 and no padding.
/// The order follows from the sizes: each layer reads what another puts out.
struct StateDict {
  /// What the layer of a model that is one layer is called: its tensors' names have nothing before them.
  static let alone = "layer"

  private let path: String
  /// The shapes of each module's tensors, by the last part of their names; modules in the order of their names.
  private var modules: [(name: String, tensors: [String: [Int]])] = []

  init(_ weights: Weights) {
    path = weights.path
    var indices: [String: Int] = [:]
    for (name, shape) in weights.shapes.sorted(by: {
      $0.name.utf8.lexicographicallyPrecedes($1.name.utf8)
    }) {
      let parts = name.split(separator: ".", omittingEmptySubsequences: false)
      let module = parts.count > 1 ? parts.dropLast().joined(separator: ".") : Self.alone
      if indices[module] == nil {
        indices[module] = modules.count
        modules.append((module, [:]))
      }
      modules[indices[module] ?? 0].tensors[String(parts.last ?? "")] = shape
    }
  }

  /// The layers, in the order in which they can follow each other.
  ///
  /// - Throws: ``InterchangeError/layer(path:layer:reason:)`` for a module that is none of them, or if there is no order
  ///   or more than one.
  func description() throws(InterchangeError) -> StackDescription {
    let layers = try layers()
    let named = layers.map { Self.isTable($0.name ?? "") ? $0.asTable ?? $0 : $0 }
    do throws(InterchangeError) {
      return StackDescription(try StackDescription.onlyOrder(of: named, path: path))
    } catch {
      // Names may mislead, sizes do not: the first layer, and no other, may be a table.
      var others = [layers]
      for (index, layer) in layers.enumerated() {
        guard let table = layer.asTable else { continue }
        var other = layers
        other[index] = table
        others.append(other)
      }
      let fitting = others.compactMap { try? StackDescription.onlyOrder(of: $0, path: path) }
      guard fitting.count < 2 else {
        throw .layer(
          path: path, layer: modules[0].name,
          reason: "and the others fit in several orders: write the file with the printed script")
      }
      guard let only = fitting.first else { throw error }
      return StackDescription(only)
    }
  }

  /// All that the layers may be: orders in which they can follow each other, and what `forward` may do with what they give.
  ///
  /// - Parameter weights: The file's.
  /// - Returns: Orders, and what each layer may be in them.
  /// - Throws: ``InterchangeError/layer(path:layer:reason:)`` for a module that is none of them, or if there is no order.
  func choices(_ weights: Weights) throws(InterchangeError) -> ModelChoices {
    let layers = try layers()
    var weights = weights
    var tensors: [String: Tensor] = [:]
    for layer in layers { try PyTorchForm().read(layer, &weights, into: &tensors) }
    try weights.checkSurplus()
    // Of matrices without a bias those with the name of a table may be one, if there are such; if not, or if nothing fits
    // then, any may be.
    let named = layers.filter { Self.isTable($0.name ?? "") && $0.asTable != nil }
    func choices(_ tables: [LayerDescription]) throws(InterchangeError) -> ModelChoices {
      try ModelChoices(
        layers.map { LayerChoices($0, orTable: tables.contains($0) ? $0.asTable : nil) },
        tensors: tensors, form: PyTorchForm(), path: path)
    }
    guard named.isEmpty else {
      if let choices = try? choices(named) { return choices }
      return try choices(layers)
    }
    if let choices = try? choices([]) { return choices }
    return try choices(layers)
  }

  /// Each module as the layer that it most likely is.
  private func layers() throws(InterchangeError) -> [LayerDescription] {
    guard !modules.isEmpty else { throw .empty(path: path) }
    var layers: [LayerDescription] = []
    for (name, tensors) in modules { layers.append(try layer(name, tensors)) }
    return layers
  }

  private func layer(
    _ name: String, _ tensors: [String: [Int]]
  ) throws(InterchangeError) -> LayerDescription {
    if tensors["weight_ih_l0"] != nil { return .recurrent(try recurrent(name, tensors)) }
    let (weight, bias) = (tensors["weight"], tensors["bias"])
    let others = tensors.keys.filter { !["weight", "bias"].contains($0) }.sorted()
    if others.isEmpty, let weight {
      switch (weight.count, bias) {
      case (2, nil), (2, [weight[0]]):
        return .dense(
          .init(name: name, inputs: weight[1], outputs: weight[0], bias: bias != nil))
      case (1, nil), (1, weight):
        return .normalization(.init(name: name, size: weight[0], bias: bias != nil))
      case (3, nil), (3, [weight[0]]), (4, nil), (4, [weight[0]]):
        // A larger window would be a mistake in the file; it must not trap.
        guard weight[2...].allSatisfy({ 1...1 << 16 ~= $0 }) else { break }
        return .convolution(
          .init(
            name: name, inputs: weight[1], outputs: weight[0], bias: bias != nil,
            axes: weight[2...].map { ConvolutionAxis($0) }))
      default: break
      }
    }
    throw .layer(
      path: path, layer: name,
      reason:
        "has the tensors \(tensors.keys.sorted().joined(separator: ", ")), which are those of no layer "
        + "that Unfold knows: nn.Embedding, nn.RNN, nn.LSTM, nn.GRU, nn.Conv1d, nn.Conv2d, nn.Linear and "
        + "nn.LayerNorm")
  }

  /// A matrix without a bias is a table of vectors or a layer of products: where both fit, its name tells.
  private static func isTable(_ name: String) -> Bool {
    ["emb", "lookup", "wte", "encoder"].contains { name.lowercased().contains($0) }
  }

  private func recurrent(
    _ name: String, _ tensors: [String: [Int]]
  ) throws(InterchangeError) -> LayerDescription.Recurrent {
    func wrong(_ reason: String) -> InterchangeError {
      .layer(path: path, layer: name, reason: reason)
    }
    guard let input = tensors["weight_ih_l0"], let hidden = tensors["weight_hh_l0"],
      input.count == 2, hidden.count == 2, input[0] == hidden[0], hidden[1] > 0
    else { throw wrong("has weights of no recurrent layer") }
    let projection = tensors["weight_hr_l0"]?.first
    let gates: Int
    if let projection, let inner = tensors["weight_hr_l0"]?.last {
      guard projection == hidden[1], inner > 0, hidden[0] == 4 * inner else {
        throw wrong("has a projection that does not fit")
      }
      gates = 4
    } else {
      gates = hidden[0] / hidden[1]
    }
    let cell = LayerDescription.Recurrent.Cell.allCases.first {
      $0.gates == gates && hidden[0] % gates == 0
    }
    guard let cell else {
      throw wrong("has \(gates) gates, like none of nn.RNN, nn.LSTM and nn.GRU")
    }
    var layer = LayerDescription.Recurrent(
      name: name, cell: cell, inputs: input[1], hidden: hidden[0] / gates)
    layer.projection = projection
    layer.bidirectional = tensors["weight_ih_l0_reverse"] != nil
    layer.biases = ["bias_ih_l0", "bias_hh_l0"].count { tensors[$0] != nil }
    while tensors["weight_ih_l\(layer.layers)"] != nil { layer.layers += 1 }
    let expected = LayerDescription.recurrent(layer).parameters
    for parameter in expected {
      let short = String(parameter.name.dropFirst(name.count + 1))
      guard tensors[short] == parameter.shape else {
        throw .missing(path: path, tensor: parameter.name, expected: parameter.shape)
      }
    }
    return layer
  }
}

extension LayerDescription {
  /// A layer of products without a bias as the table of vectors that it may be; `nil` for another.
  fileprivate var asTable: LayerDescription? {
    guard case .dense(let dense) = self, !dense.bias, dense.tiedTo == nil else { return nil }
    return .embedding(.init(name: dense.name, vocabulary: dense.outputs, size: dense.inputs))
  }
}
