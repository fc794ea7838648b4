/// How a line of text becomes units of a ``Vocabulary``, and units a line of text.
///
/// The units are written as a text that the vocabulary divides by its ``TextUnit``. Among words, the tokenizer and the
/// byte-pair encoding, if there is one, see to it that they stand between spaces; text of other units stays as it is.
public struct LineSegmenter: Sendable {
  /// What the text is divided into.
  public let unit: TextUnit
  /// How words are told apart; of other units it says only whether capital letters become small.
  public let tokenizer: Tokenizer
  /// How words are divided into pieces; `nil` if they are whole.
  public let bytePairs: BytePairEncoder?

  /// Units that are no words, each by itself.
  ///
  /// - Parameters:
  ///   - unit: Characters, grapheme clusters or bytes.
  ///   - lowercase: Whether capital letters become small ones first.
  public init(_ unit: TextUnit, lowercase: Bool = false) {
    demand(unit != .word, "LineSegmenter: words need a tokenizer")
    self.unit = unit
    tokenizer = Tokenizer(lowercase: lowercase)
    bytePairs = nil
  }

  /// Words, or pieces of them.
  public init(words tokenizer: Tokenizer, bytePairs: BytePairEncoder? = nil) {
    unit = .word
    self.tokenizer = tokenizer
    self.bytePairs = bytePairs
  }

  /// The units of a line, as a text.
  public func segment(_ line: String) -> String {
    if unit != .word { return tokenizer.lowercase ? line.lowercasedInContext : line }
    let tokens = tokenizer.tokenize(line)
    return bytePairs?.encode(tokens) ?? tokens
  }

  /// The units of many lines, faster than one by one: words that occur again are not divided again.
  public func segment(_ lines: [String]) -> [String] {
    guard let bytePairs, !lines.isEmpty else { return lines.map { segment($0) } }
    // No token has a line end in it.
    let tokens = lines.lazy.map { tokenizer.tokenize($0) }.joined(separator: "\n")
    return bytePairs.encode(tokens).utf8
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
  }

  /// The line of text that units are of.
  public func join(_ units: String) -> String {
    if unit != .word { return units }
    return tokenizer.detokenize(bytePairs?.decode(units) ?? units)
  }
}
