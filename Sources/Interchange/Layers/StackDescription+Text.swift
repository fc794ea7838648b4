internal import Layers
internal import Tensors

extension StackDescription: CustomStringConvertible {
  /// A line for each layer, as a person reads it.
  public var text: String { layers.map(\.text).joined(separator: "\n") }

  public var description: String { text }
}

extension LayerDescription {
  fileprivate var text: String {
    switch self {
    case .embedding(let layer):
      "\(layer.name): embedding of \(layer.vocabulary) symbols, \(layer.size)"
    case .dense(let layer):
      "\(layer.name): dense, \(layer.inputs) → \(layer.outputs)" + (layer.bias ? "" : ", no bias")
        + (layer.tiedTo.map { ", weights of '\($0)'" } ?? "")
    case .convolution(let layer): layer.text
    case .normalization(let layer): "\(layer.name): layer normalisation of \(layer.size)"
    case .recurrent(let layer): layer.text
    case .function(let function): function.name
    case .reduction(.last): "last step of each sequence"
    case .reduction(.ends): "ends of each sequence's walks"
    case .reduction(.mean): "mean over each sequence or image"
    case .reduction(.max): "maximum over each sequence or image"
    }
  }
}

extension LayerDescription.Convolution {
  fileprivate var text: String {
    func each(_ word: String, _ value: (ConvolutionAxis) -> Int) -> [String] {
      axes.allSatisfy { value($0) == 1 }
        ? [] : [word + " " + axes.map { "\(value($0))" }.joined(separator: " × ")]
    }
    var parts = ["\(inputs) → \(outputs)"]
    parts.append("windows of " + axes.map { "\($0.size)" }.joined(separator: " × "))
    parts += each("stride", \.stride) + each("dilation", \.dilation)
    if axes.contains(where: { $0.padding != .valid }) {
      parts.append("padding " + axes.map(\.padding.text).joined(separator: " × "))
    }
    if groups > 1 { parts.append("\(groups) groups") }
    if !bias { parts.append("no bias") }
    return "\(name): convolution, " + parts.joined(separator: ", ")
  }
}

extension ConvolutionAxis.Padding {
  fileprivate var text: String {
    switch self {
    case .same: "same"
    case .causal: "causal"
    case .explicit(let before, let after): before == after ? "\(before)" : "\(before) and \(after)"
    }
  }
}

extension LayerDescription.Recurrent {
  fileprivate var text: String {
    var parts = ["\(inputs) → \(outputs)"]
    if layers > 1 { parts.append("\(layers) layers") }
    if bidirectional {
      parts.append(
        merge == .concatenation ? "both directions" : "\(merge.rawValue) of both directions")
    }
    if let projection { parts.append("\(hidden) units projected to \(projection)") }
    if cell == .rnn || activation != .tanh { parts.append(activation.rawValue) }
    if cell != .rnn, gateActivation != .sigmoid {
      parts.append("\(gateActivation.rawValue) in its gates")
    }
    if cell == .gru, reset == .before { parts.append("reset before the product") }
    if biases != 2 { parts.append(biases == 0 ? "no bias" : "one bias") }
    return "\(name): \(cell.rawValue.uppercased()), " + parts.joined(separator: ", ")
  }
}
