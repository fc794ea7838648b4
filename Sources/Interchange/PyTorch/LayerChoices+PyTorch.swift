internal import Layers
internal import Tensors

extension LayerPlace {
  /// The place of a module of PyTorch: those whose names differ in a number, `fc1` and `fc2` or the parts of a Sequential,
  /// have their numbers in the order of the model.
  init(module name: String) {
    let parts = name.split(omittingEmptySubsequences: false) { !$0.isASCII || !$0.isNumber }
    kind = String(name.map { $0.isASCII && $0.isNumber ? "#" : $0 }).replacing(/#+/, with: "#")
    // More digits than a place has are none that anybody counts with.
    number = parts.compactMap { Int($0.suffix(4)) }.reduce(0) { $0 &* 10_000 &+ $1 }
  }
}

extension LayerChoices {
  private static let activations: [Activation] = [
    .identity, .relu, .tanh, .sigmoid, .leakyReLU, .elu, .gelu, .hardSigmoid, .softplus, .softsign,
  ]
  /// What `forward` may call after a linear layer or a convolution.
  private static let functions: [LayerDescription.Function] =
    activations.map { .activation($0) } + [.softmax, .logSoftmax]
  /// What a norm adds to the variance.
  private static let epsilons = [1e-5, 1e-3, 1e-6, 1e-7, 1e-8, 1e-12]

  /// All that a module of PyTorch may be which has the weights of this one, with what `forward` may do with its outputs.
  ///
  /// - Parameters:
  ///   - layer: One that it may be.
  ///   - table: The table that it may be too, if it is the first.
  init(_ layer: LayerDescription, orTable table: LayerDescription?) {
    place = LayerPlace(module: layer.name ?? "")
    let kinds = ([layer] + (table.map { [$0] } ?? [])).map { Self.alternatives(of: $0) }
    var reductions: [LayerDescription.Reduction] = [.last, .mean, .max]
    if case .recurrent(let recurrent) = layer, recurrent.bidirectional { reductions.append(.ends) }
    forms =
      kinds
      + kinds.map { alternatives in
        alternatives.flatMap { alternative in reductions.map { alternative + [.reduction($0)] } }
      }
  }

  private static func alternatives(of layer: LayerDescription) -> [[LayerDescription]] {
    switch layer {
    case .recurrent(let layer):
      (layer.cell == .rnn ? [Activation.tanh, .relu] : [layer.activation]).map { activation in
        var own = layer
        own.activation = activation
        return [.recurrent(own)]
      }
    case .normalization(let layer):
      epsilons.map { epsilon in
        var own = layer
        own.epsilon = epsilon
        return [.normalization(own)]
      }
    case .convolution(let layer):
      [ConvolutionAxis.Padding.valid, .same].flatMap { padding in
        var own = layer
        own.axes = layer.axes.map { ConvolutionAxis($0.size, padding: padding) }
        return followed(.convolution(own))
      }
    case .dense: followed(layer)
    case .embedding, .function, .reduction: [[layer]]
    }
  }

  private static func followed(_ layer: LayerDescription) -> [[LayerDescription]] {
    functions.map { $0 == .activation(.identity) ? [layer] : [layer, .function($0)] }
  }
}
