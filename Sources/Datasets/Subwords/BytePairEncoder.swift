/// Divides words into pieces by byte-pair merges, and joins pieces to words.
///
/// Pieces are written as subword-nmt's apply_bpe writes them: with a space between, and `@@` after each that the word
/// goes on from, so "lower" may become "low@@ er". What stands between words stays as it is. ``decode(_:)`` gives back
/// every text to the byte: a word that itself ends in `@@` has its last character as a piece of its own, which
/// subword-nmt does not see to.
///
///     let encoder = BytePairEncoder(merges)
///     encoder.decode(encoder.encode(text)) == text
public struct BytePairEncoder: Sendable {
  /// The merges that pieces are made by.
  public let merges: BytePairMerges
  private var symbols = UnitTable()
  private var ranks: [UInt64: Rank] = [:]
  /// The two symbols that each symbol is made of.
  private var parts: [Int32: (first: Int32, second: Int32)] = [:]
  /// The only pieces that are left whole; `nil` for all.
  private var known: UnitTable?

  /// What follows a piece that its word goes on from.
  static let mark = Array("@@".utf8)

  /// How early a pair is merged, and what it becomes.
  private struct Rank {
    var rank: Int
    var symbol: Int32
  }

  /// A part of a word and its symbol; `nil` for one that no merge has.
  private struct Part {
    var range: Range<Int>
    var symbol: Int32?
  }

  /// An encoder that makes every merge it can.
  public init(_ merges: BytePairMerges) {
    self.merges = merges
    for (rank, pair) in merges.pairs.enumerated() {
      let first = symbols.insert(pair.first, pair.first.indices)
      let second = symbols.insert(pair.second, pair.second.indices)
      let joined = pair.first + pair.second
      let symbol = symbols.insert(joined, joined.indices)
      let key = Self.key(first, second)
      if ranks[key] == nil { ranks[key] = Rank(rank: rank, symbol: symbol) }
      if parts[symbol] == nil { parts[symbol] = (first, second) }
    }
  }

  /// An encoder that undoes merges until every piece is frequent, or is one character.
  ///
  /// With one encoding for two languages, a model so never meets a piece that its own language hardly has (subword-nmt's
  /// vocabulary threshold).
  ///
  /// - Parameters:
  ///   - merges: The merges.
  ///   - counts: How often each piece occurs, written with its `@@`; see ``pieceCounts(of:)``.
  ///   - minimumCount: How often a piece must occur to be left whole.
  public init(_ merges: BytePairMerges, counts: [[UInt8]: Int], minimumCount: Int) {
    self.init(merges)
    var known = UnitTable()
    for (piece, count) in counts where count >= minimumCount {
      _ = known.insert(piece, piece.indices)
    }
    self.known = known
  }

  private static func key(_ first: Int32, _ second: Int32) -> UInt64 {
    UInt64(UInt32(bitPattern: first)) << 32 | UInt64(UInt32(bitPattern: second))
  }

