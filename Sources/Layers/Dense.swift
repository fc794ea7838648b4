public import Tensors

/// y = x·Wᵀ + b.
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``weight`` | `[outputs, inputs]` |
/// | b | ``bias`` | `[outputs]`, zero at the start |
public struct Dense: Module {
  /// One row an output.
  public var weight: Tensor
  /// What each output starts from; `nil` for none.
  public var bias: Tensor?

  /// A layer of fresh weights.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = true, initializer: Initializer = .xavier,
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    weight = initializer([outputs, inputs], using: &generator, scalarType: scalarType)
    self.bias = bias ? .zeros([outputs], scalarType: scalarType) : nil
  }

  /// `[…, inputs] → […, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let product = x.matmulTransposed(weight)
    return bias.map { product + $0 } ?? product
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight", &weight)
    try visitor.parameter("bias", &bias)
  }
}
