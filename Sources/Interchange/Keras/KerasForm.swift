internal import Layers
internal import Safetensors
internal import Tensors

/// Keras's names and layouts: weights with a column for each output, gates in its own order.
///
/// | Layer | Keras | here |
/// | --- | --- | --- |
/// | `Dense` | `kernel` `[inputs, outputs]` | `weight` `[outputs, inputs]` |
/// | `Conv1D`, `Conv2D` | `kernel` `[K…, inputs, outputs]` | `weight` `[outputs, inputs, K…]` |
/// | `LSTM` | columns i, f, c, o; one bias | rows i, f, g, o |
/// | `GRU` | columns z, r, h | rows r, z, n |
/// | `GRU`, reset after | `bias` `[2, 3H]` | `bias_ih`, `bias_hh` `[3H]` |
///
/// Nothing is added or rounded on the way in, so weights go there and back to the bit. On the way out two biases that are
/// only ever added become their sum, and layers one above the other become as many of Keras's.
struct KerasForm: FrameworkForm {
  var format: String { "keras" }

  func read(_ weights: inout Weights) throws(InterchangeError) -> LayerStack {
    guard let json = weights.description else {
      throw .description(
        path: weights.path,
        reason:
          "its metadata has no \(StackFile.layersKey); write it with 'unfold import --script keras'"
      )
    }
    let description = try StackDescription(json: json, path: weights.path)
    var own: [String: Tensor] = [:]
    for layer in description.layers { try read(layer, &weights, into: &own) }
    return try LayerStack(description, weights: own, from: weights.path)
  }

  func read(
    _ layer: LayerDescription, _ weights: inout Weights, into own: inout [String: Tensor]
  ) throws(InterchangeError) {
    switch layer {
    case .embedding(let layer):
      own["\(layer.name).weight"] = try weights.take(
        "\(layer.name).embeddings", shape: [layer.vocabulary, layer.size])
    case .dense(let layer):
      own["\(layer.name).weight"] = try weights.take(
        "\(layer.name).kernel", shape: [layer.inputs, layer.outputs]
      ).transposed()
      if layer.bias {
        own["\(layer.name).bias"] = try weights.take(
          "\(layer.name).bias", shape: [layer.outputs])
      }
    case .convolution(let layer):
      own["\(layer.name).weight"] = try weights.take(
        "\(layer.name).kernel", shape: layer.kernelShape
      ).convolutionWeight
      if layer.bias {
        own["\(layer.name).bias"] = try weights.take("\(layer.name).bias", shape: [layer.outputs])
      }
    case .normalization(let layer):
      if layer.gain {
        own["\(layer.name).weight"] = try weights.take("\(layer.name).gamma", shape: [layer.size])
      }
      if layer.bias {
        own["\(layer.name).bias"] = try weights.take("\(layer.name).beta", shape: [layer.size])
      }
    case .recurrent(let layer):
      guard layer.layers == 1, layer.projection == nil, layer.hasBiasesOfKeras else {
        throw .layer(
          path: weights.path, layer: layer.name, reason: "is no recurrent layer of Keras")
      }
      for direction in layer.directions {
        func take(_ name: String, _ shape: [Int]) throws(InterchangeError) -> Tensor {
          try weights.take("\(layer.name)\(direction.keras).\(name)", shape: shape)
        }
        let columns = layer.cell.gates * layer.hidden
        let suffix = "_l0\(direction.own)"
        own["\(layer.name).weight_ih\(suffix)"] = layer.reordered(
          try take("kernel", [layer.inputs, columns]).transposed())
        own["\(layer.name).weight_hh\(suffix)"] = layer.reordered(
          try take("recurrent_kernel", [layer.hidden, columns]).transposed())
        if layer.biases == 1 {
          own["\(layer.name).bias_ih\(suffix)"] = layer.reordered(try take("bias", [columns]))
        } else if layer.biases == 2 {
          let both = try take("bias", [2, columns]).split(2, axis: 0)
          own["\(layer.name).bias_ih\(suffix)"] = layer.reordered(both[0].reshaped(to: [columns]))
          own["\(layer.name).bias_hh\(suffix)"] = layer.reordered(both[1].reshaped(to: [columns]))
        }
      }
    case .function, .reduction: break
    }
  }

