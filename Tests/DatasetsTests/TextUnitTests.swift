import Testing

@testable import Datasets

@Suite("TextUnit")
struct TextUnitTests {
  private func units(_ text: String, _ unit: TextUnit, endOfLine: Bool = false) -> [String] {
    let bytes = Array(text.utf8)
    var result: [String] = []
    unit.forEach(in: bytes, endOfLine: endOfLine) {
      result.append($0.isEmpty ? "(end)" : String(decoding: bytes[$0], as: UTF8.self))
    }
    return result
  }

  @Test("characters, grapheme clusters and bytes cover the text", arguments: Samples.texts)
  func cover(text: String) {
    let bytes = Array(text.utf8)
    for unit in [TextUnit.character, .grapheme, .byte] {
      var end = 0
      unit.forEach(in: bytes, endOfLine: true) { range in
        #expect(range.lowerBound == end && !range.isEmpty)
        end = range.upperBound
      }
      #expect(end == bytes.count)
    }
  }

  @Test("characters are Unicode scalars", arguments: Samples.texts)
  func scalars(text: String) {
    let found = units(text, .character).map { Array($0.unicodeScalars) }
    #expect(found == text.unicodeScalars.map { [$0] })
  }

  @Test func graphemesAreWhatAReaderTakesForOneLetter() {
    #expect(units("e\u{301}x", .grapheme).map(\.unicodeScalars.count) == [2, 1])
    #expect(units("👨‍👩‍👧‍👦🇯🇵🇰🇷👍🏽", .grapheme) == ["👨‍👩‍👧‍👦", "🇯🇵", "🇰🇷", "👍🏽"])
    #expect(
      units("a\r\nb\n\rc", .grapheme).map { Array($0.utf8) } == [
        [97], [13, 10], [98], [10], [13], [99],
      ])
    #expect(units("नमस्ते", .grapheme).count < 6)
  }

  @Test func wordsStandBetweenWhiteSpaceOfAnyScript() {
    #expect(units("  one\ttwo\r\nthree \u{b}four\u{c}", .word) == ["one", "two", "three", "four"])
    #expect(
      units("吾輩は　猫\u{a0}で\u{2003}ある\u{85}。\u{2028}終\u{1680}り", .word)
        == ["吾輩は", "猫", "で", "ある", "。", "終", "り"])
    #expect(
      units("\u{200b}a\u{180e}\u{e2}\u{c2}é\u{3001}", .word) == [
        "\u{200b}a\u{180e}\u{e2}\u{c2}é\u{3001}"
      ])
    #expect(units(" \n\t ", .word) == [])
    #expect(units("", .word, endOfLine: true) == [])
  }

  @Test func eachLineOfWordsHasOneEnd() {
    #expect(units("a b\n\n c \n", .word, endOfLine: true) == ["a", "b", "\n", "\n", "c", "\n"])
    #expect(units("a\r\nb", .word, endOfLine: true) == ["a", "\n", "b", "(end)"])
    #expect(units("a\n ", .word, endOfLine: true) == ["a", "\n", "(end)"])
  }
}
