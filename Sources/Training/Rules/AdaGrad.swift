internal import CKernels
public import Tensors

/// AdaGrad: the gradient divided by the root of the sum of all its squares so far.
///
///     g ← ∂loss/∂θ + λ θ
///     s ← s + g²
///     θ ← θ − η g / (√s + ε)
///
/// | Symbol | Meaning |
/// | --- | --- |
/// | s | memory `square_sum` |
/// | η, λ | learning rate and weight decay of the step |
///
/// Source: Duchi, Hazan and Singer (2011), §1.1, the diagonal form,
/// <https://jmlr.org/papers/v12/duchi11a.html>.
public struct AdaGrad: UpdateRule, Hashable {
  /// What keeps the quotient finite.
  public let epsilon: Double

  /// A rule; ε unless given is PyTorch's.
  public init(epsilon: Double = 1e-10) {
    demand(epsilon > 0, "AdaGrad: epsilon must be above 0, got \(epsilon)")
    self.epsilon = epsilon
  }

  public var name: String { "adagrad" }
  public var memoryNames: [String] { ["square_sum"] }

  public func update(
    _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep
  ) {
    // RMSProp that forgets nothing.
    var options = unfold_rmsprop(
      learning_rate: step.learningRate, decay: 1, weight: 1, momentum: 0, epsilon: epsilon,
      weight_decay: step.weightDecay, gradient_scale: step.gradientScale)
    Training.update(&parameter, gradient: gradient, memory: &memory) {
      unfold_rmsprop_f32(
        $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first, nil)
    } float64: {
      unfold_rmsprop_f64(
        $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first, nil)
    }
  }
}
