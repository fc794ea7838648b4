public import Tensors

/// y = (x − mean) / √(variance + ε) ⊙ gain + bias, over the last axis.
///
/// The variance is the mean squared deviation (no Bessel correction).
///
/// Source: Ba, Kiros and Hinton (2016), eq. 4, <https://arxiv.org/abs/1607.06450>.
public struct LayerNorm: Module {
  /// `[size]`, ones at the start.
  public var weight: Tensor
  /// `[size]`, zeros at the start.
  public var bias: Tensor
  /// ε.
  public var epsilon: Double

  /// A layer for vectors of `size` elements.
  public init(_ size: Int, epsilon: Double = 1e-5, scalarType: ScalarType = .float32) {
    weight = .ones([size], scalarType: scalarType)
    bias = .zeros([size], scalarType: scalarType)
    self.epsilon = epsilon
  }

  /// `[…, size] → […, size]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let centred = x - x.mean(axis: -1, keepingAxis: true)
    let variance = centred.squared().mean(axis: -1, keepingAxis: true)
    return centred * (variance + epsilon).squareRoot().reciprocal() * weight + bias
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight", &weight)
    try visitor.parameter("bias", &bias)
  }
}
