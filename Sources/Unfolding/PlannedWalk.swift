internal import Tensors

/// Tensors of predecessors' states that a kernel can look at, all slots together: nodes that follow more are not planned.
package let mostPlannedPredecessors = 64

/// The fast way to unfold: the step is traced, planned and run by kernels.
struct PlannedWalk<C: RecursiveCell> {
  let cell: C
  let structure: Structure
  let inputs: Tensor
  let initial: C.State
  let perturbation: C.State?
  let randomness: Randomness?
  let identities: [UInt64]?
  let memory: MemoryLimit

  /// The states, or `nil` where no plan can be made.
  func run() -> Unfolded<C.State>? {
    let arrays = [inputs] + (perturbation?.tensors ?? [])
    let states = initial.tensors
    let isPlannable = (arrays + states).allSatisfy { tensor in
      tensor.rank == 2 && tensor.scalarType == inputs.scalarType && !tensor.isSymbolic
    }
    guard isPlannable, structure.slotCount * states.count <= mostPlannedPredecessors else {
      return nil
    }
    let layout = structure.layout
    let trace = Trace.step(
      of: cell, inputs: arrays, states: states, slots: structure.slotCount,
      draws: randomness != nil)
    for context in trace.contexts {
      demand(
        context.shape[0] == structure.sequenceCount && context.scalarType == inputs.scalarType,
        "unfold: \(structure.sequenceCount) sequences of \(inputs.scalarType) need a row each, got \(context.shape) of \(context.scalarType)"
      )
    }
    guard
      let all = try? PlannedUnfolding.states(
        trace, layout,
        PlannedOperands(
          nodes: arrays.map { $0.rows(layout.nodes) },
          initial: states.map { $0.rows(layout.sequences) }, shared: trace.shared,
          contexts: trace.contexts.map { $0.rows(layout.sequences) }),
        draws: draws(of: trace, layout), memory: memory)
    else { return nil }

    let starts = PlannedUnfolding.starts(of: states, layout)
    let nodes = zip(starts, states).map { start, state in
      let first = start + state.count, width = state.shape[1]
      return all.slice(first..<first + layout.nodeCount * width)
        .reshaped(to: [layout.nodeCount, width]).rows(layout.rowsOfNodes)
    }
    let ends = zip(starts, states).map { start, state in
      let rows = layout.sequenceCount + layout.nodeCount, width = state.shape[1]
      // In memory of their own: whoever goes on from them should not keep all other states.
      return all.slice(start..<start + rows * width).reshaped(to: [rows, width])
        .gatherRows(IndexTensor(layout.ends))
    }
    return Unfolded(states: C.State(tensors: nodes), last: C.State(tensors: ends))
  }

  private func draws(of trace: Trace, _ layout: Layout) -> [Draw: Tensor] {
    guard let randomness else { return [:] }
    var draws: [Draw: Tensor] = [:]
    for value in trace.graph.values {
      guard case .draw(let draw) = value.leaf else { continue }
      draws[draw] = Tensor.dropoutMask(
        key: randomness.stream(draw.label).key,
        sequences: layout.places.map { identities?[Int($0.sequence)] ?? UInt64($0.sequence) },
        steps: layout.places.map { draw.span == .step ? $0.step : 0 }, columns: draw.columns,
        keep: draw.keep, kept: draw.kept, scalarType: draw.scalarType)
    }
    return draws
  }
}

extension Tensor {
  /// Rows by number; all in their order when there are no numbers.
  fileprivate func rows(_ numbers: [Int32]?) -> Tensor { numbers.map { rows($0) } ?? self }
}
