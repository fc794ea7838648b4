internal import Tensors
internal import Unfolding

/// The state of a model that is stepped as one cell: what its layers hand on, then the scores of the next symbol.
struct ScoredState: CellState {
  let tensors: [Tensor]
  /// Logits, `[B, V]`.
  var output: Tensor { tensors[tensors.count - 1] }
  init(tensors: [Tensor]) { self.tensors = tensors }
}
