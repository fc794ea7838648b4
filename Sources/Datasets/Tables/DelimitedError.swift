internal import Files

/// A delimited text that is no table.
public enum DelimitedError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// A quoted field has no end; the place is where it starts.
  case unclosedQuote(path: String, place: TextPlace)
  /// Something stands between a closing quote and the next separator.
  case afterQuote(path: String, place: TextPlace)
  /// A row has more or fewer fields than the first.
  case columns(path: String, line: Int, found: Int, first: Int, expected: Int)
  /// There is no such column.
  case noColumn(path: String, column: DelimitedColumn, found: [String])
  /// Two columns have the name that tells which is meant; where the second is, and the column of the first in its line.
  case repeatedColumn(path: String, place: TextPlace, name: String, first: Int)
}

extension DelimitedError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .unclosedQuote(let path, let place):
      "'\(path)', \(place): this quoted field should end in a quote, but the file ends before"
    case .afterQuote(let path, let place):
      "'\(path)', \(place): a separator or the end of the line should follow the closing quote"
        + " (a quote within a quoted field is written twice)"
    case .columns(let path, let line, let found, let first, let expected):
      "'\(path)', line \(line): found \(counted(found, "column")), but line \(first) has \(expected)"
    case .noColumn(let path, let column, let found):
      "'\(path)' has no \(column), but \(found.joined(separator: ", "))"
    case .repeatedColumn(let path, let place, let name, let first):
      "'\(path)', \(place): the name '\(name)' should stand for one column, but is also that of the one at"
        + " \(first)"
    }
  }
}
