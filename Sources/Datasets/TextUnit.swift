/// What a language model reads and writes one of at a time.
public enum TextUnit: String, CaseIterable, Sendable, Codable {
  /// A Unicode scalar, such as one of the two in a decomposed "é".
  case character
  /// An extended grapheme cluster: what a reader takes for one letter, however many scalars it has.
  /// A family emoji is one, and so is the line end CR LF.
  case grapheme
  /// A byte of the text's UTF-8.
  case byte
  /// What stands between white space (Unicode's `White_Space`, so the ideographic space too).
  case word
}

extension TextUnit {
  /// The name of the end-of-line symbol, and what a text may spell it as among words.
  static let endOfLineName = "<eos>"
  /// The name of the symbol that a line starts from when it is written, and its spelling among words.
  static let startOfLineName = "<bos>"
  /// The name of the symbol for units that the vocabulary lacks, and its spelling among words.
  static let unknownName = "<unk>"

  /// Calls `body` with the place of each unit in `bytes`, in order.
  ///
  /// Units are compared by their bytes, never as strings: "é" composed and decomposed are equal
  /// strings but not the same text.
  ///
  /// Words leave out the white space between them. With `endOfLine`, each line, empty or not, ends
  /// in one unit more: the place of its line feed, or an empty place if the last line has none.
  /// Other units ignore `endOfLine`, since for them the line feed is a unit like any.
  ///
  /// - Parameters:
  ///   - bytes: UTF-8; any bytes for ``TextUnit/byte``.
  ///   - endOfLine: Whether the ends of lines are units among words.
  ///   - body: Takes the place of a unit.
  func forEach(in bytes: [UInt8], endOfLine: Bool, _ body: (Range<Int>) -> Void) {
    switch self {
    case .byte:
      for index in bytes.indices { body(index..<index + 1) }
    case .character:
      var start = 0
      while start < bytes.count {
        let end = min(start + Self.scalarLength(startingWith: bytes[start]), bytes.count)
        body(start..<end)
        start = end
      }
    case .grapheme:
      var start = 0
      for character in String(decoding: bytes, as: UTF8.self) {
        let end = start + character.utf8.count
        body(start..<end)
        start = end
      }
    case .word:
      Self.forEachWord(in: bytes, endOfLine: endOfLine, body)
    }
  }

  private static func forEachWord(
    in bytes: [UInt8], endOfLine: Bool, _ body: (Range<Int>) -> Void
  ) {
    var wordStart: Int?
    var lineStart = 0
    var position = 0
    while position < bytes.count {
      let length = min(scalarLength(startingWith: bytes[position]), bytes.count - position)
      if isWhiteSpace(bytes, at: position, length: length) {
        if let start = wordStart { body(start..<position) }
        wordStart = nil
        if bytes[position] == UInt8(ascii: "\n") {
          if endOfLine { body(position..<position + 1) }
          lineStart = position + 1
        }
      } else if wordStart == nil {
        wordStart = position
      }
      position += length
    }
    if let start = wordStart { body(start..<position) }
    if endOfLine, lineStart < position { body(position..<position) }
  }

  /// Bytes of the scalar whose UTF-8 starts with `byte`.
  static func scalarLength(startingWith byte: UInt8) -> Int {
    switch byte {
    case 0..<0xC0: 1
    case 0xC0..<0xE0: 2
    case 0xE0..<0xF0: 3
    default: 4
    }
  }

  private static func isWhiteSpace(_ bytes: [UInt8], at place: Int, length: Int) -> Bool {
    let first = bytes[place]
    if length == 1 { return first == 0x20 || (0x09...0x0D).contains(first) }
    // All other white space is U+0085, U+00A0, or starts with E1, E2 or E3.
    guard first == 0xC2 || (0xE1...0xE3).contains(first) else { return false }
    let scalars = String(decoding: bytes[place..<place + length], as: UTF8.self).unicodeScalars
    return scalars.first?.properties.isWhitespace ?? false
  }
}

extension TextUnit: CustomStringConvertible {
  public var description: String { rawValue }
}
