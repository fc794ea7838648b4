/// A file of series that cannot be read.
public enum SeriesError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// The file is no table, or lacks a column.
  case table(DelimitedError)
  /// Something is not a number that is finite in 32 bits.
  case number(path: String, place: TextPlace, found: String)
  /// A frame has more or fewer numbers than the first.
  case columns(path: String, line: Int, found: Int, first: Int, expected: Int)
  /// The numbers of series with each label do not add up to those of the file.
  case labelCounts(path: String, series: Int, expected: Int)
  /// The sequence or the label of a row is not named.
  case empty(path: String, place: TextPlace, purpose: String)
  /// A sequence has two labels.
  case label(path: String, place: TextPlace, found: String, first: Int, expected: String)
  /// A sequence goes on after another one.
  case interrupted(path: String, place: TextPlace, sequence: String, first: Int)
  /// There is no column beside those of the sequence and the label.
  case noValues(path: String)
}

extension SeriesError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .table(let error):
      error.description
    case .number(let path, let place, let found):
      "'\(path)', \(place): expected a finite number of at most 3.4e38, found \(found.isEmpty ? "nothing" : "'\(found)'")"
    case .columns(let path, let line, let found, let first, let expected):
      "'\(path)', line \(line): found \(found) numbers, but line \(first) has \(expected)"
    case .labelCounts(let path, let series, let expected):
      "'\(path)' has \(series) series, but the counts of the labels add up to \(expected)"
    case .empty(let path, let place, let purpose):
      "'\(path)', \(place): the \(purpose) is empty"
    case .label(let path, let place, let found, let first, let expected):
      "'\(path)', \(place): found the label '\(found)', but the sequence has '\(expected)' in line"
        + " \(first)"
    case .interrupted(let path, let place, let sequence, let first):
      "'\(path)', \(place): the sequence '\(sequence)', which starts in line \(first), should stand"
        + " on rows next to each other"
    case .noValues(let path):
      "'\(path)' should have columns of numbers beside those of the sequence and the label"
    }
  }
}
