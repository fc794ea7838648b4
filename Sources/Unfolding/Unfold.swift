public import Tensors

/// A cell's states over a structure.
public struct Unfolded<State: CellState>: Sendable {
  /// The state at every node, each tensor `[N, …]`, rows in the order of the inputs.
  public let states: State
  /// The state at the end of each sequence, each tensor `[B, …]`: the initial state where a sequence has no nodes.
  public let last: State

  /// States that were computed in another way.
  public init(states: State, last: State) {
    self.states = states
    self.last = last
  }

  /// What the next layer sees at every node, `[N, H]`.
  public var output: Tensor { states.output }
}

/// Applies a cell to every node of a structure, each after its predecessors.
///
/// The gradient through the result is back-propagation through time (Goodfellow et al. 2016, §10.2.2), exact for
/// every parameter, input and state, in time and memory linear in the number of nodes.
///
/// - Parameters:
///   - cell: What happens at a node.
///   - structure: Which nodes there are, such as ``Structure/chain(_:lags:direction:order:)``.
///   - inputs: `[N, D]`, a row for each node.
///   - initial: The state before the first node of each sequence, tensors `[B, …]`; `nil` for the cell's own.
///   - perturbation: Added to the state at every node, tensors `[N, …]`. With zeros the result is unchanged and the
///     gradient with respect to them is ∂L/∂s(t) by every path: the book's ∇h(t)L (eq. 10.18–10.21).
///   - randomness: For dropout and its kin within the cell; `nil` in evaluation.
///   - identities: The name of each sequence for random draws; `nil` for 0, 1, …
///   - path: How it is run.
///   - memory: How much the planned path may keep for the gradient.
/// - Returns: The state at every node and at every end.
public func unfold<C: RecursiveCell>(
  _ cell: C, over structure: Structure, _ inputs: Tensor, from initial: C.State? = nil,
  adding perturbation: C.State? = nil, randomness: Randomness? = nil,
  identities: [UInt64]? = nil, by path: UnfoldingPath = .planned,
  memory: MemoryLimit = .none
) -> Unfolded<C.State> {
  demand(
    inputs.rank == 2 && inputs.shape[0] == structure.nodeCount,
    "unfold: \(structure.nodeCount) nodes need inputs [\(structure.nodeCount), D], got \(inputs.shape)"
  )
  let leavesOutAbsent = initial == nil && !cell.seesAbsentPredecessors
  let initial = initial ?? cell.initialState(batch: structure.sequenceCount)
  for tensor in initial.tensors {
    demand(
      tensor.rank >= 1 && tensor.shape[0] == structure.sequenceCount,
      "unfold: \(structure.sequenceCount) sequences need an initial state [\(structure.sequenceCount), …], got \(tensor.shape)"
    )
  }
  for tensor in perturbation?.tensors ?? [] {
    demand(
      tensor.rank >= 1 && tensor.shape[0] == structure.nodeCount,
      "unfold: \(structure.nodeCount) nodes need a perturbation [\(structure.nodeCount), …], got \(tensor.shape)"
    )
  }
  demand(
    identities == nil || identities?.count == structure.sequenceCount,
    "unfold: \(structure.sequenceCount) sequences need as many identities, got \(identities?.count ?? 0)"
  )
  if path == .planned {
    let walk = PlannedWalk(
      cell: cell, structure: structure, inputs: inputs, initial: initial,
      perturbation: perturbation, randomness: randomness, identities: identities, memory: memory)
    if let unfolded = walk.run() { return unfolded }
  }
  // Asked for by name it is the oracle, as plain as can be.
  let isLean = path == .planned && leavesOutAbsent
  return ReferenceWalk(
    cell: cell, structure: isLean ? structure.leavingOutAbsent : structure,
    inputs: inputs, initial: initial, perturbation: perturbation, randomness: randomness,
    identities: identities
  ).run()
}

/// How a cell is unfolded. The results are the same to rounding.
public enum UnfoldingPath: String, Sendable, Hashable, CaseIterable {
  /// The step is traced once, planned, and run by kernels. A cell that looks at a tensor's elements cannot be traced,
  /// which is said when it is tried. A step that no plan can be made of yet takes the reference path.
  case planned
  /// The step is called at every front, each operation by itself.
  case reference
}

/// How much memory an unfolding may take for its gradient, besides its inputs and the states that are its result.
public enum MemoryLimit: Sendable, Hashable {
  /// What is fastest: all that the pass back reads is kept.
  case none
  /// About so many bytes, for all of the pass there and back. Only the states are kept, and the rest is computed again
  /// for one run of steps after another, each as long as there is room for, on the way back. The gradient is the same
  /// but for the order in which a parameter's sum over steps is taken; the time is that of one more pass forward.
  /// (Chen et al. 2016, "Training deep nets with sublinear memory cost", <https://arxiv.org/abs/1604.06174>.)
  case limit(bytes: Int)
}
