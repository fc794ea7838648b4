/// A file of labelled texts that cannot be read.
public enum LabelledTextError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// The file is no table, or lacks a column.
  case table(DelimitedError)
  /// The label or the text of a row is empty.
  case empty(path: String, place: TextPlace, purpose: String)
  /// A line is not a JSON object.
  case json(path: String, line: Int)
  /// An object lacks a key, or has something else than a text there.
  case value(path: String, line: Int, key: String, found: String?, expected: String)
}

extension LabelledTextError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .table(let error):
      error.description
    case .empty(let path, let place, let purpose):
      "'\(path)', \(place): the \(purpose) is empty"
    case .json(let path, let line):
      "'\(path)', line \(line): each line should be a JSON object"
    case .value(let path, let line, let key, let found, let expected):
      "'\(path)', line \(line): '\(key)' should be \(expected), "
        + (found.map { "found \($0)" } ?? "but there is none")
    }
  }
}
