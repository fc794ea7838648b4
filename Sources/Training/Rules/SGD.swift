internal import CKernels
public import Tensors

/// Stochastic gradient descent, plain or with momentum.
///
///     g ← ∂loss/∂θ + λ θ
///     v ← μ v + g
///     θ ← θ − η v                 momentum
///     θ ← θ − η (g + μ v)         Nesterov's
///
/// | Symbol | Meaning |
/// | --- | --- |
/// | μ | ``momentum`` |
/// | v | memory `momentum`; not kept when μ is 0 |
/// | η, λ | learning rate and weight decay of the step |
///
/// - Note: As in PyTorch the learning rate is not part of v, so that a change of η acts on the whole step; Sutskever
///   et al. have it inside.
///
/// Source: Sutskever, Martens, Dahl and Hinton (2013), §2, eq. 1–4,
/// <https://proceedings.mlr.press/v28/sutskever13.html>.
public struct SGD: UpdateRule, Hashable {
  /// The share of the last step that goes on, in [0, 1).
  public let momentum: Double
  /// Whether the gradient counts as if taken where the momentum leads.
  public let isNesterov: Bool

  /// A rule; Nesterov's needs a momentum.
  public init(momentum: Double = 0, nesterov: Bool = false) {
    demand(
      (0..<1).contains(momentum) && (momentum > 0 || !nesterov),
      "SGD: momentum must be in [0, 1), and above 0 for Nesterov's, got \(momentum)")
    self.momentum = momentum
    isNesterov = nesterov
  }

  public var name: String { "sgd" }
  public var memoryNames: [String] { momentum > 0 ? ["momentum"] : [] }

  public func update(
    _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep
  ) {
    var options = unfold_sgd(
      learning_rate: step.learningRate, momentum: momentum, weight_decay: step.weightDecay,
      gradient_scale: step.gradientScale, nesterov: isNesterov ? 1 : 0)
    Training.update(&parameter, gradient: gradient, memory: &memory) {
      unfold_sgd_f32(
        $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first)
    } float64: {
      unfold_sgd_f64(
        $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first)
    }
  }
}
