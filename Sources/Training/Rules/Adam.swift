internal import CKernels
public import Tensors

/// Adam: steps of about the learning rate, along the mean gradient and against its spread.
///
///     g ← ∂loss/∂θ + λ θ
///     m ← β₁ m + (1 − β₁) g
///     v ← β₂ v + (1 − β₂) g²
///     m̂ = m / (1 − β₁ᵗ),  v̂ = v / (1 − β₂ᵗ)
///     θ ← θ − η m̂ / (√v̂ + ε)
///
/// | Symbol | Meaning |
/// | --- | --- |
/// | β₁, β₂ | ``Moments/beta1``, ``Moments/beta2`` |
/// | m, v | memory `first_moment` and `second_moment` |
/// | t | number of the step, 1 at the first |
/// | η, λ | learning rate and weight decay of the step |
///
/// - Note: The decay is part of the gradient here, as in PyTorch's Adam, and so is divided by √v̂ as well; ``AdamW``
///   keeps it out.
///
/// Source: Kingma and Ba (2015), algorithm 1, <https://arxiv.org/abs/1412.6980>.
public struct Adam: UpdateRule, Hashable {
  /// How the moments are estimated.
  public let moments: Moments

  /// A rule; the values unless given are the paper's.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    moments = Moments(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  public var name: String { "adam" }
  public var memoryNames: [String] { Moments.names }

  public func update(
    _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep
  ) {
    moments.update(
      &parameter, gradient: gradient, memory: &memory, at: step, decay: step.weightDecay,
      decoupledDecay: 0)
  }
}

extension Adam {
  /// The running means of the gradient and of its square: what ``Adam`` and ``AdamW`` share.
  public struct Moments: Sendable, Hashable {
    /// The share of the mean gradient that stays, in [0, 1).
    public let beta1: Double
    /// The share of the mean square that stays, in [0, 1).
    public let beta2: Double
    /// What keeps the quotient finite.
    public let epsilon: Double

    static let names = ["first_moment", "second_moment"]

    init(beta1: Double, beta2: Double, epsilon: Double) {
      demand(
        (0..<1).contains(beta1) && (0..<1).contains(beta2) && epsilon > 0,
        "Adam: betas \(beta1), \(beta2) must be in [0, 1), epsilon \(epsilon) above 0")
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
    }

    func update(
      _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep,
      decay: Double, decoupledDecay: Double
    ) {
      var options = unfold_adam(
        learning_rate: step.learningRate, beta1: beta1, beta2: beta2, epsilon: epsilon,
        correction1: 1 - power(beta1, step.number),
        correction2: 1 - power(beta2, step.number), weight_decay: decay,
        decoupled_decay: decoupledDecay, gradient_scale: step.gradientScale)
      Training.update(&parameter, gradient: gradient, memory: &memory) {
        unfold_adam_f32(
          $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first, $0.second)
      } float64: {
        unfold_adam_f64(
          $0.count, &options, $0.gradient, $0.rows, $0.parameter, $0.first, $0.second)
      }
    }
  }
}
