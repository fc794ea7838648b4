import CKernels

/// A tile program and the memory that its views lie in, so that a test can compare all of it afterwards.
struct TileCase<Real: KernelReal> {
  var instructions: [unfold_tile_instruction] = []
  var registerColumns: [Int32] = []
  var views: [unfold_tile_view] = []
  var offsets: [Int] = []
  var memory: [Real] = []

  /// A new view of `rows` rows with gaps of `gap` elements between them, in new memory of small halves of integers, some
  /// of them equal. `repeated` tells which axes repeat one element.
  mutating func view(
    _ rows: Int, _ columns: Int, gap: Int = 0, repeated: TileAxes = [], seed: UInt64 = 1
  ) -> unfold_tile_operand {
    let width = repeated.contains(.columns) ? 1 : columns
    let stride = repeated.contains(.rows) ? 0 : width + gap
    let count = max(1, stride == 0 ? width : rows * stride)
    offsets.append(memory.count)
    let values: [Real] = numbers(count, seed: seed &* 7919 &+ UInt64(offsets.count))
    memory += values.map { ($0 * 4).rounded() / 4 }
    memory += [Real](repeating: 77, count: 19)  // a border that no view has
    let view = unfold_tile_view(
      row_stride: Int64(stride), column_stride: repeated.contains(.columns) ? 0 : 1)
    views.append(view)
    return unfold_tile_operand(-views.count)
  }

  /// Another view of the memory of `operand`.
  mutating func alias(_ operand: unfold_tile_operand) -> unfold_tile_operand {
    let number = Int(-1 - operand)
    views.append(views[number])
    offsets.append(offsets[number])
    return unfold_tile_operand(-views.count)
  }

  /// A new register, of the range's columns or of `columns`.
  mutating func register(_ columns: Int = 0) -> unfold_tile_operand {
    registerColumns.append(Int32(columns))
    return unfold_tile_operand(registerColumns.count - 1)
  }

  mutating func add(
    _ opcode: Int, _ output: unfold_tile_operand, _ a: unfold_tile_operand,
    _ b: unfold_tile_operand = 32767, _ c: unfold_tile_operand = 32767, columns: Int = 0
  ) {
    instructions.append(
      unfold_tile_instruction(
        opcode: Int16(opcode), output: output, a: a, b: b, c: c, columns: Int32(columns)))
  }

  mutating func add(
    _ function: unfold_unary, _ output: unfold_tile_operand, _ a: unfold_tile_operand,
    columns: Int = 0
  ) {
    add(UNFOLD_TILE_UNARY + Int(function.rawValue), output, a, columns: columns)
  }

  mutating func add(
    _ function: unfold_binary, _ output: unfold_tile_operand, _ a: unfold_tile_operand,
    _ b: unfold_tile_operand, columns: Int = 0
  ) {
    add(UNFOLD_TILE_BINARY + Int(function.rawValue), output, a, b, columns: columns)
  }

  /// The memory after a run over `rows` rows and the columns of `range`, starting at row `row`.
  func run(_ rows: Int, _ range: Range<Int>, plain: Bool = false) -> [Real] {
    var memory = memory
    run(rows, range, in: &memory, plain: plain)
    return memory
  }

  func run(
    _ rows: Int, _ range: Range<Int>, from row: Int = 0, in memory: inout [Real],
    plain: Bool = false
  ) {
    memory.withUnsafeMutableBufferPointer { memory in
      let pointers = zip(views, offsets).map { view, offset in
        memory.baseAddress.map { $0 + offset + row * Int(view.row_stride) }
      }
      withProgram {
        Real.tile(&$0, pointers, rows, range.lowerBound, range.upperBound, plain: plain)
      }
    }
  }

  /// The same with instructions joined.
  func joined() -> TileCase {
    var result = self
    withProgram { program in
      let count = unfold_tile_join(&program, &result.instructions)
      result.instructions.removeLast(instructions.count - Int(count))
    }
    return result
  }

  private func withProgram(_ body: (inout unfold_tile_program) -> Void) {
    instructions.withUnsafeBufferPointer { instructions in
      views.withUnsafeBufferPointer { views in
        registerColumns.withUnsafeBufferPointer { columns in
          var program = unfold_tile_program(
            instruction_count: Int64(instructions.count), register_count: Int64(columns.count),
            view_count: Int64(views.count), instructions: instructions.baseAddress,
            views: views.baseAddress, register_columns: columns.baseAddress)
          body(&program)
        }
      }
    }
  }

  /// Where element (i, j) of a view is in the memory.
  func index(_ operand: unfold_tile_operand, _ i: Int, _ j: Int) -> Int {
    let number = Int(-1 - operand)
    let view = views[number]
    return offsets[number] + i * Int(view.row_stride) + j * Int(view.column_stride)
  }

  /// The elements of a view's block in `memory`, row by row.
  func block(
    _ operand: unfold_tile_operand, _ rows: Int, _ range: Range<Int>, in memory: [Real]
  ) -> [Real] {
    (0..<rows).flatMap { i in range.map { j in memory[index(operand, i, j)] } }
  }
}

/// The axes along which a view repeats one element.
struct TileAxes: OptionSet, Sendable {
  let rawValue: Int
  static let rows = TileAxes(rawValue: 1)
  static let columns = TileAxes(rawValue: 2)
}
