public import Tensors

/// What happens at one node of an unfolded graph that may follow several others: a tree, a grid, a chain with longer
/// edges (Goodfellow et al. 2016, §10.6).
///
/// A cell is written in plain tensor arithmetic, one row a node. It knows nothing of time, batches, padding, threads or
/// gradients: ``unfold(_:over:_:from:adding:randomness:identities:by:memory:)`` sees to those.
///
/// ```swift
/// struct Composition: RecursiveCell {
///   func initialState(batch: Int) -> Tensor { .zeros([batch, 3]) }
///   func step(_ input: Tensor, from children: [Tensor]) -> Tensor {
///     children.reduce(input, +).tanh()
///   }
/// }
/// ```
public protocol RecursiveCell: Sendable {
  /// What is handed on from node to node.
  associatedtype State: CellState

  /// The state before the first nodes of each of `batch` sequences, `[batch, …]`: also that of a child that is not there.
  func initialState(batch: Int) -> State

  /// The state at a node, from the node's input `[B, D]` and the states before it, one for each slot of the structure.
  /// Rows must not mix.
  func step(_ input: Tensor, from predecessors: [State]) -> State

  /// The state at a node with something added to it, wherever it is read; asked for to find ∂L/∂s(t).
  ///
  /// A cell needs its own version only if a part of its state is computed from another part of the same node's state,
  /// as the LSTM's output is from its memory: what is added to the one must then be seen by the other.
  func step(_ input: Tensor, from predecessors: [State], adding perturbation: State?) -> State

  /// Whether a predecessor that is not there, for which ``initialState(batch:)`` stands, shows in a step. If not, as where
  /// children are summed, a step may be called with fewer of them, but one at least: then a node of a thousand children
  /// costs no other node anything.
  var seesAbsentPredecessors: Bool { get }
}

extension RecursiveCell {
  public var seesAbsentPredecessors: Bool { true }

  public func step(
    _ input: Tensor, from predecessors: [State], adding perturbation: State?
  ) -> State {
    step(input, from: predecessors).adding(perturbation)
  }
}

/// What happens at one node of an unfolded chain: s(t) = f(s(t−1), x(t); θ) (Goodfellow et al. 2016, eq. 10.4).
///
/// ```swift
/// struct Accumulator: Cell {
///   func initialState(batch: Int) -> Tensor { .zeros([batch, 3]) }
///   func step(_ input: Tensor, from state: Tensor) -> Tensor { (state + input).tanh() }
/// }
/// ```
public protocol Cell: RecursiveCell {
  /// The state at a node, from the node's input `[B, D]` and the state before it. Rows must not mix.
  func step(_ input: Tensor, from state: State) -> State

  /// The state at a node with something added to it, as
  /// ``RecursiveCell/step(_:from:adding:)`` has it.
  func step(_ input: Tensor, from state: State, adding perturbation: State?) -> State
}

extension Cell {
  public func step(_ input: Tensor, from state: State, adding perturbation: State?) -> State {
    step(input, from: state).adding(perturbation)
  }

  public func step(_ input: Tensor, from predecessors: [State]) -> State {
    step(input, from: Self.only(predecessors))
  }

  public func step(
    _ input: Tensor, from predecessors: [State], adding perturbation: State?
  ) -> State {
    step(input, from: Self.only(predecessors), adding: perturbation)
  }

  private static func only(_ predecessors: [State]) -> State {
    demand(
      predecessors.count == 1,
      "\(Self.self): follows one node, but the structure gives it \(predecessors.count)")
    return predecessors[0]
  }
}

extension CellState {
  fileprivate func adding(_ perturbation: Self?) -> Self {
    guard let perturbation else { return self }
    return Self(tensors: zip(tensors, perturbation.tensors).map { $0 + $1 })
  }
}
