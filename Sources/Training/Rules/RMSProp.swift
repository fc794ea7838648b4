internal import CKernels
public import Tensors

/// RMSProp: the gradient divided by a running mean of its size.
///
///     g ← ∂loss/∂θ + λ θ
///     s ← α s + (1 − α) g²
///     v ← μ v + g / (√s + ε)
///     θ ← θ − η v
///
/// | Symbol | Meaning |
/// | --- | --- |
/// | α | ``decay`` |
/// | μ | ``momentum`` |
/// | s, v | memory `square_average` and `momentum`; v is not kept when μ is 0 |
/// | η, λ | learning rate and weight decay of the step |
///
/// - Note: ε stands outside the root, as in PyTorch.
///
/// Source: Tieleman and Hinton (2012), Neural Networks for Machine Learning, lecture 6e; momentum as in Graves (2013),
/// eq. 38–45 without the centring, <https://arxiv.org/abs/1308.0850>.
public struct RMSProp: UpdateRule, Hashable {
  /// The share of the mean square that stays, in [0, 1).
  public let decay: Double
  /// The share of the last step that goes on, in [0, 1).
  public let momentum: Double
  /// What keeps the quotient finite.
  public let epsilon: Double

  /// A rule; the values unless given are PyTorch's.
  public init(decay: Double = 0.99, momentum: Double = 0, epsilon: Double = 1e-8) {
    demand(
      (0..<1).contains(decay) && (0..<1).contains(momentum) && epsilon > 0,
      "RMSProp: decay \(decay) and momentum \(momentum) must be in [0, 1), epsilon \(epsilon) above 0"
    )
    self.decay = decay
    self.momentum = momentum
    self.epsilon = epsilon
  }

  public var name: String { "rmsprop" }
  public var memoryNames: [String] { ["square_average"] + (momentum > 0 ? ["momentum"] : []) }

  public func update(
    _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep
  ) {
    var options = unfold_rmsprop(
      learning_rate: step.learningRate, decay: decay, weight: 1 - decay, momentum: momentum,
      epsilon: epsilon, weight_decay: step.weightDecay, gradient_scale: step.gradientScale)
    Training.update(&parameter, gradient: gradient, memory: &memory) {
      unfold_rmsprop_f32(
        $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first, $0.second)
    } float64: {
      unfold_rmsprop_f64(
        $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first, $0.second)
    }
  }
}
