import Testing

@testable import Datasets

@Suite("Vocabulary")
struct VocabularyTests {
  @Test(
    "decoding gives back every byte",
    arguments: Samples.texts, [TextUnit.character, .grapheme, .byte])
  func roundTrip(text: String, unit: TextUnit) throws {
    for endOfLine in [false, true] {
      let vocabulary = Vocabulary(of: Samples.mixed + "\n" + text, unit: unit, endOfLine: endOfLine)
      let ids = try vocabulary.encode(text)
      #expect(vocabulary.decodeBytes(ids) == Array(text.utf8))
      #expect(Array(vocabulary.decode(ids).utf8) == Array(text.utf8))
      #expect(ids.allSatisfy { (0..<Int32(vocabulary.count)).contains($0) })
    }
  }

  @Test func allBytesGoThere() throws {
    let bytes = (0...255).map { UInt8($0) }
    let vocabulary = Vocabulary(ofBytes: bytes + [200, 200, 7], unit: .byte)
    #expect(vocabulary.count == 256)
    #expect(vocabulary.id(of: [200]) == 0 && vocabulary.id(of: [7]) == 1)
    let ids = try vocabulary.encode(bytes: bytes.reversed())
    #expect(Set(ids).count == 256)
    #expect(vocabulary.decodeBytes(ids) == bytes.reversed())
    #expect(vocabulary.decode([try #require(vocabulary.id(of: [0xE3]))]) == "\u{FFFD}")
  }

