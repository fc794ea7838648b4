internal import Tensors

/// A cell unfolded by a plan: one operation of the tape, whose gradient is the plan of the adjoint.
///
/// Its operands are the node arrays in the order of the walk, the initial states, and the shared tensors. Its value is
/// one array of all states one after the other, each `[B + N, w]`: the initial states, then those of the nodes.
struct PlannedUnfolding: Operation {
  private let run: Run

  /// What was computed. Held by reference: an operation is compared by which computation it was.
  private final class Run: Sendable {
    let plans: StepPlans
    let traced: Graph
    let layout: ChainLayout
    /// The operands with their history, for a gradient that is to be differentiated itself.
    let inputs: [Tensor]
    let counts: (nodes: Int, states: Int)
    let draws: [Draw: Tensor]
    let precision = ProductPrecision.current
    let scalarType: ScalarType
    /// Arrays that the adjoint reads: the states, and what was kept.
    let states: Tensor
    let kept: [Plan.Memory: Tensor]

    init(
      plans: StepPlans, traced: Graph, layout: ChainLayout, inputs: [Tensor],
      counts: (nodes: Int, states: Int), draws: [Draw: Tensor], states: Tensor,
      kept: [Plan.Memory: Tensor]
    ) {
      self.plans = plans
      self.traced = traced
      self.layout = layout
      self.inputs = inputs
      self.counts = counts
      self.draws = draws
      scalarType = states.scalarType
      self.states = states
      self.kept = kept
    }
  }

