internal import Tensors

/// One row, for every node: where what is no row becomes part of one.
struct SameForAll: Operation {
  var reads: Reads { [] }

  func shape(of inputs: [Tensor]) -> Shape { [Graph.rows, inputs[0].count] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    inputs[0].reshaped(to: [1, inputs[0].count]).broadcast(to: shape(of: inputs))
  }

  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent {
    .dense(upstream.sum(axis: 0, keepingAxis: true).reshaped(to: inputs[0].shape))
  }
}
