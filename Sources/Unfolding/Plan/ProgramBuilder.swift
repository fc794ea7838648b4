internal import CKernels
internal import Tensors

/// Writes element-wise values of a graph as a tile program.
struct ProgramBuilder {
  /// Something to do with a value after it was computed.
  struct Store: Sendable {
    let value: Int
    let view: Plan.View
    /// Whether it is added to what is there.
    let adds: Bool
  }

  private let graph: Graph
  /// Columns of the range that threads part; `nil` when rows are taken whole.
  private let range: Int?
  /// Where a value that is not in a register is read.
  private let location: (Int) -> Plan.View

  private var instructions: [unfold_tile_instruction] = []
  private var views: [Plan.View] = []
  private var viewNumbers: [Plan.View: Int16] = [:]
  /// Elements of a row of each view that are read before they are written, and that are written.
  private var read: [Int16: Int] = [:]
  private var written: [Int16: Int] = [:]
  private var registers: [Int: Int16] = [:]
  private var registerColumns: [Int32] = []
  private var free: [Int32: [Int16]] = [:]

  /// A program that computes `values`, in order, and then stores some.
  ///
  /// - Parameters:
  ///   - graph: Where the values are from.
  ///   - useCounts: How often each value is read or wanted.
  ///   - range: Columns of the range that threads part; `nil` when rows are taken whole.
  ///   - values: Element-wise values and reductions of rows, each after its operands.
  ///   - targets: Where each value is written; none for one that only this program reads.
  ///   - stores: What is copied or added elsewhere at the end.
  ///   - location: Where a value that is not computed here, or that has a target, is read.
  /// - Returns: The program.
  static func program(
    _ graph: Graph, useCounts: [Int], range: Int?, values: [Int], targets: [Int: [Plan.View]],
    stores: [Store], location: @escaping (Int) -> Plan.View
  ) -> TileProgram {
    var builder = ProgramBuilder(graph: graph, range: range, location: location)
    builder.write(values, useCounts, targets, stores)
    return TileProgram(
      instructions: builder.instructions, registerColumns: builder.registerColumns,
      views: builder.views,
      columns: range
        ?? max(
          values.map { graph.values[$0].width }.max() ?? 1,
          stores.map { graph.values[$0.value].width }.max() ?? 1),
      takesWholeRows: range == nil, read: builder.counts(builder.read),
      written: builder.counts(builder.written))
  }

  private init(graph: Graph, range: Int?, location: @escaping (Int) -> Plan.View) {
    self.graph = graph
    self.range = range
    self.location = location
  }

  private mutating func write(
    _ values: [Int], _ useCounts: [Int], _ targets: [Int: [Plan.View]], _ stores: [Store]
  ) {
    // A product of two factors that only one sum reads is computed with it.
    let mine = Set(values)
    var operands: [Int: [Int]] = [:]
    var fused: Set<Int> = []
    for value in values {
      let inputs = graph.values[value].inputs
      operands[value] = inputs
      guard graph.values[value].operation(Binary.self)?.function == .add else { continue }
      let factor = Planner.factor(of: value, in: graph, useCounts)
      if let factor, mine.contains(factor), targets[factor] == nil, let factors = operands[factor],
        factors.count == 2
      {
        operands[value] = factors + [inputs[0] == factor ? inputs[1] : inputs[0]]
        fused.insert(factor)
      }
    }
    let computed = values.filter { !fused.contains($0) }
    var lastUse: [Int: Int] = [:]
    for (place, value) in computed.enumerated() {
      for input in operands[value] ?? [] { lastUse[input] = place }
    }
    for store in stores { lastUse[store.value] = computed.count }

    for (place, value) in computed.enumerated() {
      let inputs = operands[value] ?? []
      let read = inputs.map { operand($0) }
      // A register may be reused for the result: an element is read before it is written. But not by a reduction.
      let isReduction = graph.values[value].operation(Reduce.self) != nil
      if !isReduction { release(inputs, lastUse, place) }
      let output = targets[value]?.first.map { view($0) } ?? allocate(value)
      emit(
        opcode(of: value, inputs.count), output, read, graph.values[value].width, reduced: inputs)
      if isReduction { release(inputs, lastUse, place) }
      for extra in targets[value]?.dropFirst() ?? [] {
        emit(
          Int(UNFOLD_TILE_COPY), view(extra), [operand(value)], graph.values[value].width,
          reduced: [])
      }
    }
    for store in stores {
      emit(
        Int(store.adds ? UNFOLD_TILE_ADD_TO : UNFOLD_TILE_COPY), view(store.view),
        [operand(store.value)], graph.values[store.value].width, reduced: [])
    }
  }

