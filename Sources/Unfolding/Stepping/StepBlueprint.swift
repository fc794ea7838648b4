internal import Tensors

/// What a planned step is made of, whatever memory it is bound to: the stages of one front, packed weights, and what has
/// been computed ahead.
struct StepBlueprint {
  let plan: Plan
  /// The most lanes.
  let capacity: Int
  let inputSize: Int
  let scalarType: ScalarType
  let stateWidths: [Int]
  /// Whether steps read a state in one place and write it in another. One that no step reads has but one.
  let takesTurns: [Bool]
  let stages: [Plan.Stage]
  /// The first of the stages, which depend on predecessors alone.
  let predecessorStageCount: Int
  /// What these make for the others, and the states that these read too.
  let made: [MemoryColumns]
  let readStates: Set<Int>
  let shared: [Int: Tensor]
  /// The weights of the stages' products.
  let packed: [Storage]
  /// What belongs to sequences.
  let contexts: [Context]
  let precision: ProductPrecision
  /// For each symbol a row of some columns of these arrays.
  let tables: [Table]
  let symbolCount: Int

  /// What symbols stand for: some columns of an array's rows.
  struct Table {
    let columns: MemoryColumns
    /// `[V, …]`.
    let rows: Tensor
  }

  /// What belongs to a sequence.
  struct Context {
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

  /// What a blueprint depends on: whatever belongs to sequences is not among it.
  struct Key: Hashable, Sendable {
    let graph: Graph
    /// What the step's shared tensors are called, and the table after them.
    let names: [Int]
    let capacity: Int
    /// Whether lanes may become more than they were.
    let mayGrow: Bool
    let inputSize: Int
    let symbolCount: Int
    let stateWidths: [Int]
    let contextWidths: [Int]
    let scalarType: ScalarType
    let precision: ProductPrecision
    /// Whether a large table is worth being computed ahead by now.
    let isTableStepped: Bool
  }

  /// What a cell's step is made of, found out unless it is known.
  ///
  /// - Parameters:
  ///   - cell: The cell.
  ///   - capacity: The most rows that are stepped at once.
  ///   - input: A tensor of inputs, `[…, D]`; a row for each symbol when `isTable`.
  ///   - isTable: Whether inputs are rows of `input`.
  ///   - initial: The states to start from, `[B, …]`.
  ///   - weights: What other steppers of the same weights have left, and where this one leaves its own.
  /// - Returns: The blueprint, and what belongs to the sequences, tensors `[B, …]`; `nil` when no plan can be made of the
  ///   step.
  static func of<C: Cell>(
    _ cell: C, capacity: Int, input: Tensor, isTable: Bool, initial: C.State,
    weights: PreparedWeights
  ) -> (blueprint: StepBlueprint, sequences: [Tensor])? {
    let states = initial.tensors
    let isPlannable = ([input] + states).allSatisfy { tensor in
      tensor.rank == 2 && tensor.scalarType == input.scalarType && !tensor.isSymbolic
    }
    guard isPlannable else { return nil }
    let trace = Trace.step(of: cell, inputs: [input], states: states, draws: false)
    let table = isTable ? input.detached : nil
    let key = Key(
      graph: trace.graph, names: weights.numbers(of: trace.shared + [table].compactMap(\.self)),
      capacity: capacity, mayGrow: capacity > initial.output.shape[0], inputSize: input.shape[1],
      symbolCount: isTable ? input.shape[0] : 0, stateWidths: states.map { $0.shape[1] },
      contextWidths: trace.contexts.map { $0.shape.dimensions.dropFirst().reduce(1, *) },
      scalarType: input.scalarType, precision: .current,
      isTableStepped: isTable && weights.steppedRows >= input.shape[0])
    let blueprint = weights.blueprint(key) {
      StepBlueprint(key, trace.shared, table: table, weights: weights)
    }
    return blueprint.map { ($0, trace.contexts.map(\.detached)) }
  }

