internal import Tensors

/// What a planned unfolding was computed from, and what its gradient needs. Held by reference: an operation of the tape is
/// told from others by which computation it was.
final class PlannedRun: Sendable {
  let plans: StepPlans
  let traced: Graph
  let layout: Layout
  let operands: PlannedOperands
  let draws: [Draw: Tensor]
  /// Runs of fronts that are walked one after the other; more than one under a memory limit.
  let segments: [Range<Int>]
  let precision = ProductPrecision.current
  /// Where packed weights are; `nil` also where a gradient is taken, for they are about to change then.
  private let weights: PreparedWeights?
  /// All states, one after the other.
  let states = Kept<Tensor>()
  /// What the adjoint reads besides, where there is one segment. It is taken by the adjoint, which writes over it; what
  /// is not there is computed again.
  let kept = Kept<[Plan.Memory: Tensor]>()

  init(
    plans: StepPlans, traced: Graph, layout: Layout, operands: PlannedOperands,
    draws: [Draw: Tensor], segments: [Range<Int>]
  ) {
    self.plans = plans
    self.traced = traced
    self.layout = layout
    self.operands = operands
    self.draws = draws
    self.segments = segments
    weights = plans.adjoint == nil ? PreparedWeights.current : nil
  }

  /// Whether products of the initial states are zero.
  private var startsAreZero: Bool {
    !layout.hasLanes && operands.initial.allSatisfy { $0.scalars.allSatisfy { $0 == 0 } }
  }

  var scalarType: ScalarType { operands.nodes[0].scalarType }
  /// Where each state's rows start.
  var starts: [Int] { PlannedUnfolding.starts(of: operands.initial, layout) }

  /// Where the adjoint has an operand's gradient; `nil` where it is zero.
  func place(ofInput index: Int) -> StepPlans.Place? {
    operands.leaf(index).flatMap { plans.gradients[$0] }
  }

  /// The part of all states, or of what reaches them, that a segment reads and writes: each state's rows.
  func part(of all: Tensor, _ segment: Range<Int>) -> [Tensor] {
    let rows = layout.segment(segment)
    return zip(starts, operands.initial).map { start, state in
      let width = state.shape[1]
      let first = start + layout.firstRow(of: segment) * width
      return all.slice(first..<first + rows.stateRows * width)
    }
  }

  /// Node arrays and masks of a segment, and what belongs to sequences.
  func given(_ segment: Range<Int>) -> [Plan.Memory: Tensor] {
    let rows = layout.nodes(of: segment)
    var given: [Plan.Memory: Tensor] = [:]
    for (index, node) in operands.nodes.enumerated() {
      given[.node(index)] = node.detached.slice(rows)
    }
    for (index, context) in operands.contexts.enumerated() {
      given[.context(index)] = context.detached
    }
    for (draw, mask) in draws { given[.draw(draw)] = mask.slice(rows) }
    return given
  }

  /// Walks a segment: fills in its states, and returns what the adjoint reads besides.
  func forward<S: KernelScalar>(
    _ segment: Range<Int>, states: [Tensor], _ type: S.Type
  ) -> [Plan.Memory: Tensor] {
    var given = given(segment)
    for (index, part) in states.enumerated() { given[.state(index)] = part }
    let prepared = weights?.plan(
      plans, operands.shared, nodeCount: layout.nodes(of: segment).count, precision,
      S.scalarType)
    var run = PlanRun<S>(
      plans.forward, layout.segment(segment), given: given,
      shared: prepared?.shared ?? plans.forward.sharedTensors(operands.shared),
      prepared: prepared, precision: precision,
      skipsStarts: segment.lowerBound == 0 && startsAreZero)
    run.run()
    var kept: [Plan.Memory: Tensor] = [:]
    for (rows, node) in plans.keptArrays { kept[node] = run.memory(rows) }
    return kept
  }
}

extension StepPlans {
  /// Memory for each node besides inputs and results, for a walk and its adjoint.
  func bytesPerNode(_ scalarType: ScalarType, _ states: [Tensor]) -> Int {
    let width = forward.widthPerNode + (adjoint?.widthPerNode ?? 0)
    return scalarType.byteCount * (width + states.reduce(0) { $0 + $1.shape[1] })
  }
}

extension Layout {
  /// Runs of fronts, each of as many nodes as a limit has room for, but of one front at least.
  func segments(_ memory: MemoryLimit, bytesPerNode: Int) -> [Range<Int>] {
    guard case .limit(let bytes) = memory, !rows.isEmpty else { return [0..<rows.count] }
    let room = Int64(max(bytes / max(bytesPerNode, 1), 1))
    var segments: [Range<Int>] = [], first = 0, nodes: Int64 = 0
    for (front, count) in rows.enumerated() {
      if nodes > 0, nodes + count > room {
        segments.append(first..<front)
        (first, nodes) = (front, 0)
      }
      nodes += count
    }
    segments.append(first..<rows.count)
    return segments
  }
}
