/// Columns of an array that has a row for each node: where a value is kept.
struct MemoryColumns: Hashable {
  let memory: Plan.Memory
  let columns: Range<Int>
  let rowStride: Int

  init(memory: Plan.Memory, columns: Range<Int>, rowStride: Int) {
    self.memory = memory
    self.columns = columns
    self.rowStride = rowStride
  }

  /// Where a view of nodes' own rows lies; `nil` for any other.
  init?(_ view: Plan.View, width: Int) {
    guard view.slot == nil, view.rowStride > 0 else { return nil }
    self.init(
      memory: view.memory, columns: view.column..<view.column + width, rowStride: view.rowStride)
  }

  func overlaps(_ other: MemoryColumns) -> Bool {
    memory == other.memory && columns.overlaps(other.columns)
  }

  /// A part of its columns.
  func part(_ start: Int, _ width: Int) -> MemoryColumns {
    let first = columns.lowerBound + start
    return MemoryColumns(memory: memory, columns: first..<first + width, rowStride: rowStride)
  }
}
