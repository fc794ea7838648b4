/// A file of sentences in CoNLL-U, the format of Universal Dependencies.
///
/// The text is kept as it is: what ``text(replacing:with:)`` gives is the same to the byte but for
/// the column that is replaced, whatever the line ends, comments and blank lines.
///
/// Source: <https://universaldependencies.org/format.html>.
public struct CoNLLUFile: Sendable, Equatable {
  /// The path as given.
  public let path: String
  /// The sentences, in order. Comments without a sentence are in the text only.
  public let sentences: [CoNLLUSentence]
  /// All of the file.
  public let text: String

  /// Reads a file, plain or compressed by gzip.
  public init(contentsOf path: String) throws(CoNLLUError) {
    let text: String
    do throws(TextError) {
      text = try TextReader.read(path, keepsByteOrderMark: true)
    } catch {
      throw .text(error)
    }
    try self.init(text, path: path)
  }

  /// Reads a text; errors name `path` as where it came from.
  public init(_ text: String, path: String) throws(CoNLLUError) {
    self.path = path
    self.text = text
    var parser = CoNLLUParser(path: path)
    for (number, line) in TextLines(text) { try parser.read(line, number: number) }
    try parser.endSentence()
    sentences = parser.sentences
  }

  /// Whether a text can stand in a column: it is not empty, and has neither tab nor line end.
  public static func canHold(_ value: String) -> Bool {
    !value.isEmpty && !value.utf8.contains { $0 == 9 || $0 == 10 || $0 == 13 }
  }

  /// The text with other values in one column of the words; multiword tokens and empty nodes keep
  /// theirs.
  ///
  /// - Parameters:
  ///   - column: What to replace.
  ///   - values: By sentence and word, each such that ``canHold(_:)``.
  /// - Returns: The whole text.
  public func text(replacing column: CoNLLUColumn, with values: [[String]]) -> String {
    demand(values.count == sentences.count, "CoNLLUFile: a row of values for each sentence")
    var result = ""
    result.reserveCapacity(text.utf8.count)
    var copied = text.startIndex
    for (sentence, values) in zip(sentences, values) {
      demand(values.count == sentence.words.count, "CoNLLUFile: a value for each word")
      for (word, value) in zip(sentence.words, values) {
        demand(Self.canHold(value), "CoNLLUFile: a value is one field")
        let old = word[column]
        result += text[copied..<old.startIndex]
        result += value
        copied = old.endIndex
      }
    }
    result += text[copied...]
    return result
  }
}
