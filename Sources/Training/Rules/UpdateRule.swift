public import Tensors

/// How a parameter changes when its gradient is known: the mathematics of an optimiser.
///
/// A rule is a value without memory. What it remembers of a parameter are tensors of the parameter's shape, kept by
/// ``Optimizer`` and handed in at each step.
public protocol UpdateRule: Sendable {
  /// The rule's name in configurations and checkpoints.
  var name: String { get }
  /// The names of the tensors that the rule keeps for each parameter, in the order of `memory`.
  var memoryNames: [String] { get }
  /// Changes a parameter.
  ///
  /// - Parameters:
  ///   - parameter: θ, any shape.
  ///   - gradient: ∂loss/∂θ, of θ's shape, which counts times ``UpdateStep/gradientScale``.
  ///   - memory: One tensor of θ's shape for each of ``memoryNames``; zeros at the first step.
  ///   - step: Which step this is, and its rates.
  func update(
    _ parameter: inout Tensor, gradient: Tensor, memory: inout [Tensor], at step: UpdateStep)
}

/// What all parameters share at one step of an optimiser.
public struct UpdateStep: Sendable, Hashable {
  /// t: 1 at the first step.
  public var number: Int
  /// η.
  public var learningRate: Double
  /// λ.
  public var weightDecay: Double
  /// What the gradient is multiplied by before all else: the factor that clips its norm.
  public var gradientScale: Double

  /// Step `number` with its rates.
  public init(
    number: Int, learningRate: Double, weightDecay: Double = 0, gradientScale: Double = 1
  ) {
    self.number = number
    self.learningRate = learningRate
    self.weightDecay = weightDecay
    self.gradientScale = gradientScale
  }
}
