import Testing

@testable import Datasets

@Suite("TextSplit")
struct TextSplitTests {
  @Test(
    "the parts are the text, cut between units", arguments: TextUnit.allCases,
    [(0.1, 0.0), (0.1, 0.2), (0.25, 0.5), (0.0, 0.3)])
  func partsJoinToTheText(unit: TextUnit, fractions: (Double, Double)) throws {
    let text = Samples.mixed
    let split = try TextSplit(validation: fractions.0, test: fractions.1)
    let parts = try split.parts(of: text, by: unit, endOfLine: true)
    #expect(
      Array(parts.train.utf8) + Array(parts.validation.utf8) + Array(parts.test.utf8)
        == Array(text.utf8))
    func count(_ text: String) -> Int {
      var count = 0
      unit.forEach(in: Array(text.utf8), endOfLine: false) { _ in count += 1 }
      return count
    }
    #expect(count(parts.train) + count(parts.validation) + count(parts.test) == count(text))
    #expect(parts.validation.isEmpty == (fractions.0 == 0))
    #expect(parts.test.isEmpty == (fractions.1 == 0))
  }

  @Test func sizesAreExactInSpiteOfRounding() throws {
    let text = String(repeating: "字", count: 1000)
    let parts = try TextSplit(validation: 0.1, test: 0.2).parts(of: text, by: .character)
    #expect([parts.train, parts.validation, parts.test].map(\.count) == [700, 100, 200])
    let odd = try TextSplit(validation: 0.1).parts(
      of: String(repeating: "x", count: 1_115_394), by: .byte)
    #expect(odd.train.utf8.count == 1_003_854 && odd.validation.utf8.count == 111_540)
  }

  @Test func wordsAreNotTornAndLinesKeepTheirEnds() throws {
    let words = try TextSplit(validation: 0.5).parts(of: "one two  three four", by: .word)
    #expect(words.train == "one two  " && words.validation == "three four")
    let lines = try TextSplit(validation: 0.5)
      .parts(of: "a b\nc d\n", by: .word, endOfLine: true)
    #expect(lines.train == "a b\n" && lines.validation == "c d\n")
    let before = try TextSplit(validation: 0.6)
      .parts(of: "a b\nc \n", by: .word, endOfLine: true)
    #expect(before.train == "a b\n" && before.validation == "c \n")
  }

  @Test func bytesAreCutAtTheStartOfACharacter() throws {
    let parts = try TextSplit(validation: 0.5).parts(of: "日本語", by: .byte)
    #expect(parts.train == "日" && parts.validation == "本語")
  }

  @Test func aTextTooShortToDivideSaysWhatItNeeds() throws {
    let split = try TextSplit(validation: 0.1)
    let purpose = "holding out 0.1 of it for validation and 0.0 for test"
    for count in 0..<2 {
      #expect(throws: TextError.tooShort(units: count, needed: 10, purpose: purpose)) {
        try split.parts(of: String(repeating: "x", count: count), by: .character)
      }
    }
    let three = try TextSplit(validation: 0.1, test: 0.2)
    for count in 10..<100 {
      #expect(throws: Never.self) {
        try three.parts(of: String(repeating: "x", count: count), by: .character)
      }
    }
  }

  @Test(
    "fractions that leave nothing are refused",
    arguments: [(-0.1, 0.0), (0.0, -0.1), (0.5, 0.5), (1.0, 0.0), (.nan, 0.0), (.infinity, 0.0)])
  func fractions(validation: Double, test: Double) {
    #expect(throws: TextError.self) { try TextSplit(validation: validation, test: test) }
  }
}
