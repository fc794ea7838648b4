public import Tensors

/// ``Adam`` with weight decay kept out of the gradient.
///
///     θ ← θ − η λ θ
///     m, v, m̂, v̂ as in Adam, of g = ∂loss/∂θ
///     θ ← θ − η m̂ / (√v̂ + ε)
///
/// - Note: The decay is multiplied by the learning rate, as in PyTorch; the paper's schedule multiplier is part of η.
///
/// Source: Loshchilov and Hutter (2019), algorithm 2, <https://arxiv.org/abs/1711.05101>.
public struct AdamW: UpdateRule, Hashable {
  /// How the moments are estimated.
  public let moments: Adam.Moments

  /// A rule; the values unless given are those of ``Adam``.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8) {
    moments = Adam.Moments(beta1: beta1, beta2: beta2, epsilon: epsilon)
  }

  public var name: String { "adamw" }
  public var memoryNames: [String] { Adam.Moments.names }

  public func update(
    _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep
  ) {
    moments.update(
      &parameter, gradient: gradient, memory: &memory, at: step, decay: 0,
      decoupledDecay: step.weightDecay)
  }
}
