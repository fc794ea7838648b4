/// Divides a line of text into tokens with a space between, and puts it together again.
///
/// Tokens of ``Method/plain`` text carry joiners, `￭` (U+FFED), as OpenNMT's tokenizer writes them: a joiner says that
/// no space stands there. A mark takes the joiner rather than a word, so that a word is one token wherever it stands:
///
///     It's (almost) noon.      It ￭'￭ s (￭ almost ￭) noon ￭.
///
/// With SentencePiece's `▁`, which says where a space stands, "noon" after a bracket and after a space would be two
/// tokens, and the model would have to learn both.
///
/// Nothing is lost: ``detokenize(_:)`` gives back the text to the byte. A single space between two tokens is not
/// written; other white space is a token of `％` (U+FF05) and its scalar in four hexadecimal digits, and so are the
/// characters `￭` and `％` themselves.
public struct Tokenizer: Sendable, Hashable {
  /// How a text is divided.
  public enum Method: String, CaseIterable, Sendable, Codable {
    /// Text of any script, as people write it. Runs of letters and runs of digits are tokens, every other character
    /// (grapheme cluster) is one by itself, and so is every Han character, since there are no spaces between words.
    case plain
    /// At white space alone, for text that another program has divided, such as Moses' tokenizer. White space becomes
    /// one space when it is put together again, and is lost at both ends.
    case asItIs = "as-it-is"
  }

  /// How a text is divided.
  public var method: Method
  /// Whether capital letters become small ones first, by Unicode's rules for no language in particular.
  public var lowercase: Bool

  private static let joiner = Array("\u{FFED}".utf8)
  private static let escape = Array("\u{FF05}".utf8)
  private static let space = UInt8(ascii: " ")

  /// A tokenizer by its parts.
  public init(_ method: Method = .plain, lowercase: Bool = false) {
    self.method = method
    self.lowercase = lowercase
  }

  /// The tokens of a text with a space between. No token has white space in it, and there is no line end.
  public func tokenize(_ text: String) -> String {
    let text = lowercase ? text.lowercasedInContext : text
    switch method {
    case .plain: return tokenizePlain(text)
    case .asItIs: return Self.words(of: text).joined(separator: " ")
    }
  }

  /// The text of tokens with white space between.
  public func detokenize(_ tokens: String) -> String {
    switch method {
    case .plain: detokenizePlain(tokens)
    case .asItIs: Self.words(of: tokens).joined(separator: " ")
    }
  }

  private static func words(of text: String) -> [String] {
    let bytes = Array(text.utf8)
    var words: [String] = []
    TextUnit.word.forEach(in: bytes, endOfLine: false) {
      words.append(String(decoding: bytes[$0], as: UTF8.self))
    }
    return words
  }
}

extension Tokenizer {
  /// What a character is to the tokenizer.
  private enum Kind {
    case letter, digit, han, mark, space

    /// Whether this is part of a word, to which joiners do not go if there is another place for them.
    var isWord: Bool { self != .mark && self != .space }
    /// Whether characters of this kind that follow one another are one token.
    var runsOn: Bool { self == .letter || self == .digit }

    init(_ character: Character) {
      guard let scalar = character.unicodeScalars.first else {
        self = .mark
        return
      }
      if scalar.properties.isWhitespace {
        self = .space
      } else if scalar.properties.isIdeographic {
        self = .han
      } else {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
          .nonspacingMark, .spacingMark, .enclosingMark:
          self = .letter
        case .decimalNumber, .letterNumber, .otherNumber: self = .digit
        default: self = .mark
        }
      }
    }
  }

  private func tokenizePlain(_ text: String) -> String {
    let characters = Array(text)
    var result: [UInt8] = []
    var last: Kind?
    var isApart = false
    for (place, character) in characters.enumerated() {
      if Self.isSingleSpace(characters, place) {
        isApart = true
        continue
      }
      let kind = Kind(character)
      if let last { result += isApart ? [Self.space] : Self.divider(last, kind) }
      for scalar in character.unicodeScalars { Self.append(scalar, to: &result) }
      last = kind
      isApart = false
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether a character is a space that the division into tokens stands for.
  private static func isSingleSpace(_ characters: [Character], _ place: Int) -> Bool {
    characters[place] == " " && place > 0 && place + 1 < characters.count
      && characters[place - 1] != " " && characters[place + 1] != " "
  }

  /// What stands between characters without a space between them: nothing if they are of one token.
  private static func divider(_ last: Kind, _ next: Kind) -> [UInt8] {
    if last == next && next.runsOn { return [] }
    return next.isWord && !last.isWord ? joiner + [space] : [space] + joiner
  }

  private static func append(_ scalar: Unicode.Scalar, to bytes: inout [UInt8]) {
    let isReserved = scalar == "\u{FFED}" || scalar == "\u{FF05}"
    guard isReserved || scalar.properties.isWhitespace else {
      bytes += String(scalar).utf8
      return
    }
    let digits = String(scalar.value, radix: 16)
    bytes += escape + Array(repeating: UInt8(ascii: "0"), count: 4 - digits.utf8.count)
    bytes += digits.utf8
  }

  private func detokenizePlain(_ tokens: String) -> String {
    let bytes = Array(tokens.utf8)
    var result: [UInt8] = []
    var isJoined = true
    TextUnit.word.forEach(in: bytes, endOfLine: false) { token in
      var token = token
      let joinsLeft = bytes[token].starts(with: Self.joiner)
      if joinsLeft { token = token.lowerBound + Self.joiner.count..<token.upperBound }
      if !isJoined && !joinsLeft { result.append(Self.space) }
      let joinsRight = bytes[token].suffix(Self.joiner.count).elementsEqual(Self.joiner)
      if joinsRight { token = token.lowerBound..<token.upperBound - Self.joiner.count }
      Self.unescape(bytes[token], to: &result)
      isJoined = joinsRight
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Appends a token with what is escaped in it; an escape without four digits, which a model may write, stays.
  private static func unescape(_ token: ArraySlice<UInt8>, to result: inout [UInt8]) {
    var rest = token
    while let byte = rest.first {
      let digits = rest.dropFirst(escape.count).prefix(4)
      if rest.starts(with: escape), digits.count == 4,
        let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16),
        let scalar = Unicode.Scalar(value)
      {
        result += String(scalar).utf8
        rest = rest.dropFirst(escape.count + 4)
      } else {
        result.append(byte)
        rest = rest.dropFirst()
      }
    }
  }
}
