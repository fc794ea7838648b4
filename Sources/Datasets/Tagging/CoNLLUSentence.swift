/// A sentence of a CoNLL-U file.
public struct CoNLLUSentence: Sendable, Equatable {
  /// The lines that start with `#`, without their ends.
  public let comments: [Substring]
  /// All other lines: words, multiword tokens and empty nodes, in the order of the file.
  public let tokens: [CoNLLUToken]
  /// The words alone: what taggers tag and parsers parse.
  public let words: [CoNLLUToken]

  init(comments: [Substring], tokens: [CoNLLUToken]) {
    self.comments = comments
    self.tokens = tokens
    words = tokens.filter { if case .word = $0.id { true } else { false } }
  }

  /// What stands in a column, word by word.
  public func values(of column: CoNLLUColumn) -> [String] {
    words.map { String($0[column]) }
  }
}
