public import Tensors

/// What happens at one node of an unfolded graph: s(t) = f(s(t−1), x(t); θ) (Goodfellow et al. 2016, eq. 10.4).
///
/// A cell is written in plain tensor arithmetic, one row a sequence. It knows nothing of time, batches, padding,
/// threads or gradients: ``unfold(_:over:_:from:adding:randomness:identities:by:memory:)`` sees to those.
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

  /// The state at a node with something added to it, wherever it is read; asked for to find ∂L/∂s(t).
  ///
  /// A cell needs its own version only if a part of its state is computed from another part of the same node's state,
  /// as the LSTM's output is from its memory: what is added to the one must then be seen by the other.
  func step(_ input: Tensor, from state: State, adding perturbation: State?) -> State
}

extension Cell {
  public func step(_ input: Tensor, from state: State, adding perturbation: State?) -> State {
    let next = step(input, from: state)
    guard let perturbation else { return next }
    return State(tensors: zip(next.tensors, perturbation.tensors).map { $0 + $1 })
  }
}
