internal import Synchronization
internal import Tensors

/// The plans of a step and of its adjoint.
final class StepPlans: Sendable {
  let forward: Plan
  /// The adjoint's plan, unless no gradient is wanted.
  let adjoint: Plan?
  /// Shared tensors of the adjoint after the step's own.
  let constants: [Tensor]
  /// For each gradient wanted of a node array or a shared tensor where the adjoint has it; `nil` where it is zero.
  let gradients: [Graph.Leaf: Place]
  /// The values of the step that the adjoint reads.
  let kept: [Int]
  /// Where they are: arrays of the step, and what they are for the adjoint, which may write over them.
  let keptArrays: [Plan.Memory: Plan.Memory]

  /// Where a gradient is found.
  enum Place: Sendable {
    case rows(Plan.View, width: Int)
    case shared(Int)
    /// What the walk added for sequences.
    case context(Int)
  }

  /// Plans a traced step.
  ///
  /// - Parameters:
  ///   - traced: The step; its outputs are the next states.
  ///   - nodeCount: The number of its node arrays.
  ///   - slotCount: The number of a node's predecessors.
  ///   - sharedCount: The number of its shared tensors.
  ///   - wanted: The leaves that gradients are wanted for; `nil` when no gradient is taken at all.
  /// - Throws: ``Unplannable``.
  private init(
    _ traced: Graph, nodeCount: Int, slotCount: Int, sharedCount: Int, wanted: [Graph.Leaf]?
  ) throws(Unplannable) {
    var graph = try traced.simplified(isStep: true).graph
    // Rows must not mix, but the reference path lets them, within a front.
    if graph.values.indices.contains(where: graph.isContraction) {
      throw Unplannable(reason: "a sum over the rows of a front")
    }
    var seen: Set<Int> = []
    for (state, number) in graph.outputs.enumerated() {
      let isProduct = graph.values[number].operation(MatrixProduct.self) != nil
      let isRead = graph.values.contains { $0.inputs.contains(number) }
      if !graph.values[number].isRow { throw Unplannable(reason: "a state that is no row") }
      if isProduct, !isRead, !seen.contains(number) {
        seen.insert(number)
        continue
      }
      graph.outputs[state] = graph.writable(number)
    }
    let carried = graph.outputs.enumerated().map {
      Planner.Carried(value: $1, target: .state($0, slot: 0))
    }
    guard let wanted else {
      forward = try Planner.plan(
        graph, isAdjoint: false, goals: .init(carried: carried, rows: [], sums: []))
      (adjoint, constants, gradients, kept, keptArrays) = (nil, [], [:], [], [:])
      return
    }
    let found = try Adjoint(
      of: graph, stateCount: graph.outputs.count, slotCount: slotCount, nodeCount: nodeCount,
      sharedCount: sharedCount, wanted: wanted)
    kept = found.kept
    constants = found.constants
    forward = try Planner.plan(
      graph, isAdjoint: false, goals: .init(carried: carried, rows: found.kept, sums: []))

    let outputs = found.graph.outputs
    var goals = Planner.Goals(
      carried: found.carried.map {
        .init(value: outputs[$0.output], target: .state($0.state, slot: $0.slot))
      }, rows: [], sums: [])
    for (leaf, output) in zip(wanted, found.gradients) {
      guard let output else { continue }
      if case .context(let number) = leaf {
        goals.carried.append(.init(value: outputs[output], target: .context(number)))
      } else if found.graph.values[outputs[output]].isRow {
        goals.rows.append(outputs[output])
      } else {
        goals.sums.append(outputs[output])
      }
    }
    // What is kept may be a part of a wider array, which is one array for the adjoint too.
    var nodeViews: [Int: Plan.View] = [:]
    var keptArrays: [Plan.Memory: Plan.Memory] = [:]
    for (index, view) in forward.rowOutputs.enumerated() {
      guard case .rows = view.memory else {
        throw Unplannable(reason: "a part of a state that is kept")
      }
      let memory = keptArrays[view.memory] ?? .node(nodeCount + index)
      keptArrays[view.memory] = memory
      nodeViews[nodeCount + index] = Plan.View(
        memory: memory, column: view.column, rowStride: view.rowStride,
        columnStride: view.columnStride)
    }
    self.keptArrays = keptArrays
    let adjoint = try Planner.plan(
      found.graph, isAdjoint: true, goals: goals, nodeViews: nodeViews)
    var gradients: [Graph.Leaf: Place] = [:], row = 0
    for (leaf, output) in zip(wanted, found.gradients) {
      guard let output else { continue }
      let number = outputs[output]
      if case .context(let number) = leaf {
        gradients[leaf] = .context(number)
      } else if found.graph.values[number].isRow {
        gradients[leaf] = .rows(
          adjoint.rowOutputs[row], width: found.graph.values[number].width)
        row += 1
      } else {
        gradients[leaf] = .shared(number)
      }
    }
    self.adjoint = adjoint
    self.gradients = gradients
  }

  // MARK: The cache

  private struct Key: Hashable, Sendable {
    let graph: Graph
    let nodeCount: Int
    let slotCount: Int
    let sharedCount: Int
    let wanted: [Graph.Leaf]?
  }

  /// Plans by what was traced. A program has few cells; the bound is for one that makes them without end.
  private static let known = Mutex<[Key: StepPlans]>([:])
  private static let limit = 256

  /// The plans of a traced step, made unless they are known.
  static func plans(
    for graph: Graph, nodeCount: Int, slotCount: Int = 1, sharedCount: Int, wanted: [Graph.Leaf]?
  ) throws(Unplannable) -> StepPlans {
    let key = Key(
      graph: graph, nodeCount: nodeCount, slotCount: slotCount, sharedCount: sharedCount,
      wanted: wanted)
    if let plans = known.withLock({ $0[key] }) { return plans }
    let plans = try StepPlans(
      graph, nodeCount: nodeCount, slotCount: slotCount, sharedCount: sharedCount, wanted: wanted)
    known.withLock { known in
      if known.count >= limit { known.removeAll() }
      known[key] = plans
    }
    return plans
  }
}
