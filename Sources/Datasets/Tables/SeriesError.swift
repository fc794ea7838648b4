internal import Files

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
  /// The numbers of series with each label do not add up to those of the file; the first line of ones, if ones do not end
  /// a series.
  case labelCounts(path: String, series: Int, expected: Int, ones: Int? = nil)
  /// A blank line within a series, where ones end it.
  case blankLine(path: String, line: Int)
  /// There is no column of a name that a frame needs.
  case noColumn(path: String, line: Int, name: String, expected: [String])
  /// There is a column of a name that is not known.
  case unknownColumn(path: String, place: TextPlace, name: String, expected: [String])
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
      "'\(path)', line \(line): found \(counted(found, "number")), but line \(first) has \(expected)"
    case .labelCounts(let path, let series, let expected, let ones):
      "'\(path)' has \(series) series, but the counts of the labels add up to \(expected)"
        + (ones.map {
          " (line \($0) has nothing but ones, which end a series with series-end: ones or either)"
        } ?? "")
    case .blankLine(let path, let line):
      "'\(path)', line \(line): found a blank line within a series, which should end in a line of ones"
    case .noColumn(let path, let line, let name, let expected):
      "'\(path)', line \(line): there is no column '\(name)', but the frames to read are of"
        + " \(Self.list(expected))"
    case .unknownColumn(let path, let place, let name, let expected):
      "'\(path)', \(place): the column '\(name)' is not known: the frames to read are of"
        + " \(Self.list(expected))"
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

  /// Names, of which a long list shows the first.
  private static func list(_ names: [String]) -> String {
    let most = 8
    let shown = names.prefix(most).map { "'\($0)'" }.joined(separator: ", ")
    return names.count > most ? "\(shown) and \(names.count - most) more" : shown
  }
}