  @Test func orderIsByFrequencyThenByBytesAfterTheSymbols() {
    let vocabulary = Vocabulary(
      of: "bbb a\u{301}\u{e9} zz\nyy\n", unit: .character, endOfLine: true, unknown: true)
    let order = (0..<Int32(vocabulary.count)).map { vocabulary.decode([$0]) }
    #expect(
      order.map { Array($0.unicodeScalars) }
        == ["\u{FFFD}", "\n", "b", " ", "y", "z", "a", "\u{e9}", "\u{301}"].map {
          Array($0.unicodeScalars)
        })
    #expect(vocabulary.unknown == 0 && vocabulary.endOfLine == 1)
  }

  @Test func equalStringsOfOtherScalarsAreOtherUnits() throws {
    let vocabulary = Vocabulary(of: "\u{e9}\u{e9}e\u{301}", unit: .grapheme)
    #expect(vocabulary.count == 2)
    #expect(vocabulary.id(of: "\u{e9}") == 0 && vocabulary.id(of: "e\u{301}") == 1)
    #expect(try vocabulary.encode("e\u{301}\u{e9}") == [1, 0])
  }

  @Test func aWindowsLineEndIsOneGraphemeBesideTheLineFeed() throws {
    let vocabulary = Vocabulary(of: "a\r\nb\n", unit: .grapheme, endOfLine: true)
    #expect(vocabulary.count == 4)
    #expect(try vocabulary.encode("\n") == [0])
    #expect(vocabulary.id(of: "\r\n") != vocabulary.endOfLine)
  }

  @Test func anUnknownUnitIsAnErrorUnlessThereIsASymbol() throws {
    let strict = Vocabulary(of: "abc", unit: .character)
    #expect(strict.unknown == nil)
    #expect(throws: VocabularyError.unknownUnit(unit: Array("é".utf8), offset: 2)) {
      try strict.encode("abéxc")
    }
    let open = Vocabulary(of: "abc", unit: .character, unknown: true)
    #expect(try open.decode(open.encode("abéxc")) == "ab\u{FFFD}\u{FFFD}c")
  }

  @Test func rareUnitsAndASizeLimitBringTheSymbolIn() throws {
    let text = "aaaabbbccd"
    let rare = Vocabulary(of: text, unit: .character, minimumCount: 2)
    #expect(rare.count == 4 && rare.unknown == 0 && rare.id(of: "d") == nil)
    #expect(Vocabulary(of: text, unit: .character, minimumCount: 1).unknown == nil)
    #expect(Vocabulary(of: text, unit: .character, maximumSize: 4).unknown == nil)
    let small = Vocabulary(of: text, unit: .character, maximumSize: 3)
    #expect(small.count == 3 && small.unknown == 0)
    #expect(try small.encode(text) == [1, 1, 1, 1, 2, 2, 2, 0, 0, 0])
    let ends = Vocabulary(of: text + "\n", unit: .character, endOfLine: true, maximumSize: 5)
    #expect(ends.count == 5 && ends.unknown == nil)
  }

  @Test func wordsHaveLineEndsAndTheSymbolForUnknownOnes() throws {
    let vocabulary = Vocabulary(of: "the cat\nthe dog\n", unit: .word, endOfLine: true)
    #expect(vocabulary.count == 5)
    let ids = try vocabulary.encode("the  mouse\n\ncat")
    #expect(ids == [2, 0, 1, 1, 3, 1])
    #expect(vocabulary.decode(ids) == "the <unk>\n\ncat\n")
    #expect(try vocabulary.encode(vocabulary.decode(ids)) == ids)
    #expect(vocabulary.bytes(of: 3, after: 2) == Array(" cat".utf8))
    #expect(vocabulary.bytes(of: 3, after: 1) == Array("cat".utf8))
  }

  @Test func wordsMaySpellTheSymbolsOut() throws {
    let text = "<unk> of N <eos> <unk>\n"
    let vocabulary = Vocabulary(of: text, unit: .word, endOfLine: true)
    #expect(vocabulary.count == 4)
    #expect(try vocabulary.encode(text) == [0, 3, 2, 1, 0, 1])
    let plain = Vocabulary(of: "<eos> a", unit: .word)
    #expect(try plain.encode("<eos>") == [1] && plain.count == 3)
  }

  @Test("the symbol that a line starts from is nothing in the text", arguments: TextUnit.allCases)
  func startOfLine(unit: TextUnit) throws {
    let vocabulary = Vocabulary(
      of: "ab a\n", unit: unit, endOfLine: true, startOfLine: true, unknown: true)
    #expect(vocabulary.unknown == 0 && vocabulary.endOfLine == 1 && vocabulary.startOfLine == 2)
    #expect((0..<4).map { vocabulary.isSymbol($0) } == [true, true, true, false])
    let ids = try vocabulary.encode(line: "a ab")
    #expect(!ids.contains(2) && ids.last == 1)
    #expect(vocabulary.decode([2] + ids) == "a ab\n" && vocabulary.bytes(of: 2) == [])
    #expect(vocabulary.decode(line: ids + [3, 3]) == "a ab")
    #expect(try vocabulary.encode(line: "") == [1] && vocabulary.decode(line: [1, 3]) == "")
    #expect(vocabulary.id(of: "") != vocabulary.startOfLine)
    let small = Vocabulary(
      of: "ab cd ab ef\n", unit: unit, endOfLine: true, startOfLine: true, maximumSize: 4)
    #expect(small.count == 4 && small.unknown == 0 && small.startOfLine == 2)
    let alone = Vocabulary(of: "abc", unit: unit, startOfLine: true)
    #expect(alone.endOfLine == nil && alone.startOfLine == (unit == .word ? 1 : 0))
    #expect(try alone.encode(line: "abc").last == (unit == .word ? 2 : alone.id(of: "c")))
  }

  @Test func wordsMaySpellTheStartOut() throws {
    let vocabulary = Vocabulary(of: "<bos> a <bos> b", unit: .word, startOfLine: true)
    #expect(vocabulary.count == 4 && vocabulary.startOfLine == 1)
    #expect(try vocabulary.encode("b <bos>") == [3, 1])
  }

  @Test func tensOfThousandsOfWordsAreAllFound() throws {
    let words = (0..<50_000).map { "w\($0)語" }
    let vocabulary = Vocabulary(of: words.joined(separator: " "), unit: .word)
    #expect(vocabulary.count == 50_001)
    let ids = try vocabulary.encode(words.reversed().joined(separator: "\n"))
    #expect(!ids.contains(0) && Set(ids).count == 50_000)
    #expect(vocabulary.decode(ids) == words.reversed().joined(separator: " "))
  }

  @Test func anEmptyTextHasOnlySymbols() throws {
    #expect(Vocabulary(of: "", unit: .character).count == 0)
    let words = Vocabulary(of: "", unit: .word, endOfLine: true)
    #expect(words.count == 2)
    #expect(try words.encode("a") == [0, 1])
    #expect(try words.encode("") == [])
  }
}
