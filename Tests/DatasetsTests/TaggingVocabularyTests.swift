import Datasets
import TestSupport
import Testing

@Suite("TaggingVocabulary")
struct TaggingVocabularyTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static let words = ["The", "cat", "sees", "the", "sea", "cat", "é", "e\u{301}"]
  static let tags = ["D", "N", "V", "D", "N", "N", "X", "X"]

  @Test func symbolsComeByFrequencyThenByTheirSpelling() {
    let table = SymbolTable(of: ["b", "a", "c", "c", "d", "d", "d"], hasUnknown: false)
    #expect(table.symbols == ["d", "c", "a", "b"])
    #expect(table.number(of: "a") == 2 && table.number(of: "x") == nil)
    let frequent = SymbolTable(of: ["b", "a", "c", "c"], minimumCount: 2, hasUnknown: true)
    #expect(frequent.symbols == ["<unk>", "c"])
    #expect(frequent.number(of: "c") == 1 && frequent.number(of: "a") == 0)
  }

  @Test func aStringSpelledAsTheSymbolForOthersIsIt() {
    let table = SymbolTable(of: ["<unk>", "<unk>", "a"], hasUnknown: true)
    #expect(table.symbols == ["<unk>", "a"] && table.number(of: "<unk>") == 0)
    #expect(SymbolTable(of: ["<unk>"], hasUnknown: false).symbols == ["<unk>"])
  }

  @Test func caseMayBeLeftToTheCharacters() {
    let cased = TaggingVocabulary(words: Self.words, tags: Self.tags)
    #expect(cased.number(ofWord: "The") != cased.number(ofWord: "the"))
    let lower = TaggingVocabulary(words: Self.words, tags: Self.tags, lowercase: true)
    #expect(lower.number(ofWord: "The") == lower.number(ofWord: "THE"))
    #expect(lower.number(ofWord: "dog") == 0)
    #expect(lower.spelling(of: "The") != lower.spelling(of: "the"))
    #expect(lower.spelling(of: "z").elementsEqual([0]) && lower.spelling(of: "").isEmpty)
    #expect(lower.tags.symbols == ["N", "D", "X", "V"])
  }

  @Test func whatIsWrittenReadsBackEqual() throws {
    let path = folder.file("vocabulary.json")
    for lowercase in [true, false] {
      let vocabulary = TaggingVocabulary(
        words: Self.words + ["\"", "a b", "\u{1F642}"], tags: Self.tags + ["_", "-"],
        lowercase: lowercase)
      try vocabulary.write(to: path)
      #expect(try TaggingVocabulary(contentsOf: path) == vocabulary)
    }
  }

  @Test(
    "a damaged file is one sentence",
    arguments: [
      ("{", "it is not the JSON of an unfold tagging vocabulary"),
      (
        #"{"format":"unfold vocabulary","version":1,"lowercase":true,"words":[],"characters":[],"tags":[]}"#,
        "format and version should be 'unfold tagging vocabulary' and 1, not 'unfold vocabulary' and 1"
      ),
      (
        #"{"format":"unfold tagging vocabulary","version":1,"lowercase":true,"words":["<unk>","a","a"],"characters":["<unk>"],"tags":["N"]}"#,
        "'a' is there twice among the words"
      ),
      (
        #"{"format":"unfold tagging vocabulary","version":1,"lowercase":true,"words":["<unk>"],"characters":["b"],"tags":["N"]}"#,
        "the first of the characters should be '<unk>'"
      ),
      (
        #"{"format":"unfold tagging vocabulary","version":1,"lowercase":true,"words":["<unk>"],"characters":["<unk>"],"tags":[]}"#,
        "it has no tags"
      ),
    ])
  func damaged(text: String, reason: String) throws {
    let path = try folder.write(text, to: "vocabulary.json")
    #expect(throws: VocabularyError.format(path: path, reason: reason)) {
      try TaggingVocabulary(contentsOf: path)
    }
  }
}
