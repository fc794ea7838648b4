/// A file of merges that cannot be read, or one that does not fit a vocabulary.
public enum BytePairError: Error, Equatable {
  /// The file cannot be read as text.
  case text(TextError)
  /// The file does not start with the line of its version.
  case header(path: String)
  /// A line is not two symbols.
  case pair(path: String, line: Int, found: String)
  /// The vocabulary has a piece that no merge makes: it was built with other merges.
  case foreignPiece(piece: String)
}

extension BytePairError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .text(let error):
      error.description
    case .header(let path):
      "'\(path)' is not a file of byte-pair merges: its first line should be"
        + " '\(BytePairMerges.header)'"
    case .pair(let path, let line, let found):
      "'\(path)', line \(line): a merge should be two symbols divided by a space, found '\(found)'"
    case .foreignPiece(let piece):
      "the byte-pair merges are not those of the vocabulary: none of them makes its piece"
        + " '\(piece)'"
    }
  }
}
