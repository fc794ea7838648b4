import Testing

@testable import Datasets

@Suite("Choosing among pairs of sentences")
struct ParallelCorpusSelectionTests {
  static func corpus(_ pairs: [(String, String)]) -> ParallelCorpus {
    ParallelCorpus(
      source: Sentences(pairs.map(\.0), path: "a"), target: Sentences(pairs.map(\.1), path: "b"))
  }

  @Test func sentencesKeepTheNumbersOfTheirLines() {
    let sentences = Sentences(["a", "b", "c", "d"], path: "x", numberedFrom: 7)
    #expect(sentences.lines == [7, 8, 9, 10])
    #expect(sentences[1..<3] == Sentences(["b", "c"], path: "x", numberedFrom: 8))
    let pairs = Self.corpus([("a", "1"), ("b", "2"), ("c", "3")])[[2, 0]]
    #expect(pairs.source.texts == ["c", "a"] && pairs.target.texts == ["3", "1"])
    #expect(pairs.source.lines == [3, 1] && pairs.count == 2)
  }

  @Test func trimmingTakesAllWhiteSpaceAtTheEndsAndNoneWithin() {
    let texts = ["  a  b\u{3000}\t", "\u{A0}", "", "c", " \u{202F}é \r"]
    #expect(Sentences(texts, path: "").trimmed.texts == ["a  b", "", "", "c", "é"])
    let pairs = Self.corpus([(" a", "b ")]).trimmed
    #expect(pairs.source.texts == ["a"] && pairs.target.texts == ["b"])
  }

  @Test func wordsAreCountedOnBothSides() {
    let pairs = Self.corpus([
      ("a b c", "d"), ("a", "b c d"), ("a b", "c d"), ("", ""), ("a\u{A0}b\u{2003}c", "d"),
    ])
    #expect(pairs.pairs(ofWordsUpTo: 2).source.lines == [3, 4])
    #expect(pairs.pairs(ofWordsUpTo: 3) == pairs)
  }

  @Test func translationsOfOneSentenceStandTogether() {
    // "é" composed and decomposed are equal strings and two texts.
    let pairs = Self.corpus([
      ("a", "1"), ("\u{E9}", "2"), ("a", "3"), ("e\u{301}", "4"), ("b", "5"), ("a", "6"),
    ])
    #expect(pairs.placesBySource == [[0, 2, 5], [1], [3], [4]])
    #expect(Self.corpus([]).placesBySource.isEmpty)
  }

  @Test func unitsAreShownAsTheyStandInTheLine() throws {
    let merges = BytePairMerges([.init(Array("a".utf8), Array("b".utf8))])
    let segmenter = LineSegmenter(
      words: Tokenizer(.asItIs), bytePairs: BytePairEncoder(merges))
    let coder = LineCoder(segmenter, Vocabulary(of: "ab@@ c\n", unit: .word, endOfLine: true))
    #expect(coder.units(of: "abc  zz ") == ["ab@@", "c", "z@@", "z"])
    #expect(coder.units(of: try coder.encode("abc")) == ["ab@@", "c", "\n"])
    let letters = LineCoder(
      LineSegmenter(.character, lowercase: true), Vocabulary(of: "ab", unit: .character))
    #expect(letters.units(of: "Aß ") == ["a", "ß", " "])
  }
}
