internal import CKernels
internal import Tensors

/// A planned step of some lanes, bound to memory of its own: what comes before the walk and the walk of one front are
/// stages of one entry of the thread team.
///
/// There is room for so many lanes, of which the first are at work, and for two of each state that steps read, which they
/// read and write in turn, and two bindings of the kernels.
///
/// Checked by hand to be `Sendable`: it is changed only by whoever knows that nobody else holds it.
final class StepRun: @unchecked Sendable {
  /// What a step is made of, the same for all copies.
  private let blueprint: StepBlueprint
  /// What the first sequences have of their own, tensors `[B, …]`.
  private let given: [Tensor]
  /// What it has in common with others.
  private let weights: PreparedWeights
  private let memory: [Storage]
  private let bindings: [WalkKernels]
  private let input: UnsafeMutableRawPointer
  private let states: UnsafeMutableRawPointer
  private let starts: [Int]
  /// What belongs to the lanes' sequences.
  private let contexts: [UnsafeMutableRawBufferPointer]
  private let loads: [Load]
  /// For each binding what lanes of one predecessor have in common.
  private let spreads: [[unfold_walk_spread]]
  /// Which of the two bindings is next.
  private var turn = 0
  /// How many lanes are at work.
  private(set) var lanes: Int
  /// For each row of the memory of what belongs to sequences the sequence whose it is.
  private var givenRows: [Int32] = []
  /// For each lane its sequence.
  private var sequences: [Int32] = []
  /// Where lanes go on from fewer predecessors than they are: the sequence of each of these, whose states are the first
  /// rows, and for each lane which of them is its own.
  private var predecessorSequences: [Int32] = []
  private var predecessors: [Int32] = []
  /// So many of the states' tensors are the predecessors'.
  private var movedCount = 0

  /// A row that a symbol stands for, to be copied to where the stages read it.
  private struct Load {
    let rows: UnsafeRawPointer
    let target: UnsafeMutableRawPointer
    let byteCount: Int
    /// Bytes from a lane's row of the target to the next.
    let stride: Int
  }

  /// Starts as many lanes as the states have rows, `[B, …]`, each with a sequence of its own.
  convenience init(
    _ blueprint: StepBlueprint, of given: [Tensor], from states: [Tensor],
    sharing weights: PreparedWeights
  ) {
    self.init(blueprint, given, weights)
    lanes = states[0].shape[0]
    for context in given {
      demand(
        context.shape[0] == lanes,
        "Stepper: \(lanes) sequences need a row each, got \(context.shape)")
    }
    sequences = Array(0..<Int32(lanes))
    bringContexts()
    write(states)
  }

  /// Brings what belongs to the sequences to where the stages read it, for the first time.
  private func bringContexts() {
    givenRows = Array(repeating: -1, count: blueprint.capacity)
    for (context, (tensor, memory)) in zip(blueprint.contexts, zip(given, contexts))
    where context.isShared {
      tensor.withUnsafeBytes { memory.copyMemory(from: $0) }
    }
    bringRows()
  }

