internal import Files

/// A file of CoNLL's columns that cannot be read, or whose tags mark no phrases.
public enum CoNLLColumnsError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// A line has more or fewer columns than the first line that has any.
  case columns(path: String, line: Int, found: Int, first: Int, expected: Int)
  /// The file lacks the column that is to hold the word or the tag; columns count from 1.
  case noColumn(path: String, line: Int, wanted: Int, found: Int, purpose: String)
  /// The tag would be the word itself.
  case tagIsWord(path: String, line: Int, column: Int)
  /// A tag of a phrase is none of the scheme's.
  case tag(path: String, place: TextPlace, found: String, expected: String)
  /// A tag stands where its scheme has none such; `previous` is `nil` at the start of a sentence, `fitting` has the schemes
  /// that the whole file agrees with.
  case order(
    path: String, place: TextPlace, found: String, previous: String?, scheme: PhraseScheme,
    fitting: [PhraseScheme])
}

extension CoNLLColumnsError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .columns(let path, let line, let found, let first, let expected):
      "'\(path)', line \(line): found \(counted(found, "column")), but line \(first) has \(expected)"
    case .noColumn(let path, let line, let wanted, let found, let purpose):
      "'\(path)', line \(line): the \(purpose) should stand in column \(wanted), found \(found)"
        + " columns"
    case .tagIsWord(let path, let line, let column):
      "'\(path)', line \(line): the word and the tag should stand in two columns, but column"
        + " \(column) is to be both"
    case .tag(let path, let place, let found, let expected):
      "'\(path)', \(place): the tag should be \(expected), found '\(found)'"
    case .order(let path, let place, let found, let previous, let scheme, let fitting):
      "'\(path)', \(place): the scheme \(scheme.rawValue) has no '\(found)' there, "
        + (previous.map { "after '\($0)'" } ?? "at the start of a sentence")
        + (fitting.isEmpty
          ? "; the file agrees with no scheme"
          : "; the file agrees with \(fitting.map(\.rawValue).joined(separator: " and "))")
    }
  }
}
