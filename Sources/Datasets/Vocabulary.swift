/// The units that a model knows, under the numbers 0, 1, 2, …
///
/// Symbols come first, `<unk>` before `<eos>` before `<bos>`; then the units by falling frequency in the text that
/// the vocabulary was built from, equally frequent ones by their bytes. So the same text always gives
/// the same vocabulary.
///
/// For characters, grapheme clusters and bytes, ``decode(_:)`` gives back to the byte what
/// ``encode(_:)`` was given, as long as all its units are known. For words it puts one space between
/// two words and a line feed for each `<eos>`.
public struct Vocabulary: Sendable, Equatable {
  /// What the text is divided into.
  public let unit: TextUnit
  /// The number of `<unk>`, which stands for every unit that the vocabulary lacks; `nil` if such
  /// units are an error. Among words, the text may spell the symbol out.
  public let unknown: Int32?
  /// The number of `<eos>`, the end of a line; `nil` if there is no such symbol. Among words it ends
  /// each line, also a last one without line feed, and may be spelled out; otherwise it stands for
  /// the line feed.
  public let endOfLine: Int32?
  /// The number of `<bos>`, which no text has: a decoder reads it before the first unit that it writes. `nil` if there
  /// is no such symbol. Among words, the text may spell it out.
  public let startOfLine: Int32?
  private let table: UnitTable

  /// A vocabulary of the units of `text`.
  ///
  /// - Parameters:
  ///   - text: What to count.
  ///   - unit: What to divide it into.
  ///   - endOfLine: Whether to have `<eos>`.
  ///   - startOfLine: Whether to have `<bos>`.
  ///   - unknown: Whether to have `<unk>`; words have it always, and so has a vocabulary that leaves
  ///     out a unit of `text`.
  ///   - minimumCount: How often a unit must occur to be in.
  ///   - maximumSize: The most units, symbols included, that ``count`` may reach; `nil` for no limit.
  public init(
    of text: String, unit: TextUnit, endOfLine: Bool = false,
    startOfLine: Bool = false, unknown: Bool = false,
    minimumCount: Int = 1, maximumSize: Int? = nil
  ) {
    self.init(
      ofBytes: Array(text.utf8), unit: unit, endOfLine: endOfLine, startOfLine: startOfLine,
      unknown: unknown, minimumCount: minimumCount, maximumSize: maximumSize)
  }

  /// A vocabulary of the units of a text in UTF-8, or of any bytes if the unit is the byte; see
  /// ``init(of:unit:endOfLine:startOfLine:unknown:minimumCount:maximumSize:)``.
  public init(
    ofBytes text: [UInt8], unit: TextUnit, endOfLine: Bool = false,
    startOfLine: Bool = false, unknown: Bool = false,
    minimumCount: Int = 1, maximumSize: Int? = nil
  ) {
    var found = UnitTable()
    var counts: [Int] = []
    unit.forEach(in: text, endOfLine: endOfLine) { range in
      if range.isEmpty { return }
      let number = Int(found.insert(text, range))
      if number == counts.count { counts.append(0) }
      counts[number] += 1
    }
    let symbols =
      (endOfLine ? [[UInt8(ascii: "\n")]] : [])
      + (unit == .word ? [Array(TextUnit.unknownName.utf8)] : [])
      + (unit == .word && endOfLine ? [Array(TextUnit.endOfLineName.utf8)] : [])
      + (unit == .word && startOfLine ? [Array(TextUnit.startOfLineName.utf8)] : [])
    let candidates = (0..<found.count).filter { !symbols.contains(Array(found[$0])) }
    let frequent = candidates.filter { counts[$0] >= minimumCount }.sorted {
      counts[$0] == counts[$1]
        ? found[$0].lexicographicallyPrecedes(found[$1]) : counts[$0] > counts[$1]
    }
    let most = maximumSize ?? .max
    let ends = (endOfLine ? 1 : 0) + (startOfLine ? 1 : 0)
    let isShort = frequent.count < candidates.count || frequent.count + ends > most
    let unknowns = unit == .word || unknown || isShort ? 1 : 0
    let room = max(0, most - unknowns - ends)
    self.init(
      unit: unit, unknown: unknowns > 0 ? 0 : nil, endOfLine: endOfLine ? Int32(unknowns) : nil,
      startOfLine: startOfLine ? Int32(unknowns + ends - 1) : nil,
      units: frequent.prefix(room).map { Array(found[$0]) })
  }

  /// A vocabulary with the symbols at their numbers and `units` at the others, all different.
  init(
    unit: TextUnit, unknown: Int32?, endOfLine: Int32?, startOfLine: Int32?, units: [[UInt8]]
  ) {
    var table = UnitTable()
    var rest = units[...]
    while true {
      if let unknown, unknown == table.count {
        table.insertSymbol(TextUnit.unknownName, isSpelled: unit == .word, otherwise: "\u{FFFD}")
      } else if let startOfLine, startOfLine == table.count {
        table.insertSymbol(TextUnit.startOfLineName, isSpelled: unit == .word, otherwise: "")
      } else if let endOfLine, endOfLine == table.count {
        _ = table.insert([UInt8(ascii: "\n")], 0..<1)
      } else if let next = rest.popFirst() {
        _ = table.insert(next, next.indices)
      } else {
        break
      }
    }
    self.unit = unit
    self.unknown = unknown
    self.endOfLine = endOfLine
    self.startOfLine = startOfLine
    self.table = table
  }

