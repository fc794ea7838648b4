import Tensors
import Unfolding

/// The smallest cell with memory, all of whose results can be worked out on paper: s(t) = decay · s(t−1) + x(t).
struct Accumulator: Cell {
  var width = 1
  var decay = 0.5
  func initialState(batch: Int) -> Tensor { .zeros([batch, width], scalarType: .float64) }
  func step(_ input: Tensor, from state: Tensor) -> Tensor { state * decay + input }
}
