import CKernels

/// An element-wise instruction, and what the element-wise kernels compute in its place.
enum TileOpcode {
  case unary(unfold_unary)
  case binary(unfold_binary)
  case copy, addTo, select, multiplyAdd

  static let allElementwise: [TileOpcode] =
    (UNFOLD_NEGATE.rawValue...UNFOLD_EXPM1.rawValue).map { .unary(unfold_unary($0)) }
    + (UNFOLD_ADD.rawValue...UNFOLD_LESS_EQUAL.rawValue).map { .binary(unfold_binary($0)) }
    + [.copy, .addTo, .select, .multiplyAdd]

  var code: Int {
    switch self {
    case .unary(let function): Int(UNFOLD_TILE_UNARY) + Int(function.rawValue)
    case .binary(let function): Int(UNFOLD_TILE_BINARY) + Int(function.rawValue)
    case .copy: Int(UNFOLD_TILE_COPY)
    case .addTo: Int(UNFOLD_TILE_ADD_TO)
    case .select: Int(UNFOLD_TILE_SELECT)
    case .multiplyAdd: Int(UNFOLD_TILE_MULTIPLY_ADD)
    }
  }

  /// The instruction's results on dense operands, by the kernels of the set in use; `old` is what the output held.
  func values<Real: KernelReal>(_ operands: [[Real]], adding old: [Real]) -> [Real] {
    let (a, b, c) = (operands[0], operands[1], operands[2])
    switch self {
    case .unary(let function):
      return Real.unary(function, a)
    case .binary(let function):
      return Real.binary(
        function, 1, a.count, Operand(a, row: a.count, column: 1),
        Operand(b, row: a.count, column: 1))
    case .copy: return a
    case .addTo: return zip(old, a).map { $0 + $1 }
    case .select: return Real.select(a, b, c)
    case .multiplyAdd: return a.indices.map { c[$0].addingProduct(a[$0], b[$0]) }
    }
  }
}

/// Where the operands of an instruction under test lie.
enum TileShape: CaseIterable {
  case dense, gaps, rowsRepeated, columnsRepeated, scalars, registers, mixed

  /// Operand `number`, and the view that has its values.
  func operand<Real: KernelReal>(
    _ number: Int, _ rows: Int, _ columns: Int, range: Range<Int>, in tile: inout TileCase<Real>
  ) -> (operand: unfold_tile_operand, view: unfold_tile_operand) {
    let seed = UInt64(number + 1)
    let kind = self == .mixed ? [.registers, .columnsRepeated, .gaps][number] : self
    let repeated: TileAxes =
      switch kind {
      case .rowsRepeated: .rows
      case .columnsRepeated: .columns
      case .scalars: [.rows, .columns]
      default: []
      }
    let gap = kind == .dense ? 0 : number + 1
    let view = tile.view(rows, columns, gap: gap, repeated: repeated, seed: seed)
    guard kind == .registers else { return (view, view) }
    let register = tile.register()
    tile.add(Int(UNFOLD_TILE_COPY), register, view)
    return (register, view)
  }
}
