internal import Files

/// A table of text: rows of fields, as many in each.
///
/// Written as RFC 4180 says, with any separator; lines end in LF or CR LF, and blank lines between
/// rows are passed over.
public struct DelimitedTable: Sendable, Equatable {
  /// A field and where it stands.
  public struct Field: Sendable, Equatable {
    /// The text, without the quotes around it.
    public let text: String
    /// Where it starts.
    public let place: TextPlace
  }

  /// The path as given.
  public let path: String
  /// The row that names the columns, if the format has one.
  public let headerFields: [Field]?
  /// The rows, without the header.
  public let rows: [[Field]]

  /// Reads a file, plain or compressed by gzip.
  public init(contentsOf path: String, format: DelimitedFormat) throws(DelimitedError) {
    let text: String
    do throws(TextError) { text = try TextReader.read(path) } catch { throw .text(error) }
    try self.init(text, path: path, format: format)
  }

  /// Reads a text; errors name `path` as where it came from.
  public init(_ text: String, path: String, format: DelimitedFormat) throws(DelimitedError) {
    var parser = DelimitedParser(Array(text.utf8), path: path, format: format)
    var rows = try parser.parse()
    if let first = rows.first, let row = rows.first(where: { $0.count != first.count }) {
      throw .columns(
        path: path, line: row[0].place.line, found: row.count, first: first[0].place.line,
        expected: first.count)
    }
    self.path = path
    headerFields = format.hasHeader && !rows.isEmpty ? rows.removeFirst() : nil
    self.rows = rows
  }

  /// The names of the columns, if the format has them.
  public var header: [String]? { headerFields?.map(\.text) }

  /// How many columns there are; 0 in a table without rows and header.
  public var columnCount: Int { headerFields?.count ?? rows.first?.count ?? 0 }

  /// The index of a column.
  ///
  /// - Throws: ``DelimitedError/noColumn(path:column:found:)``, and for a name that two columns have
  ///   ``DelimitedError/repeatedColumn(path:place:name:first:)``.
  public func index(of column: DelimitedColumn) throws(DelimitedError) -> Int {
    let index: Int? =
      switch column {
      case .number(let number): number - 1
      case .name(let name): headerFields?.firstIndex { $0.text == name }
      }
    if case .name(let name) = column, let index, let fields = headerFields,
      let second = fields[(index + 1)...].first(where: { $0.text == name })
    {
      throw .repeatedColumn(
        path: path, place: second.place, name: name, first: fields[index].place.column)
    }
    if let index, (0..<columnCount).contains(index) { return index }
    throw .noColumn(
      path: path, column: column,
      found: header.map { $0.map { "'\($0)'" } } ?? [counted(columnCount, "column")])
  }
}