  /// Brings each lane what belongs to its sequence, where lanes have rows of their own.
  private func bringRows() {
    for (lane, sequence) in sequences.enumerated() where givenRows[lane] != sequence {
      givenRows[lane] = sequence
      for (context, (tensor, memory)) in zip(blueprint.contexts, zip(given, contexts))
      where !context.isShared {
        let row = memory.count / blueprint.capacity, from = Int(sequence) * row
        tensor.withUnsafeBytes { bytes in
          UnsafeMutableRawBufferPointer(rebasing: memory[lane * row..<(lane + 1) * row])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[from..<from + row]))
        }
      }
    }
  }

  private init(_ blueprint: StepBlueprint, _ given: [Tensor], _ weights: PreparedWeights) {
    (self.blueprint, self.given, self.weights) = (blueprint, given, weights)
    starts = blueprint.starts
    lanes = blueprint.capacity
    func bind<S: KernelScalar>(_ type: S.Type) -> (
      [Storage], [WalkKernels], UnsafeMutableRawPointer, UnsafeMutableRawPointer, [Load],
      [UnsafeMutableRawBufferPointer], [[unfold_walk_spread]]
    ) {
      let lanes = blueprint.capacity
      // Rows are written before they are read, and pages that no row reaches stay untouched.
      func room(_ count: Int) -> Tensor { .filled([count], S.self) { _ in } }
      let starts = blueprint.starts, states = room(starts[starts.count - 1])
      var given: [Plan.Memory: Tensor] = [.node(0): room(lanes * blueprint.inputSize)]
      for (index, start) in starts.dropLast().enumerated() {
        given[.state(index)] = states.slice(start..<states.count)
      }
      for (index, context) in blueprint.contexts.enumerated() {
        given[.context(index)] = room(lanes * context.width)
      }
      let memory = PlanMemory<S>(
        blueprint.plan, given: given, shared: blueprint.shared, nodeCount: lanes, frontRows: lanes)
      let bindings = [0, 1].map { turn in
        WalkKernels(
          blueprint.stages, memory, precision: blueprint.precision, packed: blueprint.packed
        ) { view in
          Self.place(view, memory, blueprint, turn: turn)
        }
      }
      let size = S.scalarType.byteCount
      let loads = blueprint.tables.map { table in
        let (columns, stride) = (table.columns.columns, table.columns.rowStride)
        return Load(
          rows: UnsafeRawPointer(table.rows.withElements(S.self) { $0 }),
          target: UnsafeMutableRawPointer(
            memory.base(table.columns.memory) + columns.lowerBound),
          byteCount: columns.count * size, stride: stride * size)
      }
      return (
        memory.storages, bindings, UnsafeMutableRawPointer(memory.base(.node(0))),
        UnsafeMutableRawPointer(memory.base(.state(0))), loads,
        blueprint.contexts.enumerated().map { index, context in
          UnsafeMutableRawBufferPointer(
            start: memory.base(.context(index)), count: lanes * context.width * size)
        },
        [0, 1].map { Self.spreads(memory, blueprint, turn: $0) }
      )
    }
    (memory, bindings, input, states, loads, contexts, spreads) = bind(blueprint.scalarType.kernels)
  }

  /// Where a view lies. There is one front, so that states lie at a place of their own as weights do.
  private static func place<S: KernelScalar>(
    _ view: Plan.View, _ memory: PlanMemory<S>, _ blueprint: StepBlueprint, turn: Int
  ) -> unfold_walk_view {
    var first = memory.base(view.memory) + view.column
    var origin = UNFOLD_ORIGIN_NODE
    switch view.memory {
    case .shared: origin = UNFOLD_ORIGIN_SHARED
    case .context(let index):
      origin =
        blueprint.contexts[index].isShared ? UNFOLD_ORIGIN_CONTEXT : UNFOLD_ORIGIN_SHARED
    case .front: origin = UNFOLD_ORIGIN_FRONT
    case .state(let index):
      origin = UNFOLD_ORIGIN_SHARED
      if blueprint.takesTurns[index], (view.slot != nil) != (turn == 0) {
        first += blueprint.capacity * view.rowStride
      }
    default: break
    }
    return unfold_walk_view(
      base: first, row_stride: Int64(view.rowStride), column_stride: Int32(view.columnStride),
      origin: Int32(origin.rawValue))
  }

  /// What lanes of one predecessor have in common, when its part of the step has been done.
  private static func spreads<S: KernelScalar>(
    _ memory: PlanMemory<S>, _ blueprint: StepBlueprint, turn: Int
  ) -> [unfold_walk_spread] {
    let states = blueprint.readStates.sorted().map { index in
      let width = blueprint.stateWidths[index]
      return (
        Plan.View(memory: .state(index), slot: 0, rowStride: width, columnStride: 1), width
      )
    }
    let made = blueprint.made.map { part in
      (
        Plan.View(
          memory: part.memory, column: part.columns.lowerBound, rowStride: part.rowStride,
          columnStride: 1), part.columns.count
      )
    }
    return (states + made).map { view, columns in
      unfold_walk_spread(
        rows: place(view, memory, blueprint, turn: turn).base, row_stride: Int64(view.rowStride),
        columns: Int64(columns))
    }
  }

  /// Another run in the same state, with memory of its own and the same packed weights.
  func copy() -> StepRun {
    spreadStates()
    let copy = StepRun(blueprint, given, weights)
    copy.turn = turn
    (copy.lanes, copy.sequences) = (lanes, sequences)
    for index in blueprint.stateWidths.indices {
      copy.bytes(ofState: index).copyMemory(from: UnsafeRawBufferPointer(bytes(ofState: index)))
    }
    copy.bringContexts()
    return copy
  }

  // MARK: Stepping

  /// A step with the inputs' bytes, `[B, D]`.
  func step(_ bytes: UnsafeRawBufferPointer) {
    step {
      if let first = bytes.baseAddress { input.copyMemory(from: first, byteCount: bytes.count) }
    }
  }

  /// A step with a row of the table for each lane.
  func step(symbols: UnsafeBufferPointer<Int32>) {
    weights.count(rows: symbols.count)
    step {
      for load in loads {
        for (lane, symbol) in symbols.enumerated() {
          (load.target + lane * load.stride).copyMemory(
            from: load.rows + Int(symbol) * load.byteCount, byteCount: load.byteCount)
        }
      }
    }
  }

  /// Whether a part of the step depends on predecessors alone.
  var hasPredecessorStages: Bool { blueprint.predecessorStageCount > 0 }

  /// The number of symbols that the table has.
  var symbolCount: Int { blueprint.symbolCount }

  /// A step with inputs that `bring` brings: what depends on the predecessors alone once for each of them.
  private func step(_ bring: () -> Void) {
    let all = 0..<blueprint.stages.count
    if predecessors.isEmpty {
      bring()
      walk(all, sequences)
    } else {
      walk(all.prefix(blueprint.predecessorStageCount), predecessorSequences)
      bring()
      walk(all.dropFirst(blueprint.predecessorStageCount), sequences, spreading: predecessors)
      predecessors.removeAll(keepingCapacity: true)
    }
    turn = 1 - turn
  }

  /// Some stages of a step, with a row for each of some sequences.
  private func walk(_ stages: Range<Int>, _ sequences: [Int32], spreading from: [Int32] = []) {
    sequences.withUnsafeBufferPointer { sequences in
      from.withUnsafeBufferPointer { from in
        spreads[turn].withUnsafeBufferPointer { spreads in
          bindings[turn].withOneFront(
            rows: sequences.count, capacity: blueprint.capacity, stages
          ) { walk in
            walk.context_rows = sequences.baseAddress
            walk.spread_count = from.isEmpty ? 0 : Int64(spreads.count)
            walk.spreads = spreads.baseAddress
            walk.spread_from = from.baseAddress
            switch blueprint.scalarType {
            case .float32: Float.walk(&walk)
            case .float64: Double.walk(&walk)
            }
          }
        }
      }
    }
  }

  // MARK: States

  /// The current rows of a state's tensor, `[B, …]`.
  func bytes(ofState index: Int) -> UnsafeMutableRawBufferPointer {
    spreadStates()
    return rows(ofState: index, lanes)
  }

  /// So many of the current rows of a state's tensor, the predecessors' where lanes have them in common.
  private func rows(ofState index: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
    let size = blueprint.scalarType.byteCount, width = blueprint.stateWidths[index]
    let first = blueprint.takesTurns[index] ? turn * blueprint.capacity * width : 0
    return UnsafeMutableRawBufferPointer(
      start: states + (starts[index] + first) * size, count: count * width * size)
  }

  /// Goes on from other states, `[B, …]`.
  func write(_ tensors: [Tensor]) {
    for (index, tensor) in tensors.enumerated() {
      tensor.withUnsafeBytes { bytes(ofState: index).copyMemory(from: $0) }
    }
  }

  /// Lanes take the states of others, the first `count` tensors of each, and their sequences: from one of the two places
  /// of states to the other. Those of one parent have its states in common until the next step.
  func reorder(_ parents: [Int], moving count: Int) {
    spreadStates()
    var rowsOfParents = [Int32](repeating: -1, count: lanes)
    var taken: [Int] = []
    if blueprint.predecessorStageCount > 0 {
      for parent in parents {
        if rowsOfParents[parent] < 0 {
          rowsOfParents[parent] = Int32(taken.count)
          taken.append(parent)
        }
        predecessors.append(rowsOfParents[parent])
      }
    }
    if predecessors.isEmpty || taken.count == parents.count {
      predecessors.removeAll(keepingCapacity: true)
      taken = parents
    }
    for index in 0..<count {
      let now = rows(ofState: index, lanes)
      turn = 1 - turn
      let next = rows(ofState: index, taken.count)
      turn = 1 - turn
      let row = blueprint.stateWidths[index] * blueprint.scalarType.byteCount
      func move(from now: UnsafeMutableRawBufferPointer) {
        for (lane, parent) in taken.enumerated() {
          Self.copyRow(parent, of: now, to: lane, of: next, row)
        }
      }
      if blueprint.takesTurns[index] {
        move(from: now)
      } else {
        var before = Array(now)
        before.withUnsafeMutableBytes { move(from: $0) }
      }
    }
    predecessorSequences = taken.map { sequences[$0] }
    movedCount = count
    (turn, lanes) = (1 - turn, parents.count)
    sequences = parents.map { sequences[$0] }
    bringRows()
  }

  /// Gives each lane the states that it has in common with others.
  private func spreadStates() {
    guard !predecessors.isEmpty else { return }
    for index in 0..<movedCount {
      let all = rows(ofState: index, lanes)
      let row = blueprint.stateWidths[index] * blueprint.scalarType.byteCount
      // Rows are in the order in which they come first, so that none goes to a row before it.
      for (lane, from) in predecessors.enumerated().reversed() where from != lane {
        Self.copyRow(Int(from), of: all, to: lane, of: all, row)
      }
    }
    predecessors.removeAll(keepingCapacity: true)
  }

  private static func copyRow(
    _ source: Int, of rows: UnsafeMutableRawBufferPointer, to lane: Int,
    of others: UnsafeMutableRawBufferPointer, _ byteCount: Int
  ) {
    UnsafeMutableRawBufferPointer(
      rebasing: others[lane * byteCount..<(lane + 1) * byteCount]
    ).copyMemory(
      from: UnsafeRawBufferPointer(
        rebasing: rows[source * byteCount..<(source + 1) * byteCount]))
  }

  /// Starts some lanes anew, each from the row of its sequence.
  func write(_ tensors: [Tensor], lanes: some Sequence<Int>) {
    for lane in lanes {
      for (index, tensor) in tensors.enumerated() {
        tensor.withUnsafeBytes { source in
          let row = blueprint.stateWidths[index] * blueprint.scalarType.byteCount
          let sequence = Int(sequences[lane])
          UnsafeMutableRawBufferPointer(
            rebasing: bytes(ofState: index)[lane * row..<(lane + 1) * row]
          ).copyMemory(
            from: UnsafeRawBufferPointer(rebasing: source[sequence * row..<(sequence + 1) * row]))
        }
      }
    }
  }
}