  private func opcode(of value: Int, _ operands: Int) -> Int {
    guard case .operation(let operation) = graph.values[value].kind else {
      fatalError("unfold: a leaf is not computed")
    }
    switch operation {
    case let unary as Unary: return Int(UNFOLD_TILE_UNARY) + Int(unary.function.kernel.rawValue)
    case let binary as Binary:
      return operands == 3
        ? Int(UNFOLD_TILE_MULTIPLY_ADD)
        : Int(UNFOLD_TILE_BINARY) + Int(binary.function.kernel.rawValue)
    case is Select: return Int(UNFOLD_TILE_SELECT)
    case is Broadcast, is SameForAll, is Detach: return Int(UNFOLD_TILE_COPY)
    case let reduce as Reduce:
      switch reduce.kind {
      case .sum: return Int(UNFOLD_TILE_ROW_SUM)
      case .max: return Int(UNFOLD_TILE_ROW_MAX)
      case .min: return Int(UNFOLD_TILE_ROW_MIN)
      }
    default: fatalError("unfold: \(type(of: operation)) is not element-wise")
    }
  }

  private mutating func emit(
    _ opcode: Int, _ output: Int16, _ inputs: [Int16], _ width: Int, reduced: [Int]
  ) {
    let isReduction = opcode >= Int(UNFOLD_TILE_ROW_SUM)
    let columns = isReduction ? graph.values[reduced[0]].width : range == nil ? width : 0
    func input(_ index: Int) -> Int16 { index < inputs.count ? inputs[index] : 0 }
    let reads = opcode == Int(UNFOLD_TILE_ADD_TO) ? inputs + [output] : inputs
    for number in reads where written[number] == nil {
      read[number] = elements(number, isReduction ? columns : width)
    }
    written[output] = elements(output, width)
    instructions.append(
      unfold_tile_instruction(
        opcode: Int16(opcode), output: output, a: input(0), b: input(1), c: input(2),
        columns: Int32(columns)))
  }

  private mutating func operand(_ value: Int) -> Int16 {
    registers[value] ?? view(location(value))
  }

  private mutating func view(_ view: Plan.View) -> Int16 {
    if let number = viewNumbers[view] { return number }
    let number = Int16(-1 - views.count)
    views.append(view)
    viewNumbers[view] = number
    return number
  }

  /// What an operand takes of memory for a row: nothing for a register, or for what is the same for all.
  private func elements(_ operand: Int16, _ columns: Int) -> Int {
    guard operand < 0, views[Int(-1 - operand)].rowStride > 0 else { return 0 }
    return views[Int(-1 - operand)].columnStride == 0 ? 1 : columns
  }

  /// For each view its count among those of view numbers.
  private func counts(_ numbered: [Int16: Int]) -> [Int] {
    views.indices.map { numbered[Int16(-1 - $0)] ?? 0 }
  }

  private mutating func allocate(_ value: Int) -> Int16 {
    let columns = range == nil ? Int32(graph.values[value].width) : 0
    if let reused = free[columns]?.popLast() {
      registers[value] = reused
      return reused
    }
    registerColumns.append(columns)
    let register = Int16(registerColumns.count - 1)
    registers[value] = register
    return register
  }

  private mutating func release(_ inputs: [Int], _ lastUse: [Int: Int], _ place: Int) {
    for input in Set(inputs) where lastUse[input] == place {
      guard let register = registers.removeValue(forKey: input) else { continue }
      free[registerColumns[Int(register)], default: []].append(register)
    }
  }
}
