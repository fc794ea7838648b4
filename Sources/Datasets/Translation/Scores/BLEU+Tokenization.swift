extension BLEU {
  /// How sentences are divided into the words that are counted.
  public enum Tokenization: String, CaseIterable, Sendable, Codable {
    /// As mteval-v13a, the script of WMT: ASCII punctuation apart, periods and commas but for those in numbers.
    case mteval13a = "13a"
    /// As mteval-v14 with `--international-tokenization`: punctuation and symbols of all scripts apart, but for
    /// punctuation in numbers.
    case international = "intl"
    /// At white space alone, for sentences that are divided already.
    case none

    /// The words of a sentence.
    func words(of sentence: String) -> [[Unicode.Scalar]] {
      // White space at the end goes first: a hyphen before a line end there would take the end with it.
      let scalars = Array(sentence.unicodeScalars.reversed().drop { $0.isSpace }.reversed())
      switch self {
      case .none: return scalars.words
      case .mteval13a: return Self.mteval13a(scalars).words
      case .international: return Self.international(scalars).words
      }
    }

    private static let space: Unicode.Scalar = " "

    private static func mteval13a(_ sentence: [Unicode.Scalar]) -> [Unicode.Scalar] {
      var line = replacing("<skipped>", by: "", in: sentence)
      line = replacing("-\n", by: "", in: line)
      line = replacing("\n", by: " ", in: line)
      for (entity, character) in [("quot", "\""), ("amp", "&"), ("lt", "<"), ("gt", ">")] {
        line = replacing("&\(entity);", by: character, in: line)
      }
      line = [space] + line + [space]
      line = line.flatMap { isMark($0) ? [space, $0, space] : [$0] }
      line = replacingPairs(in: line) {
        !$0.isDigit && isPoint($1) ? [$0, space, $1, space] : nil
      }
      line = replacingPairs(in: line) {
        isPoint($0) && !$1.isDigit ? [space, $0, space, $1] : nil
      }
      return replacingPairs(in: line) { $0.isDigit && $1 == "-" ? [$0, space, $1, space] : nil }
    }

    private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }

    /// Whether a character stands apart wherever it is: ASCII but for letters, digits and `' , - .`.
    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
      switch scalar {
      case " "..."&", "("..."+", "/", ":"..."@", "["..."`", "{"..."~": true
      default: false
      }
    }

    private static func international(_ sentence: [Unicode.Scalar]) -> [Unicode.Scalar] {
      var line = replacingPairs(in: sentence) {
        !$0.isNumber && $1.isPunctuation ? [$0, space, $1, space] : nil
      }
      line = replacingPairs(in: line) {
        $0.isPunctuation && !$1.isNumber ? [space, $0, space, $1] : nil
      }
      return line.flatMap { $0.isSymbol ? [space, $0, space] : [$0] }
    }

    /// Replaces pairs of neighbours from left to right; what was replaced is no part of another pair.
    private static func replacingPairs(
      in line: [Unicode.Scalar],
      by replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
    ) -> [Unicode.Scalar] {
      var result: [Unicode.Scalar] = []
      result.reserveCapacity(line.count * 2)
      var place = 0
      while place < line.count {
        if place + 1 < line.count, let other = replacement(line[place], line[place + 1]) {
          result += other
          place += 2
        } else {
          result.append(line[place])
          place += 1
        }
      }
      return result
    }

    private static func replacing(
      _ text: String, by other: String, in line: [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
      let text = Array(text.unicodeScalars)
      guard let first = text.first, line.contains(first) else { return line }
      var result: [Unicode.Scalar] = []
      var place = 0
      while place < line.count {
        if line[place] == first, line[place...].starts(with: text) {
          result += other.unicodeScalars
          place += text.count
        } else {
          result.append(line[place])
          place += 1
        }
      }
      return result
    }
  }
}
