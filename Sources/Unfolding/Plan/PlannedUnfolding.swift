internal import Tensors

extension Tensor {
  /// The same elements in memory of their own.
  fileprivate static func copy<S: KernelScalar>(_ tensor: Tensor, _ type: S.Type) -> Tensor {
    .filled(tensor.shape, S.self) { output in
      tensor.withElements(S.self) { output.update(from: $0, count: tensor.count) }
    }
  }
}

/// A cell unfolded by a plan: one operation of the tape, whose gradient is the plan of the adjoint.
///
/// Its operands are those of ``PlannedOperands``. Its value is one array of all states one after the other, each
/// `[B + N, w]`: the initial states, then those of the nodes.
struct PlannedUnfolding: Operation {
  private let run: PlannedRun

  static func == (left: Self, right: Self) -> Bool { left.run === right.run }
  func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(run)) }

  // It keeps what it needs itself.
  var reads: Reads { [] }
  func shape(of inputs: [Tensor]) -> Shape { evaluate(inputs).shape }
  func evaluate(_ inputs: [Tensor]) -> Tensor {
    run.states.value ?? .zeros([0], scalarType: run.scalarType)
  }

  /// Where each state's rows start in an array of all of them.
  static func starts(of states: [Tensor], _ layout: Layout) -> [Int] {
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
  ///   - operands: What it is computed from.
  ///   - draws: The masks of the draws, `[N, …]`.
  ///   - memory: How much may be kept for the gradient.
  /// - Returns: All states, one after the other.
  /// - Throws: ``Unplannable`` when no plan can be made of the step.
  static func states(
    _ trace: Trace, _ layout: Layout, _ operands: PlannedOperands, draws: [Draw: Tensor],
    memory: MemoryLimit
  ) throws(Unplannable) -> Tensor {
    guard operands.contexts.isEmpty || layout.isChain else {
      throw Unplannable(reason: "rows of sequences, where a sequence has no lane of its own")
    }
    let inputs = operands.all, initial = operands.initial
    let isRecorded = inputs.contains { $0.node != nil }
    let scalarType = operands.nodes[0].scalarType
    let plans = try StepPlans.plans(
      for: trace.graph, nodeCount: operands.nodes.count, slotCount: layout.slots.count,
      sharedCount: operands.shared.count, wanted: isRecorded ? operands.wanted : nil)
    let run = PlannedRun(
      plans: plans, traced: trace.graph, layout: layout, operands: operands, draws: draws,
      segments: layout.segments(memory, bytesPerNode: plans.bytesPerNode(scalarType, initial)))

    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      let starts = run.starts
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
      for segment in run.segments {
        let kept = run.forward(segment, states: run.part(of: states, segment), S.self)
        if isRecorded, run.segments.count == 1 { run.kept.value = kept }
      }
      return states
    }
    // Named types, so that all of a plan's run is compiled for each of them.
    let states =
      switch scalarType {
      case .float32: compute(Float.self)
      case .float64: compute(Double.self)
      }
    guard isRecorded else { return states }
    run.states.value = states
    return record(PlannedUnfolding(run: run), inputs, as: states)
  }

  private init(run: PlannedRun) { self.run = run }

  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent {
    cotangents(ofInputs: [index], inputs, output: output, upstream: upstream, isRecorded: false)[0]
  }

  func cotangents(
    ofInputs indices: [Int], _ inputs: [Tensor], output: Tensor, upstream: consuming Tensor,
    isRecorded: Bool
  ) -> [Cotangent] {
    if isRecorded { return recordedCotangents(ofInputs: indices, upstream: upstream) }
    return switch run.scalarType {
    case .float32: adjoint(ofInputs: indices, upstream: upstream, Float.self)
    case .float64: adjoint(ofInputs: indices, upstream: upstream, Double.self)
    }
  }

  private func adjoint<S: KernelScalar>(
    ofInputs indices: [Int], upstream: consuming Tensor, _ type: S.Type
  ) -> [Cotangent] {
    guard let plan = run.plans.adjoint, let states = run.states.value else {
      fatalError("unfold: no gradient was planned for")
    }
    // The walk adds to what reaches the states, so it must be ours alone: a copy, where somebody else has it too.
    var reaching = consume upstream
    reaching.withMutableElements(S.self) { _ in }
    var sums: [Int: Tensor] = [:]
    let contextSums = run.operands.contexts.map {
      Tensor.zeros([$0.count], scalarType: S.scalarType)
    }
    var replayed: Tensor?
    for segment in run.segments.reversed() {
      var own = run.part(of: states, segment)
      var kept = run.kept.take()
      if kept == nil {
        // What was not kept, or taken by an adjoint before, is computed again: a chain's in memory that goes with the segment.
        if run.layout.isChain {
          own = own.map { Tensor.copy($0, S.self) }
        } else {
          let all = replayed ?? Tensor.copy(states, S.self)
          replayed = all
          own = run.part(of: all, segment)
        }
        kept = run.forward(segment, states: own, S.self)
      }
      var given = run.given(segment).merging(kept ?? [:]) { old, _ in old }
      for (index, part) in own.enumerated() { given[.state(index)] = part }
      for (index, part) in run.part(of: reaching, segment).enumerated() {
        given[.reaching(index)] = part
      }
      for (index, sum) in contextSums.enumerated() { given[.contextSum(index)] = sum }
      let shared = run.operands.shared.map(\.detached) + run.plans.constants
      var planRun = PlanRun<S>(
        plan, run.layout.segment(segment), given: given, shared: plan.sharedTensors(shared),
        precision: run.precision,
        skipsStarts: segment.lowerBound == 0 && run.operands.initial.allSatisfy { $0.node == nil })
      planRun.run()
      let rows = run.layout.nodes(of: segment)
      for index in indices {
        switch run.place(ofInput: index) {
        case .rows(let view, let width):
          let part = planRun.rows(view, width: width)
          if run.segments.count == 1 {
            sums[index] = part
          } else {
            sums[index, default: .zeros([run.layout.nodeCount, width], scalarType: S.scalarType)]
              .withMutableElements(S.self) { output in
                part.withElements(S.self) {
                  (output + rows.lowerBound * width).update(from: $0, count: part.count)
                }
              }
          }
        case .shared(let number):
          let part = planRun.sharedValue(number)
          if sums[index] == nil { sums[index] = part } else { sums[index]? += part }
        case .context(let number): sums[index] = contextSums[number]
        case nil: break
        }
      }
    }
    let inputs = run.operands.all
    return indices.map { index in
      let input = inputs[index]
      if let state = run.operands.state(index) {
        let start = run.starts[state]
        return .dense(reaching.slice(start..<start + input.count).reshaped(to: input.shape))
      }
      return .dense(
        sums[index]?.reshaped(to: input.shape) ?? .zeros(input.shape, scalarType: input.scalarType))
    }
  }

  /// The same by recorded operations: the step is walked anew, so that the gradient can be differentiated.
  private func recordedCotangents(ofInputs indices: [Int], upstream: Tensor) -> [Cotangent] {
    let variables = run.operands.all
    let walk = GraphWalk(
      graph: run.traced, layout: run.layout, draws: run.draws, operands: run.operands)
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