  /// How many units there are, symbols included.
  public var count: Int { table.count }

  /// The number of `unit`, or `nil` if the vocabulary lacks it; `<unk>` is not given in its place.
  public func id(of unit: String) -> Int32? { id(of: Array(unit.utf8)) }

  /// The number of the unit with these bytes, or `nil` if the vocabulary lacks it.
  public func id(of unit: [UInt8]) -> Int32? { lookUp(unit, unit.indices) }

  private func lookUp(_ bytes: [UInt8], _ range: Range<Int>) -> Int32? {
    if let number = table.number(of: bytes, range) { return number }
    let isSpelledOut = unit == .word && bytes[range].elementsEqual(TextUnit.endOfLineName.utf8)
    return isSpelledOut || range.isEmpty ? endOfLine : nil
  }

  /// The numbers of the units of `text`.
  ///
  /// - Throws: ``VocabularyError/unknownUnit(unit:offset:)`` if the vocabulary lacks a unit and has
  ///   no `<unk>`.
  public func encode(_ text: String) throws(VocabularyError) -> [Int32] {
    try encode(bytes: Array(text.utf8))
  }

  /// The numbers of the units of a text in UTF-8, or of any bytes if the unit is the byte.
  ///
  /// - Throws: ``VocabularyError/unknownUnit(unit:offset:)`` if the vocabulary lacks a unit and has
  ///   no `<unk>`.
  public func encode(bytes: [UInt8]) throws(VocabularyError) -> [Int32] {
    try numbers(of: bytes, endOfLine: endOfLine != nil)
  }

  private func numbers(
    of bytes: [UInt8], endOfLine: Bool
  ) throws(VocabularyError) -> [Int32] {
    var result: [Int32] = []
    result.reserveCapacity(unit == .word ? bytes.count / 4 : bytes.count)
    var failure: Range<Int>?
    unit.forEach(in: bytes, endOfLine: endOfLine) { range in
      if let number = lookUp(bytes, range) ?? unknown {
        result.append(number)
      } else if failure == nil {
        failure = range
      }
    }
    if let failure {
      throw .unknownUnit(unit: Array(bytes[failure]), offset: failure.lowerBound)
    }
    return result
  }

  /// The numbers of the units of one line, which has no line end, and of `<eos>` behind them if there is one.
  ///
  /// - Throws: ``VocabularyError/unknownUnit(unit:offset:)`` if the vocabulary lacks a unit and has
  ///   no `<unk>`.
  public func encode(line: String) throws(VocabularyError) -> [Int32] {
    try numbers(of: Array(line.utf8), endOfLine: false) + (endOfLine.map { [$0] } ?? [])
  }

  /// The text of one line: what stands before the first `<eos>`, or all.
  public func decode(line ids: [Int32]) -> String {
    decode(Array(ids.prefix { $0 != endOfLine && $0 != startOfLine }))
  }

  /// Whether a number is that of a symbol and no unit's.
  public func isSymbol(_ id: Int32) -> Bool {
    id == unknown || id == endOfLine || id == startOfLine
  }

  /// Where the first unit of a text in UTF-8 stands; `nil` if it has none.
  public func firstUnit(of bytes: [UInt8]) -> Range<Int>? {
    var first: Range<Int>?
    unit.forEach(in: bytes, endOfLine: endOfLine != nil) { if first == nil { first = $0 } }
    return first
  }

  /// The bytes that `id` adds to a text after `previous`, or at the start of one.
  ///
  /// Those of the unit; a word has a space before it unless it starts a line. `<eos>` is a line feed.
  /// `<bos>` is nothing. `<unk>` is itself among words and U+FFFD, Unicode's replacement character, otherwise.
  public func bytes(of id: Int32, after previous: Int32? = nil) -> [UInt8] {
    var result: [UInt8] = []
    append(id, after: previous, to: &result)
    return result
  }

  private func append(_ id: Int32, after previous: Int32?, to bytes: inout [UInt8]) {
    guard table.count > id, id >= 0 else {
      fatalError("Vocabulary: there is no unit \(id) among \(count)")
    }
    if id == startOfLine { return }
    let startsLine = previous == nil || previous == endOfLine || previous == startOfLine
    if unit == .word, !startsLine, id != endOfLine { bytes.append(UInt8(ascii: " ")) }
    bytes += table[Int(id)]
  }

  /// The text of `ids` as bytes, which for bytes as units need not be UTF-8.
  public func decodeBytes(_ ids: [Int32]) -> [UInt8] {
    var result: [UInt8] = []
    var previous: Int32?
    for id in ids {
      append(id, after: previous, to: &result)
      previous = id
    }
    return result
  }

  /// The text of `ids`; bytes that are not UTF-8 become U+FFFD.
  public func decode(_ ids: [Int32]) -> String {
    String(decoding: decodeBytes(ids), as: UTF8.self)
  }
}
