/// A file of trees that cannot be read, or whose labels are not those of the task.
public enum TreeError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// A bracket is not closed; the place is where it opens.
  case unclosed(path: String, place: TextPlace)
  /// A bracket closes that has not been opened.
  case surplus(path: String, place: TextPlace)
  /// Something stands outside all brackets.
  case outside(path: String, place: TextPlace, found: String)
  /// A node has no label.
  case noLabel(path: String, place: TextPlace)
  /// A node has neither a word nor children.
  case noWord(path: String, place: TextPlace, label: String)
  /// A node has two words, or both a word and children.
  case mixed(path: String, place: TextPlace, found: String)
  /// A label is not one of the task's.
  case label(path: String, place: TextPlace, found: String, expected: [String])
}

extension TreeError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .unclosed(let path, let place):
      "'\(path)', \(place): this bracket should be closed by a ')', but the file ends before"
    case .surplus(let path, let place):
      "'\(path)', \(place): this ')' closes no bracket"
    case .outside(let path, let place, let found):
      "'\(path)', \(place): a tree should start with '(', found '\(found)'"
    case .noLabel(let path, let place):
      "'\(path)', \(place): a label should follow this bracket"
    case .noWord(let path, let place, let label):
      "'\(path)', \(place): the node labelled '\(label)' should have a word or children, and has"
        + " neither"
    case .mixed(let path, let place, let found):
      "'\(path)', \(place): a node should have one word or else children, found '\(found)' besides"
    case .label(let path, let place, let found, let expected):
      "'\(path)', \(place): the label should be one of \(expected.joined(separator: ", ")), found"
        + " '\(found)'"
    }
  }
}