  static func == (left: Self, right: Self) -> Bool { left.run === right.run }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(run)) }

  // It keeps what it needs itself.
  var reads: Reads { [] }
  func shape(of inputs: [Tensor]) -> Shape { run.states.shape }
  func evaluate(_ inputs: [Tensor]) -> Tensor { run.states }

  /// Where each state's rows start in an array of all of them.
  static func starts(of states: [Tensor], _ layout: ChainLayout) -> [Int] {
    var start = 0
    return states.map { state in
      defer { start += (layout.sequenceCount + layout.nodeCount) * state.shape[1] }
      return start
    }
  }

  /// Runs a traced step over a structure.
  ///
  /// - Parameters:
  ///   - trace: The step.
  ///   - layout: The structure.
  ///   - nodes: The node arrays, `[N, …]`, in the order of the walk.
  ///   - initial: The initial states, `[B, …]`, in the order of the walk.
  ///   - draws: The masks of the draws, `[N, …]`.
  /// - Returns: All states, one after the other.
  /// - Throws: ``Unplannable`` when no plan can be made of the step.
  static func states(
    _ trace: Trace, _ layout: ChainLayout, nodes: [Tensor], initial: [Tensor],
    draws: [Draw: Tensor]
  ) throws(Unplannable) -> Tensor {
    let inputs = nodes + initial + trace.shared
    let isRecorded = inputs.contains { $0.node != nil }
    let leaves =
      nodes.indices.map(Graph.Leaf.node) + initial.indices.map(Graph.Leaf.before)
      + trace.shared.indices.map(Graph.Leaf.shared)
    // The gradients of initial states come by themselves.
    let wanted = zip(leaves, inputs).filter { leaf, tensor in
      if case .before = leaf { false } else { tensor.node != nil }
    }
    let plans = try StepPlans.plans(
      for: trace.graph, nodeCount: nodes.count, sharedCount: trace.shared.count,
      wanted: isRecorded ? wanted.map(\.0) : nil)

    let scalarType = nodes[0].scalarType
    func compute<S: KernelScalar>(_ type: S.Type) -> (Tensor, [Plan.Memory: Tensor]) {
      let starts = starts(of: initial, layout)
      let total = zip(starts, initial).map {
        $0 + (layout.sequenceCount + layout.nodeCount) * $1.shape[1]
      }.last
      let states = Tensor.filled([total ?? 0], S.self) { output in
        for (start, state) in zip(starts, initial) {
          state.withElements(S.self) {
            (output + start).update(from: $0, count: state.count)
          }
        }
      }
      var given: [Plan.Memory: Tensor] = [:]
      for (index, node) in nodes.enumerated() { given[.node(index)] = node.detached }
      for (index, start) in starts.enumerated() {
        given[.state(index)] = states.slice(start..<states.count)
      }
      for (draw, mask) in draws { given[.draw(draw)] = mask }
      var run = PlanRun<S>(
        plans.forward, layout, given: given, shared: trace.shared,
        precision: .current)
      run.run()
      var kept: [Plan.Memory: Tensor] = [:]
      for (index, view) in plans.forward.rowOutputs.enumerated() {
        kept[.node(nodes.count + index)] = run.memory(view.memory)
      }
      return (states, kept)
    }
    let (states, kept) = compute(scalarType.kernels)
    guard isRecorded else { return states }
    let run = Run(
      plans: plans, traced: trace.graph, layout: layout, inputs: inputs,
      counts: (nodes.count, initial.count), draws: draws, states: states, kept: kept)
    return record(PlannedUnfolding(run: run), inputs, as: states)
  }

  private init(run: Run) { self.run = run }

  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent {
    cotangents(ofInputs: [index], inputs, output: output, upstream: upstream, isRecorded: false)[0]
  }

  func cotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: Tensor, isRecorded: Bool
  ) -> [Cotangent] {
    if isRecorded { return recordedCotangents(ofInputs: indices, upstream: upstream) }
    func compute<S: KernelScalar>(_ type: S.Type) -> [Cotangent] {
      adjoint(ofInputs: indices, upstream: upstream, S.self)
    }
    return compute(run.scalarType.kernels)
  }

  private func adjoint<S: KernelScalar>(
    ofInputs indices: [Int], upstream: Tensor, _ type: S.Type
  ) -> [Cotangent] {
    guard let plan = run.plans.adjoint else { fatalError("unfold: no gradient was planned for") }
    let layout = run.layout
    let initial = run.inputs[run.counts.nodes..<run.counts.nodes + run.counts.states]
    let starts = Self.starts(of: Array(initial), layout)
    // The walk adds to what reaches the states, so it must be ours alone.
    let reaching = Tensor.filled(upstream.shape, S.self) { output in
      upstream.withElements(S.self) { output.update(from: $0, count: upstream.count) }
    }
    var given = run.kept
    for index in 0..<run.counts.nodes { given[.node(index)] = run.inputs[index].detached }
    for (index, start) in starts.enumerated() {
      given[.state(index)] = run.states.slice(start..<run.states.count)
      given[.reaching(index)] = reaching.slice(start..<reaching.count)
    }
    for (draw, mask) in run.draws { given[.draw(draw)] = mask }
    let shared = run.inputs[(run.counts.nodes + run.counts.states)...]
    var planRun = PlanRun<S>(
      plan, layout, given: given, shared: shared.map(\.detached) + run.plans.constants,
      precision: run.precision)
    planRun.run()

    return indices.map { index in
      let input = run.inputs[index]
      if index >= run.counts.nodes, index < run.counts.nodes + run.counts.states {
        let start = starts[index - run.counts.nodes]
        return .dense(reaching.slice(start..<start + input.count).reshaped(to: input.shape))
      }
      let leaf: Graph.Leaf =
        index < run.counts.nodes
        ? .node(index) : .shared(index - run.counts.nodes - run.counts.states)
      switch run.plans.gradients[leaf] {
      case .rows(let view, let width):
        return .dense(planRun.rows(view, width: width).reshaped(to: input.shape))
      case .shared(let number):
        return .dense(planRun.sharedValue(number).reshaped(to: input.shape))
      case nil:
        return .dense(.zeros(input.shape, scalarType: input.scalarType))
      }
    }
  }

  /// The same by recorded operations: the step is walked anew, so that the gradient can be differentiated.
  private func recordedCotangents(ofInputs indices: [Int], upstream: Tensor) -> [Cotangent] {
    let variables = run.inputs
    let walk = GraphWalk(
      graph: run.traced, layout: run.layout, draws: run.draws,
      nodes: Array(variables[..<run.counts.nodes]),
      initial: Array(variables[run.counts.nodes..<run.counts.nodes + run.counts.states]),
      shared: Array(variables[(run.counts.nodes + run.counts.states)...]))
    let states = walk.states()
    let found = Tensors.recordedCotangents(
      of: [(states, upstream)], withRespectTo: indices.map { variables[$0] })
    return zip(indices, found).map { index, gradient in
      .dense(
        gradient
          ?? .zeros(variables[index].shape, scalarType: variables[index].scalarType))
    }
  }
}
