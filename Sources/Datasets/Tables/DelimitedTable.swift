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
  /// The names of the columns, if the format has them.
  public let header: [String]?
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
    header = format.hasHeader && !rows.isEmpty ? rows.removeFirst().map(\.text) : nil
    self.rows = rows
  }

  /// How many columns there are; 0 in a table without rows and header.
  public var columnCount: Int { header?.count ?? rows.first?.count ?? 0 }

  /// The index of a column.
  ///
  /// - Throws: ``DelimitedError/noColumn(path:column:found:)``.
  public func index(of column: DelimitedColumn) throws(DelimitedError) -> Int {
    let index: Int? =
      switch column {
      case .number(let number): number - 1
      case .name(let name): header?.firstIndex(of: name)
      }
    if let index, (0..<columnCount).contains(index) { return index }
    let count = "\(columnCount) column\(columnCount == 1 ? "" : "s")"
    throw .noColumn(
      path: path, column: column, found: header.map { $0.map { "'\($0)'" } } ?? [count])
  }
}
