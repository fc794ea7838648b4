internal import CKernels
internal import Tensors

/// A planned step of some lanes, bound to memory of its own: what comes before the walk and the walk of one front are
/// stages of one entry of the thread team.
///
/// There is room for so many lanes, of which the first are at work, and for two states of each, which steps read and write
/// in turn, and two bindings of the kernels.
///
/// Checked by hand to be `Sendable`: it is changed only by whoever knows that nobody else holds it.
final class StepRun: @unchecked Sendable {
  /// What a step is made of, the same for all copies.
  private let blueprint: Blueprint
  private let memory: [Storage]
  private let bindings: [WalkKernels]
  private let input: UnsafeMutableRawPointer
  private let states: UnsafeMutableRawPointer
  /// What belongs to the lanes' sequences.
  private let contexts: [UnsafeMutableRawBufferPointer]
  private let loads: [Load]
  /// Which of the two bindings is next.
  private var turn = 0
  /// How many lanes are at work.
  private(set) var lanes: Int
  /// What belongs to the sequences, `[B, …]`, and for each row of the lanes' memory the sequence whose it is.
  private var given: [Tensor] = []
  private var givenRows: [Int32] = []
  /// For each lane its sequence.
  private var sequences: [Int32] = []

  /// A row that a symbol stands for, to be copied to where the stages read it.
  private struct Load {
    let rows: UnsafeRawPointer
    let target: UnsafeMutableRawPointer
    let byteCount: Int
    /// Bytes from a lane's row of the target to the next.
    let stride: Int
  }

  private struct Blueprint {
    let plan: Plan
    /// The most lanes.
    let capacity: Int
    let inputSize: Int
    let scalarType: ScalarType
    let stateWidths: [Int]
    let stages: [Plan.Stage]
    let shared: [Int: Tensor]
    /// The weights of the stages' products.
    let packed: [Storage]
    /// What it has in common with others.
    let weights: StepperWeights
    /// What belongs to sequences.
    let contexts: [Context]
    let precision: ProductPrecision
    /// For each symbol a row of some columns of these arrays.
    let tables: [Table]
    let symbolCount: Int

    var stateCount: Int { 2 * capacity * stateWidths.reduce(0, +) }
    /// Where each state's rows start among all of them, in elements.
    var starts: [Int] {
      var start = 0
      return stateWidths.map { width in
        defer { start += 2 * capacity * width }
        return start
      }
    }
  }

  /// What symbols stand for: some columns of an array's rows.
  private struct Table {
    let columns: MemoryColumns
    /// `[V, …]`.
    let rows: Tensor
  }

  /// What belongs to a sequence.
  private struct Context: Equatable {
    /// Elements of a row.
    let width: Int
    /// Whether lanes of one sequence read one row. Otherwise each has its own, as products of weights take them.
    let isShared: Bool
  }

  /// At most so many bytes are computed ahead for all symbols at once, so that making a stepper stays cheap.
  private static let tableLimit = 4 << 20
  /// At most so many where as many rows have been stepped already as the table has: computing it then takes no longer than
  /// it has taken without, and so many more may come.
  private static let largeTableLimit = 64 << 20

