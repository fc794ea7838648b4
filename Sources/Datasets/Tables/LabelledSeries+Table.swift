extension LabelledSeries {
  /// Reads a delimited text with one frame a row: its sequence's name, its label, and its numbers in
  /// all other columns. The rows of a sequence stand next to each other.
  ///
  /// - Parameters:
  ///   - path: Where the file is, plain or compressed by gzip.
  ///   - format: How its rows are written.
  ///   - sequence: The column of the sequences' names.
  ///   - label: The column of the labels; `nil` if there are none to read.
  ///   - columns: The columns of numbers, in the order to read them; `nil` for all others as they stand.
  /// - Throws: ``SeriesError``, for what is no table, lacks a column or has one more, has a cell that is
  ///   empty or no number, or a sequence with two labels or in two places.
  public init(
    contentsOf path: String, format: DelimitedFormat, sequence: DelimitedColumn = .number(1),
    label: DelimitedColumn? = .number(2), columns: [String]? = nil
  ) throws(SeriesError) {
    let table: DelimitedTable
    do throws(DelimitedError) {
      table = try DelimitedTable(contentsOf: path, format: format)
    } catch {
      throw .table(error)
    }
    try self.init(table, sequence: sequence, label: label, columns: columns)
  }

  /// Takes the series out of a table.
  ///
  /// - Parameters:
  ///   - table: The table.
  ///   - sequence: The column of the sequences' names.
  ///   - label: The column of the labels; `nil` if there is none.
  ///   - hasLabels: Whether the labels are read; a column that is not read may hold anything.
  ///   - columns: The columns of numbers by their names, in the order to read them; `nil` for all others
  ///     as they stand, which is how a table without names is read in any case.
  /// - Throws: ``SeriesError``.
  public init(
    _ table: DelimitedTable, sequence: DelimitedColumn = .number(1),
    label: DelimitedColumn? = .number(2), hasLabels: Bool = true, columns: [String]? = nil
  ) throws(SeriesError) {
    let sequenceIndex: Int
    let labelIndex: Int?
    do throws(DelimitedError) {
      sequenceIndex = try table.index(of: sequence)
      labelIndex = if let label { try table.index(of: label) } else { nil }
    } catch {
      throw .table(error)
    }
    let others = (0..<table.columnCount).filter { $0 != sequenceIndex && $0 != labelIndex }
    if others.isEmpty { throw .noValues(path: table.path) }
    let indices = try Self.indices(of: columns, among: others, in: table)

    var builder = SeriesBuilder(path: table.path)
    for row in table.rows {
      try builder.begin(
        row[sequenceIndex], label: hasLabels ? labelIndex.map { row[$0] } : nil)
      for index in indices { try builder.append(row[index]) }
    }
    path = table.path
    width = indices.count
    values = builder.values
    lengths = builder.lengths
    lines = builder.lines
    labels = hasLabels && labelIndex != nil ? builder.labels : nil
    names = builder.names
    self.columns = table.header.map { header in indices.map { header[$0] } }
  }

  /// Where the numbers stand: by their names, of which every one is there and once, and no other.
  private static func indices(
    of columns: [String]?, among others: [Int], in table: DelimitedTable
  ) throws(SeriesError) -> [Int] {
    guard let header = table.headerFields else { return others }
    var known: [String: Int] = [:]
    for index in others {
      let field = header[index]
      if let first = known.updateValue(index, forKey: field.text) {
        throw .table(
          .repeatedColumn(
            path: table.path, place: field.place, name: field.text,
            first: header[first].place.column))
      }
    }
    guard let columns else { return others }
    var indices: [Int] = []
    for name in columns {
      guard let index = known.removeValue(forKey: name) else {
        throw .noColumn(
          path: table.path, line: header[0].place.line, name: name, expected: columns)
      }
      indices.append(index)
    }
    if let index = known.values.min() {
      throw .unknownColumn(
        path: table.path, place: header[index].place, name: header[index].text, expected: columns)
    }
    return indices
  }
}
