internal import Layers
internal import Safetensors
internal import Tensors

/// PyTorch's names and layouts: ours too, so that weights go both ways to the bit.
///
/// Where a layer of ours has one bias, PyTorch's has two, of which the second is zero.
struct PyTorchForm: FrameworkForm {
  var format: String { "pt" }

  func read(_ weights: inout Weights) throws(InterchangeError) -> LayerStack {
    let description =
      if let json = weights.description {
        try StackDescription(json: json, path: weights.path)
      } else {
        try StateDict(weights).description()
      }
    return try stack(description, &weights)
  }

  /// The layers of a description with their weights.
  func stack(
    _ description: StackDescription, _ weights: inout Weights
  ) throws(InterchangeError) -> LayerStack {
    // Where the file has tied weights once, the layers share them, whoever described them.
    let shared = StackDescription(description.layers.map { tied($0, weights) })
    return try LayerStack(shared) { (parameter) throws(InterchangeError) in
      try take(parameter, from: &weights)
    }
  }

  func read(
    _ layer: LayerDescription, _ weights: inout Weights, into own: inout [String: Tensor]
  ) throws(InterchangeError) {
    for parameter in layer.parameters {
      own[parameter.name] = try take(parameter, from: &weights)
    }
  }

  private func take(
    _ parameter: ParameterShape, from weights: inout Weights
  ) throws(InterchangeError) -> Tensor {
    let name = parameter.name
    let bare = String(name.dropFirst(StateDict.alone.count + 1))
    let isBare =
      name.hasPrefix(StateDict.alone + ".") && !weights.contains(name) && weights.contains(bare)
    return try weights.take(isBare ? bare : name, shape: parameter.shape)
  }

  private func tied(_ layer: LayerDescription, _ weights: Weights) -> LayerDescription {
    guard case .dense(var dense) = layer,
      let own = weights.target(ofAlias: dense.name + ".weight"), own.hasSuffix(".weight")
    else { return layer }
    dense.tiedTo = String(own.dropLast(".weight".count))
    return .dense(dense)
  }

  func write(_ stack: LayerStack) throws(InterchangeError) -> (
    description: StackDescription, entries: [SafetensorsWriter.Entry], aliases: [String: String]
  ) {
    var layers: [LayerDescription] = []
    var aliases: [String: String] = [:]
    for layer in stack.description.layers {
      switch layer {
      case .recurrent(var recurrent):
        if let reason = refusal(of: recurrent) {
          throw .unsupported(framework: "PyTorch", layer: recurrent.name, reason: reason)
        }
        if recurrent.biases == 1 { recurrent.biases = 2 }
        layers.append(.recurrent(recurrent))
      case .dense(let dense):
        if let table = dense.tiedTo { aliases["\(dense.name).weight"] = "\(table).weight" }
        layers.append(layer)
      case .convolution(let convolution):
        if convolution.axes.contains(where: { $0.padding == .same && $0.stride > 1 }) {
          throw .unsupported(
            framework: "PyTorch", layer: convolution.name,
            reason: "its convolutions have 'same' zeros for a stride of 1 only")
        }
        layers.append(layer)
      case .normalization(let norm) where !norm.gain && norm.bias:
        throw .unsupported(
          framework: "PyTorch", layer: norm.name, reason: "its LayerNorm has no bias without a gain"
        )
      default: layers.append(layer)
      }
    }
    let description = StackDescription(layers)
    let own = Dictionary(uniqueKeysWithValues: stack.parameters.map { ($0.name, $0.tensor) })
    let entries = description.parameters.map { parameter in
      SafetensorsWriter.Entry(
        parameter.name, own[parameter.name] ?? .zeros(Shape(parameter.shape)))
    }
    return (description, entries, aliases)
  }

  /// Why PyTorch has no such layer.
  private func refusal(of layer: LayerDescription.Recurrent) -> String? {
    if layer.merge != .concatenation { return "its two directions stand side by side only" }
    switch layer.cell {
    case .rnn:
      return [.tanh, .relu].contains(layer.activation)
        ? nil : "nn.RNN has tanh or relu, not \(layer.activation.rawValue)"
    case .lstm, .gru:
      let name = layer.cell == .lstm ? "nn.LSTM" : "nn.GRU"
      if layer.activation != .tanh { return "\(name) has tanh, not \(layer.activation.rawValue)" }
      if layer.gateActivation != .sigmoid {
        return "\(name) has sigmoid gates, not \(layer.gateActivation.rawValue)"
      }
      return layer.cell == .gru && layer.reset == .before
        ? "nn.GRU resets after the product, not before" : nil
    }
  }
}