  /// Plans a cell's step, unless no plan can be made of it.
  ///
  /// - Parameters:
  ///   - cell: The cell.
  ///   - capacity: The most rows that are stepped at once.
  ///   - input: A tensor of inputs, `[…, D]`; a row for each symbol when `isTable`.
  ///   - isTable: Whether inputs are rows of `input`.
  ///   - initial: The states to start from, `[B, …]`.
  ///   - weights: What other steppers of the same weights have left, and where this one leaves its own.
  convenience init?<C: Cell>(
    _ cell: C, capacity: Int, input: Tensor, isTable: Bool, initial: C.State,
    weights: StepperWeights
  ) {
    let states = initial.tensors
    let isPlannable = ([input] + states).allSatisfy { tensor in
      tensor.rank == 2 && tensor.scalarType == input.scalarType && !tensor.isSymbolic
    }
    guard isPlannable else { return nil }
    guard let (trace, plan) = Self.plan(cell, input: input, states) else { return nil }
    let precision = ProductPrecision.current
    let names = weights.numbers(of: trace.shared)
    let shared = plan.sharedTensors(trace.shared) { number, compute in
      weights.value(plan.graph.definition(of: [number], calling: names), compute)
    }
    var hoistsAhead = false
    var tables: [Table] = []
    if isTable {
      let width = input.shape[1]
      tables.append(
        Table(
          columns: MemoryColumns(memory: .node(0), columns: 0..<width, rowStride: width),
          rows: input.detached))
      let ahead = Self.ahead(
        plan, shared, table: input.detached, precision, names: names, weights: weights)
      if let ahead {
        hoistsAhead = true
        tables += ahead
      }
    }
    let stages = plan.singleFront(hoistsAhead: hoistsAhead)
    let keys = stages.flatMap(\.products).map { product in
      StepperWeights.PackedKey(
        right: plan.graph.definition(of: [product.right], calling: names),
        columns: product.columns, isTransposed: product.isTransposed,
        isChained: product.isChained, precision: precision)
    }
    let packed = Self.packed(
      stages, plan, shared, precision, input.scalarType, known: weights.packed(keys))
    weights.keep(packed, keys)
    let blueprint = Blueprint(
      plan: plan, capacity: capacity, inputSize: input.shape[1], scalarType: input.scalarType,
      stateWidths: states.map { $0.shape[1] }, stages: stages, shared: shared,
      packed: packed, weights: weights,
      contexts: trace.contexts.enumerated().map { index, tensor in
        Context(
          width: Self.width(tensor), isShared: !Self.isMultiplied(.context(index), in: stages))
      },
      precision: precision, tables: tables.filter { Self.isRead($0.columns.memory, by: stages) },
      symbolCount: isTable ? input.shape[0] : 0)
    self.init(blueprint)
    start(states, trace.contexts)
  }

  /// The weights of all products of stages, packed unless they are known.
  private static func packed(
    _ stages: [Plan.Stage], _ plan: Plan, _ shared: [Int: Tensor], _ precision: ProductPrecision,
    _ scalarType: ScalarType, known: [Storage?]
  ) -> [Storage] {
    func pack<S: KernelScalar>(_ type: S.Type) -> [Storage] {
      let memory = PlanMemory<S>(plan, given: [:], shared: shared, nodeCount: 0, frontRows: 0)
      let kernels = WalkKernels(stages, memory, precision: precision, packed: known) { _ in
        unfold_walk_view()
      }
      kernels.pack(S.walk)
      return kernels.packed
    }
    return pack(scalarType.kernels)
  }

  /// Elements of a row.
  private static func width(_ tensor: Tensor) -> Int {
    tensor.shape.dimensions.dropFirst().reduce(1, *)
  }