  /// Divides each word of a text, which stand between spaces and line ends.
  ///
  /// - Complexity: O(L²) for each different word of L characters.
  public func encode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count * 5 / 4)
    var seen = UnitTable()
    var encoded: [[UInt8]] = []
    var end = 0
    BytePairWords.forEach(in: bytes) { word in
      let number = Int(seen.insert(bytes, word))
      if number == encoded.count { encoded.append(encodedWord(bytes, word)) }
      result += bytes[end..<word.lowerBound]
      result += encoded[number]
      end = word.upperBound
    }
    return String(decoding: result + bytes[end...], as: UTF8.self)
  }

  /// How often each piece occurs in a text that ``encode(_:)`` gave.
  public static func pieceCounts(of encoded: String) -> [[UInt8]: Int] {
    let bytes = Array(encoded.utf8)
    var counts: [[UInt8]: Int] = [:]
    BytePairWords.forEach(in: bytes) { counts[Array(bytes[$0]), default: 0] += 1 }
    return counts
  }

  /// Joins the pieces of a text that ``encode(_:)`` gave, or a model. A piece at the end of a line is the last of its
  /// word, whatever its mark says.
  public func decode(_ text: String) -> String {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    var start = 0
    BytePairWords.forEach(in: bytes) { piece in
      guard piece.count >= 2, bytes[piece].suffix(2).elementsEqual(Self.mark) else { return }
      result += bytes[start..<piece.upperBound - 2]
      let isBeforeSpace = piece.upperBound < bytes.count && bytes[piece.upperBound] == 0x20
      start = piece.upperBound + (isBeforeSpace ? 1 : 0)
    }
    return String(decoding: result + bytes[start...], as: UTF8.self)
  }

  /// Checks that a vocabulary has pieces of these merges alone.
  ///
  /// - Throws: ``BytePairError/foreignPiece(piece:)`` for one that is neither a character nor a merged symbol.
  public func check(_ vocabulary: Vocabulary) throws(BytePairError) {
    for id in 0..<Int32(vocabulary.count) where !vocabulary.isSymbol(id) {
      let piece = vocabulary.bytes(of: id)
      let isInner = piece.count > 2 && piece.suffix(2).elementsEqual(Self.mark)
      let symbol = isInner ? Array(piece.dropLast(2)) : piece + BytePairMerges.wordEnd
      // What is cut off before the last character of a word that ends in the mark is no symbol.
      let isCharacter =
        TextUnit.scalarLength(startingWith: piece[0]) >= piece.count - (isInner ? 2 : 0)
      let isCutOff = isInner && piece[piece.count - 3] == UInt8(ascii: "@")
      if isCharacter || isCutOff || symbols.number(of: symbol, symbol.indices) != nil { continue }
      throw .foreignPiece(piece: String(decoding: piece, as: UTF8.self))
    }
  }

  /// A word as its pieces, with marks and spaces.
  private func encodedWord(_ bytes: [UInt8], _ word: Range<Int>) -> [UInt8] {
    var ends = pieces(of: bytes, word).map(\.upperBound)
    if bytes[word].suffix(2).elementsEqual(Self.mark), word.count > 1 {
      // The last piece would be read as one that the word goes on from.
      ends = ends.filter { $0 < word.upperBound - 1 } + [word.upperBound - 1, word.upperBound]
    }
    var result: [UInt8] = []
    var start = word.lowerBound
    for end in ends {
      result += bytes[start..<end]
      if end < word.upperBound { result += Self.mark + [UInt8(ascii: " ")] }
      start = end
    }
    return result
  }

  private func pieces(of bytes: [UInt8], _ word: Range<Int>) -> [Range<Int>] {
    var parts: [Part] = []
    BytePairWords.forEachCharacter(of: bytes, word) { range in
      let isLast = range.upperBound == word.upperBound
      let symbol = isLast ? bytes[range] + BytePairMerges.wordEnd : bytes[range]
      let number = symbols.number(of: Array(symbol), 0..<symbol.count)
      parts.append(Part(range: range, symbol: number))
    }
    // A word of one character is what it is, known or not.
    if parts.count == 1 { return [word] }
    while let pair = earliestPair(of: parts) { parts = merging(pair.first, pair.second, of: parts) }
    guard let known else { return parts.map(\.range) }
    return parts.flatMap { knownPieces($0, of: bytes, known, word: word) }
  }

  private func earliestPair(of parts: [Part]) -> (first: Int32, second: Int32)? {
    var best: (first: Int32, second: Int32)?
    var bestRank = Int.max
    for (first, second) in zip(parts, parts.dropFirst()) {
      guard let first = first.symbol, let second = second.symbol,
        let rank = ranks[Self.key(first, second)]?.rank, rank < bestRank
      else { continue }
      best = (first, second)
      bestRank = rank
    }
    return best
  }

  private func merging(_ first: Int32, _ second: Int32, of parts: [Part]) -> [Part] {
    let symbol = ranks[Self.key(first, second)]?.symbol
    var result: [Part] = []
    for part in parts {
      if let last = result.last, last.symbol == first, part.symbol == second {
        result[result.count - 1] = Part(
          range: last.range.lowerBound..<part.range.upperBound, symbol: symbol)
      } else {
        result.append(part)
      }
    }
    return result
  }

  /// The pieces that a part falls into when merges are undone until all are known or characters.
  private func knownPieces(
    _ part: Part, of bytes: [UInt8], _ known: UnitTable, word: Range<Int>
  ) -> [Range<Int>] {
    let isLast = part.range.upperBound == word.upperBound
    let piece = isLast ? Array(bytes[part.range]) : bytes[part.range] + Self.mark
    if known.number(of: piece, piece.indices) != nil { return [part.range] }
    guard let symbol = part.symbol, let (first, second) = parts[symbol] else {
      return [part.range]
    }
    let middle = part.range.lowerBound + symbols[Int(first)].count
    return [
      Part(range: part.range.lowerBound..<middle, symbol: first),
      Part(range: middle..<part.range.upperBound, symbol: second),
    ].flatMap { knownPieces($0, of: bytes, known, word: word) }
  }
}
