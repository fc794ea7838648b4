/// A file of piano rolls that cannot be read.
///
/// A place in the JSON is named as `train, piece 3, step 17`; pieces, steps and notes count from 1.
public enum PianoRollError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// The file is not JSON.
  case json(path: String)
  /// Something is of another kind than it should be.
  case kind(path: String, place: String, found: String, expected: String)
  /// A split that the file has and others know is missing.
  case split(path: String, name: String, found: [String])
  /// A note is no number of the range.
  case note(path: String, place: String, found: String, range: ClosedRange<Int>)
}

extension PianoRollError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .json(let path):
      "'\(path)' is not valid JSON"
    case .kind(let path, let place, let found, let expected):
      "'\(path)', \(place): expected \(expected), found \(found)"
    case .split(let path, let name, let found):
      "'\(path)' should have a list '\(name)' of pieces, but has \(found.joined(separator: ", "))"
    case .note(let path, let place, let found, let range):
      "'\(path)', \(place): a note should be a whole number from \(range.lowerBound) to"
        + " \(range.upperBound), found \(found)"
    }
  }
}