  func write(_ stack: LayerStack) throws(InterchangeError) -> (
    description: StackDescription, entries: [SafetensorsWriter.Entry], aliases: [String: String]
  ) {
    let own = Dictionary(uniqueKeysWithValues: stack.parameters.map { ($0.name, $0.tensor) })
    var layers: [LayerDescription] = []
    var entries: [SafetensorsWriter.Entry] = []
    func add(_ name: String, _ tensor: Tensor?) {
      if let tensor { entries.append(.init(name, tensor)) }
    }
    for layer in stack.description.layers {
      switch layer {
      case .embedding(let embedding):
        layers.append(layer)
        add("\(embedding.name).embeddings", own["\(embedding.name).weight"])
      case .dense(var dense):
        // Keras's Dense has weights of its own.
        add("\(dense.name).kernel", own["\(dense.tiedTo ?? dense.name).weight"]?.transposed())
        add("\(dense.name).bias", own["\(dense.name).bias"])
        dense.tiedTo = nil
        layers.append(.dense(dense))
      case .convolution(let convolution):
        layers.append(.convolution(try convolution.forKeras()))
        add("\(convolution.name).kernel", own["\(convolution.name).weight"]?.convolutionKernel)
        add("\(convolution.name).bias", own["\(convolution.name).bias"])
      case .normalization(let norm):
        layers.append(layer)
        add("\(norm.name).gamma", own["\(norm.name).weight"])
        add("\(norm.name).beta", own["\(norm.name).bias"])
      case .recurrent(let recurrent):
        if recurrent.projection != nil {
          throw .unsupported(
            framework: "Keras", layer: recurrent.name, reason: "its LSTM has no projection")
        }
        for index in 0..<recurrent.layers {
          let (one, tensors) = recurrent.forKeras(index, own)
          layers.append(.recurrent(one))
          for (name, tensor) in tensors { add(name, tensor) }
        }
      case .function, .reduction: layers.append(layer)
      }
    }
    return (StackDescription(layers), entries, [:])
  }
}

extension LayerDescription.Recurrent {
  /// What the names of a direction's weights have after the layer's, here and in Keras.
  fileprivate var directions: [(own: String, keras: String)] {
    bidirectional ? [("", ".forward"), ("_reverse", ".backward")] : [("", "")]
  }

  /// Only where the reset acts on the product do two biases differ from their sum.
  private var hasTwoBiasesInKeras: Bool { cell == .gru && reset == .after }

  fileprivate var hasBiasesOfKeras: Bool {
    biases == 0 || biases == (hasTwoBiasesInKeras ? 2 : 1)
  }

  /// Rows of gates in the other's order; Keras's z, r, h are our r, z, n with the first two exchanged.
  fileprivate func reordered(_ rows: Tensor) -> Tensor {
    guard cell == .gru else { return rows }
    let gates = rows.split(3, axis: 0)
    return Tensor.concatenate([gates[1], gates[0], gates[2]])
  }

  /// One of the layers, as Keras has it.
  fileprivate func forKeras(
    _ index: Int, _ own: [String: Tensor]
  ) -> (layer: LayerDescription.Recurrent, tensors: [(name: String, tensor: Tensor?)]) {
    var one = self
    one.layers = 1
    if layers > 1 { one.name += "_\(index)" }
    if index > 0 { one.inputs = outputs }
    if biases > 0 { one.biases = hasTwoBiasesInKeras ? 2 : 1 }
    var tensors: [(name: String, tensor: Tensor?)] = []
    for direction in directions {
      func parameter(_ kind: String) -> Tensor? {
        own["\(name).\(kind)_l\(index)\(direction.own)"].map { reordered($0) }
      }
      let prefix = one.name + direction.keras
      tensors.append(("\(prefix).kernel", parameter("weight_ih")?.transposed()))
      tensors.append(("\(prefix).recurrent_kernel", parameter("weight_hh")?.transposed()))
      guard let first = parameter("bias_ih") else { continue }
      let second = parameter("bias_hh")
      let bias =
        hasTwoBiasesInKeras
        ? Tensor.stack([first, second ?? .zeros(first.shape)]) : second.map { first + $0 } ?? first
      tensors.append(("\(prefix).bias", bias))
    }
    return (one, tensors)
  }
}