  /// Plans a step that uses some shared tensors, unless no plan can be made of it.
  private init?(_ key: Key, _ tensors: [Tensor], table: Tensor?, weights: PreparedWeights) {
    let plans = try? StepPlans.plans(
      for: key.graph, nodeCount: 1, sharedCount: tensors.count, wanted: nil)
    guard let plan = plans?.forward else { return nil }
    let (names, precision) = (key.names, key.precision)
    let shared = plan.sharedTensors(tensors) { number, compute in
      weights.value(plan.graph.definition(of: [number], calling: names), compute)
    }
    var hoistsAhead = false
    var tables: [Table] = []
    if let table {
      let width = key.inputSize
      tables.append(
        Table(
          columns: MemoryColumns(memory: .node(0), columns: 0..<width, rowStride: width),
          rows: table))
      let ahead = Self.ahead(plan, shared, table: table, key, weights: weights)
      if let ahead {
        hoistsAhead = true
        tables += ahead
      }
    }
    var stages = plan.singleFront(hoistsAhead: hoistsAhead)
    let contexts = key.contextWidths.enumerated().map { index, width in
      Context(width: width, isShared: !Self.isMultiplied(.context(index), in: stages))
    }
    var parted = Plan.PredecessorsFirst()
    // Lanes become more than they were only where some have a predecessor in common.
    if key.mayGrow, contexts.allSatisfy(\.isShared) {
      parted = plan.predecessorsFirst(stages)
      stages = parted.first + parted.rest
    }
    packed = weights.packed(
      stages, of: plan, shared, names: names, precision, key.scalarType)
    self.plan = plan
    capacity = key.capacity
    inputSize = key.inputSize
    scalarType = key.scalarType
    stateWidths = key.stateWidths
    takesTurns = key.stateWidths.indices.map { index in
      stages.flatMap(\.views).contains { $0.memory == .state(index) && $0.slot != nil }
    }
    self.stages = stages
    predecessorStageCount = parted.first.count
    made = parted.made
    readStates = parted.states
    self.shared = shared
    self.contexts = contexts
    self.precision = precision
    self.tables = tables.filter { Self.isRead($0.columns.memory, by: stages) }
    symbolCount = key.symbolCount
  }

  /// Whether weights are multiplied by it.
  private static func isMultiplied(_ memory: Plan.Memory, in stages: [Plan.Stage]) -> Bool {
    stages.contains { stage in stage.products.contains { $0.left.memory == memory } }
  }

  private static func isRead(_ memory: Plan.Memory, by stages: [Plan.Stage]) -> Bool {
    stages.flatMap(\.views).contains { $0.memory == memory }
  }

  /// What depends on the input alone, computed for every row of a table; `nil` when it is too much for now, or is a part of
  /// the state itself.
  private static func ahead(
    _ plan: Plan, _ shared: [Int: Tensor], table: Tensor, _ own: Key, weights: PreparedWeights
  ) -> [Table]? {
    let symbols = table.shape[0], made = plan.hoistedColumns
    let bytes = made.reduce(0) { $0 + $1.columns.count } * symbols * table.scalarType.byteCount
    guard bytes <= largeTableLimit, !plan.hoisted.contains(where: writesStates) else { return nil }
    // Only the arrays that are made get memory: nothing walks over the table, which has many rows.
    var hoisting = plan
    hoisting.rowWidths = plan.rowWidths.filter { number, width in
      width == 0 || made.contains { $0.memory == .rows(number) }
    }
    hoisting.frontWidths = [:]
    func compute<S: KernelScalar>(_ type: S.Type) -> [Tensor] {
      var run = PlanRun<S>(
        hoisting, Layout(.chain(Array(repeating: 1, count: symbols))), given: [.node(0): table],
        shared: shared, precision: own.precision)
      run.hoist()
      return made.map { part in
        run.memory(part.memory).slice(0..<symbols * part.rowStride)
          .reshaped(to: [symbols, part.rowStride]).slice(part.columns, axis: 1)
      }
    }
    let key = PreparedWeights.AheadKey(
      values: plan.graph.definition(of: plan.graph.valuesOfInput, calling: own.names),
      views: plan.hoisted.map(\.views), table: own.names[own.names.count - 1],
      precision: own.precision)
    let isWorthIt = bytes <= tableLimit || own.isTableStepped
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

  /// Where each state's rows start among all of them, in elements, and where the last ones end.
  var starts: [Int] {
    var start = 0
    return stateWidths.enumerated().map { index, width in
      defer { start += (takesTurns[index] ? 2 : 1) * capacity * width }
      return start
    } + [start]
  }
}
