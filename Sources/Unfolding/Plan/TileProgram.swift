internal import CKernels
internal import Tensors

/// Element-wise instructions that a kernel runs tile by tile.
final class TileProgram: @unchecked Sendable {
  let views: [Plan.View]
  /// Whether it computes whole rows, of several widths.
  let takesWholeRows: Bool
  let columns: Int
  let instructionCount: Int
  let registerCount: Int
  /// For each view the elements of a row that are read before the program writes any, from the view's first column on.
  let read: [Int]
  /// For each view the elements of a row that are written.
  let written: [Int]
  private let instructions: UnsafeMutablePointer<unfold_tile_instruction>
  private let strides: UnsafeMutablePointer<unfold_tile_view>
  private let registerColumns: UnsafeMutablePointer<Int32>

  init(
    instructions: [unfold_tile_instruction], registerColumns: [Int32], views: [Plan.View],
    columns: Int, takesWholeRows: Bool, read: [Int], written: [Int]
  ) {
    self.views = views
    self.columns = columns
    self.takesWholeRows = takesWholeRows
    self.read = read
    self.written = written
    registerCount = registerColumns.count
    strides = .allocate(capacity: max(views.count, 1))
    strides.initialize(
      from: views.map {
        unfold_tile_view(row_stride: Int64($0.rowStride), column_stride: Int32($0.columnStride))
      }, count: views.count)
    self.registerColumns = .allocate(capacity: max(registerColumns.count, 1))
    self.registerColumns.initialize(from: registerColumns, count: registerColumns.count)
    // Instructions that pass a result on to the next one alone become one with it.
    let nothing = unfold_tile_instruction()
    self.instructions = .allocate(capacity: max(instructions.count, 1))
    self.instructions.initialize(repeating: nothing, count: max(instructions.count, 1))
    let written = self.instructions
    var program = unfold_tile_program()
    program.instruction_count = Int64(instructions.count)
    program.register_count = Int64(registerColumns.count)
    program.view_count = Int64(views.count)
    program.views = UnsafePointer(strides)
    program.register_columns = UnsafePointer(self.registerColumns)
    instructionCount = instructions.withUnsafeBufferPointer { given in
      program.instructions = given.baseAddress
      return Int(unfold_tile_join(&program, written))
    }
  }

  /// The same on a view of as many columns that lies elsewhere.
  func moving(_ view: Int, to place: Plan.View) -> TileProgram {
    var moved = views
    moved[view] = place
    return TileProgram(
      instructions: Array(UnsafeBufferPointer(start: instructions, count: instructionCount)),
      registerColumns: Array(UnsafeBufferPointer(start: registerColumns, count: registerCount)),
      views: moved, columns: columns, takesWholeRows: takesWholeRows, read: read,
      written: written)
  }

  deinit {
    instructions.deallocate()
    strides.deallocate()
    registerColumns.deallocate()
  }

  /// Elements that it reads from memory and writes to it, for a row.
  var elementsMoved: Int { read.reduce(0, +) + written.reduce(0, +) }

  /// What the kernel reads; valid while this object lives.
  var kernel: unfold_tile_program {
    unfold_tile_program(
      instruction_count: Int64(instructionCount), register_count: Int64(registerCount),
      view_count: Int64(views.count), instructions: instructions, views: strides,
      register_columns: registerColumns)
  }
}
