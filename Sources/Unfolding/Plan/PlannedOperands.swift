internal import Tensors

/// What an unfolding is computed from, with its history: the operands of its operation on the tape.
struct PlannedOperands: Sendable {
  /// The node arrays, `[N, …]`, in the order of the walk.
  let nodes: [Tensor]
  /// The initial states, `[B, …]`, in the order of the walk.
  let initial: [Tensor]
  /// The shared tensors.
  let shared: [Tensor]
  /// What belongs to sequences, `[B, …]`, in the order of the walk.
  let contexts: [Tensor]

  /// All of them in this order.
  var all: [Tensor] { nodes + initial + shared + contexts }

  /// What an operand is in a step; `nil` for an initial state.
  func leaf(_ index: Int) -> Graph.Leaf? {
    if index < nodes.count { return .node(index) }
    let firstShared = nodes.count + initial.count, firstContext = firstShared + shared.count
    if index < firstShared { return nil }
    return index < firstContext ? .shared(index - firstShared) : .context(index - firstContext)
  }

  /// The state whose initial value an operand is.
  func state(_ index: Int) -> Int? { leaf(index) == nil ? index - nodes.count : nil }

  /// The leaves of a step whose gradients are to be found by the adjoint; those of initial states come by themselves.
  var wanted: [Graph.Leaf] {
    zip(all.indices, all).compactMap { $1.node == nil ? nil : leaf($0) }
  }
}
