internal import Tensors

/// Zeros that no operand gives the shape of.
struct Zeros: Operation {
  let shape: Shape
  let type: ScalarType
  var reads: Reads { [] }
  func shape(of inputs: [Tensor]) -> Shape { shape }
  func scalarType(of inputs: [Tensor]) -> ScalarType { type }
  func evaluate(_ inputs: [Tensor]) -> Tensor { .zeros(shape, scalarType: type) }
  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent { .dense(upstream) }
}
