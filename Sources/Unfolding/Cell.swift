public import Tensors

/// What happens at one node of an unfolded graph: s(t) = f(s(t−1), x(t); θ) (Goodfellow et al. 2016, eq. 10.4).
///
/// A cell is written in plain tensor arithmetic, one row a sequence. It knows nothing of time, batches, padding,
/// threads or gradients: ``unfold(_:over:_:from:adding:randomness:)`` sees to those.
///
/// ```swift
/// struct Accumulator: Cell {
///   func initialState(batch: Int) -> Tensor { .zeros([batch, 3]) }
///   func step(_ input: Tensor, from state: Tensor) -> Tensor { (state + input).tanh() }
/// }
/// ```
public protocol Cell: Sendable {
  /// What is handed on from node to node.
  associatedtype State: CellState

  /// The state before the first node of each of `batch` sequences, `[batch, …]`.
  func initialState(batch: Int) -> State

  /// The state at a node, from the node's input `[B, D]` and the state before it. Rows must not mix.
  func step(_ input: Tensor, from state: State) -> State
}
