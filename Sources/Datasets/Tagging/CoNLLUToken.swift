/// A line of a sentence in CoNLL-U: a word, a multiword token, or an empty node.
public struct CoNLLUToken: Sendable, Equatable {
  /// What the first column says.
  public enum ID: Sendable, Equatable {
    /// A word of the sentence, the first being 1.
    case word(Int)
    /// A token that is written as one but is several words, such as `3-4` for "don't".
    case range(ClosedRange<Int>)
    /// A node without a word, such as `5.1`: the first one after word 5.
    case empty(after: Int, number: Int)
  }

  /// The first column.
  public let id: ID
  /// The number of the line in its file, the first being 1.
  public let line: Int
  /// The line without its end.
  let text: Substring

  /// What stands in a column, `_` where the format has nothing to say.
  public subscript(column: CoNLLUColumn) -> Substring {
    var start = text.startIndex
    for _ in 0..<column.index {
      guard let tab = text.utf8[start...].firstIndex(of: UInt8(ascii: "\t")) else { break }
      start = text.utf8.index(after: tab)
    }
    let end = text.utf8[start...].firstIndex(of: UInt8(ascii: "\t")) ?? text.endIndex
    return text[start..<end]
  }

  /// Where a column starts in the file.
  public func place(of column: CoNLLUColumn) -> TextPlace {
    TextPlace(of: self[column], in: text, line: line)
  }
}