  /// Starts as many lanes as the states have rows, each with a sequence of its own.
  private func start(_ states: [Tensor], _ contexts: [Tensor]) {
    lanes = states[0].shape[0]
    for context in contexts {
      demand(
        context.shape[0] == lanes,
        "Stepper: \(lanes) sequences need a row each, got \(context.shape)")
    }
    given = contexts.map(\.detached)
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

  private static func plan<C: Cell>(
    _ cell: C, input: Tensor, _ states: [Tensor]
  ) -> (Trace, Plan)? {
    let trace = Trace.step(of: cell, inputs: [input], states: states, draws: false)
    let plans = try? StepPlans.plans(
      for: trace.graph, nodeCount: 1, sharedCount: trace.shared.count, wanted: nil)
    return plans.map { (trace, $0.forward) }
  }

  /// Whether weights are multiplied by it.
  private static func isMultiplied(_ memory: Plan.Memory, in stages: [Plan.Stage]) -> Bool {
    stages.contains { stage in stage.products.contains { $0.left.memory == memory } }
  }

  private static func isRead(_ memory: Plan.Memory, by stages: [Plan.Stage]) -> Bool {
    stages.contains { stage in
      stage.products.contains { $0.left.memory == memory }
        || stage.rowProducts.contains { $0.left.memory == memory || $0.right.memory == memory }
        || (stage.program?.views ?? []).contains { $0.memory == memory }
    }
  }

  /// What depends on the input alone, computed for every row of a table; `nil` when it is too much for now, or is a part of
  /// the state itself.
  private static func ahead(
    _ plan: Plan, _ shared: [Int: Tensor], table: Tensor, _ precision: ProductPrecision,
    names: [Int], weights: StepperWeights
  ) -> [Table]? {
    let symbols = table.shape[0], made = plan.hoistedColumns
    let bytes = made.reduce(0) { $0 + $1.columns.count } * symbols * table.scalarType.byteCount
    guard bytes <= largeTableLimit, !plan.hoisted.contains(where: writesStates) else { return nil }
    func compute<S: KernelScalar>(_ type: S.Type) -> [Tensor] {
      var run = PlanRun<S>(
        plan, Layout(.chain(Array(repeating: 1, count: symbols))), given: [.node(0): table],
        shared: shared, precision: precision)
      run.hoist()
      return made.map { part in
        run.memory(part.memory).slice(0..<symbols * part.rowStride)
          .reshaped(to: [symbols, part.rowStride]).slice(part.columns, axis: 1)
      }
    }
    let key = StepperWeights.AheadKey(
      values: plan.graph.definition(of: plan.graph.valuesOfInput, calling: names),
      views: plan.hoisted.map(\.views), table: weights.numbers(of: [table])[0],
      precision: precision)
    let isWorthIt = bytes <= tableLimit || weights.steppedRows >= symbols
    let rows = weights.ahead(key, isWorthIt ? { compute(table.scalarType.kernels) } : nil)
    return rows.map { zip(made, $0).map(Table.init) }
  }

  private static func writesStates(_ pass: Plan.Pass) -> Bool {
    func isState(_ view: Plan.View) -> Bool {
      if case .state = view.memory { true } else { false }
    }
    return switch pass {
    case .product(let product): isState(product.output)
    case .rowProduct(let product): isState(product.output)
    case .program(let program): program.views.contains(where: isState)
    }
  }

  private init(_ blueprint: Blueprint) {
    self.blueprint = blueprint
    lanes = blueprint.capacity
    func bind<S: KernelScalar>(_ type: S.Type) -> (
      [Storage], [WalkKernels], UnsafeMutableRawPointer, UnsafeMutableRawPointer, [Load],
      [UnsafeMutableRawBufferPointer]
    ) {
      let lanes = blueprint.capacity
      let input = Tensor.filled([lanes, blueprint.inputSize], S.self) {
        S.fill(lanes * blueprint.inputSize, 0, $0)
      }
      let states = Tensor.filled([blueprint.stateCount], S.self) {
        S.fill(blueprint.stateCount, 0, $0)
      }
      var given: [Plan.Memory: Tensor] = [.node(0): input]
      for (index, start) in blueprint.starts.enumerated() {
        given[.state(index)] = states.slice(start..<states.count)
      }
      for (index, context) in blueprint.contexts.enumerated() {
        given[.context(index)] = .filled([lanes, context.width], S.self) {
          S.fill(lanes * context.width, 0, $0)
        }
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
        Array(memory.storages.values), bindings, UnsafeMutableRawPointer(memory.base(.node(0))),
        UnsafeMutableRawPointer(memory.base(.state(0))), loads,
        blueprint.contexts.enumerated().map { index, context in
          UnsafeMutableRawBufferPointer(
            start: memory.base(.context(index)), count: lanes * context.width * size)
        }
      )
    }
    (memory, bindings, input, states, loads, contexts) = bind(blueprint.scalarType.kernels)
  }

  /// Where a view lies. There is one front, so that states lie at a place of their own as weights do.
  private static func place<S: KernelScalar>(
    _ view: Plan.View, _ memory: PlanMemory<S>, _ blueprint: Blueprint, turn: Int
  ) -> unfold_walk_view {
    var first = memory.base(view.memory) + view.column
    var origin = UNFOLD_ORIGIN_NODE
    switch view.memory {
    case .shared: origin = UNFOLD_ORIGIN_SHARED
    case .context(let index):
      origin =
        blueprint.contexts[index].isShared ? UNFOLD_ORIGIN_CONTEXT : UNFOLD_ORIGIN_SHARED
    case .front: origin = UNFOLD_ORIGIN_FRONT
    case .state:
      origin = UNFOLD_ORIGIN_SHARED
      if (view.slot != nil) != (turn == 0) { first += blueprint.capacity * view.rowStride }
    default: break
    }
    return unfold_walk_view(
      base: first, row_stride: Int64(view.rowStride), column_stride: Int32(view.columnStride),
      origin: Int32(origin.rawValue))
  }

  /// Another run in the same state, with memory of its own and the same packed weights.
  func copy() -> StepRun {
    let copy = StepRun(blueprint)
    copy.states.copyMemory(
      from: states, byteCount: blueprint.stateCount * blueprint.scalarType.byteCount)
    copy.turn = turn
    (copy.lanes, copy.given, copy.sequences) = (lanes, given, sequences)
    copy.bringContexts()
    return copy
  }

  // MARK: Stepping

  /// A step with the inputs' bytes, `[B, D]`.
  func step(_ bytes: UnsafeRawBufferPointer) {
    if let first = bytes.baseAddress { input.copyMemory(from: first, byteCount: bytes.count) }
    walk()
  }

  /// A step with a row of the table for each lane.
  func step(symbols: UnsafeBufferPointer<Int32>) {
    blueprint.weights.count(rows: symbols.count)
    for load in loads {
      for (lane, symbol) in symbols.enumerated() {
        (load.target + lane * load.stride).copyMemory(
          from: load.rows + Int(symbol) * load.byteCount, byteCount: load.byteCount)
      }
    }
    walk()
  }

  /// The number of symbols that the table has.
  var symbolCount: Int { blueprint.symbolCount }

  private func walk() {
    let kernels = bindings[turn], lanes = lanes
    sequences.withUnsafeBufferPointer { sequences in
      withUnsafePointer(to: Int64(lanes)) { rows in
        withUnsafePointer(to: Int64(0)) { zero in
          var walk = unfold_walk(
            front_count: 1, rows: rows, nodes: zero, slot_count: 0, before: nil, gather_count: 0,
            gathers: nil, adds: false, descending: false, front_rows: Int64(blueprint.capacity),
            context_rows: sequences.baseAddress,
            sharing: kernels.splitsByRows(lanes) ? UNFOLD_SHARE_LANES : UNFOLD_SHARE_STAGES,
            whole_rows: 0, skips_starts: false, scan_count: 0, scans: nil,
            stage_count: Int64(kernels.count),
            stages: kernels.stages, limit: kernels.limit(rows: lanes))
          switch blueprint.scalarType {
          case .float32: Float.walk(&walk)
          case .float64: Double.walk(&walk)
          }
        }
      }
    }
    turn = 1 - turn
  }

  // MARK: States

  /// The current rows of a state's tensor, `[B, …]`.
  func bytes(ofState index: Int) -> UnsafeMutableRawBufferPointer {
    let size = blueprint.scalarType.byteCount
    var start = 0
    for width in blueprint.stateWidths[..<index] { start += 2 * blueprint.capacity * width }
    let width = blueprint.stateWidths[index]
    return UnsafeMutableRawBufferPointer(
      start: states + (start + turn * blueprint.capacity * width) * size,
      count: lanes * width * size)
  }

  /// Goes on from other states, `[B, …]`.
  func write(_ tensors: [Tensor]) {
    for (index, tensor) in tensors.enumerated() {
      tensor.withUnsafeBytes { bytes(ofState: index).copyMemory(from: $0) }
    }
  }

  /// Lanes take the states of others, the first `count` tensors of each, and their sequences: from one of the two places
  /// of states to the other.
  func reorder(_ parents: [Int], moving count: Int) {
    for index in 0..<count {
      let now = bytes(ofState: index), before = lanes
      (turn, lanes) = (1 - turn, parents.count)
      let next = bytes(ofState: index)
      (turn, lanes) = (1 - turn, before)
      let row = blueprint.stateWidths[index] * blueprint.scalarType.byteCount
      for (lane, parent) in parents.enumerated() {
        UnsafeMutableRawBufferPointer(rebasing: next[lane * row..<(lane + 1) * row])
          .copyMemory(
            from: UnsafeRawBufferPointer(rebasing: now[parent * row..<(parent + 1) * row]))
      }
    }
    (turn, lanes) = (1 - turn, parents.count)
    sequences = parents.map { sequences[$0] }
    bringRows()
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
