import Configuration
import Datasets
import Files
import Foundation
import Layers
import Tasks
import Testing
import TestSupport

@Suite("TextCorpus")
struct TextCorpusTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  func configuration(
    _ text: String, _ change: (inout LanguageModelConfiguration.Data) -> Void = { _ in }
  ) throws -> LanguageModelConfiguration.Data {
    var configuration = LanguageModelConfiguration.Data()
    configuration.train = try folder.write(text, to: "train.txt")
    configuration.validationFraction = 0
    change(&configuration)
    return configuration
  }

  @Test(
    "every unit has its tokens and its characters",
    arguments: [
      (TextUnit.character, 10, 10), (.grapheme, 8, 10), (.byte, 15, 15),
      (.word, 6, 10),
    ])
  func units(unit: TextUnit, tokens: Int, characters: Int) throws {
    // A decomposed é, a CR LF, two characters of three bytes.
    let text = "e\u{301} \r\n日 本 b"
    let corpus = try TextCorpus(configuration(text) { $0.unit = unit })
    #expect(corpus.train.tokens.count == tokens)
    #expect(corpus.train.characters == characters)
    if unit != .word {
      #expect(corpus.vocabulary.decodeBytes(corpus.train.tokens) == Array(text.utf8))
    }
  }

  @Test func theEndsOfLinesAreTokensAmongWordsUnlessToldOtherwise() throws {
    let text = "a b\na\n"
    let with = try TextCorpus(configuration(text) { $0.unit = .word })
    #expect(with.train.tokens.count == 5 && with.vocabulary.count == 4)
    let without = try TextCorpus(
      configuration(text) {
        $0.unit = .word
        $0.endOfLine = false
      })
    #expect(without.train.tokens.count == 3 && without.vocabulary.count == 3)
  }

  @Test func fractionsAreCutFromTheEnd() throws {
    let corpus = try TextCorpus(
      configuration("abcdefghijklmnopqrst") {
        $0.validationFraction = 0.25
        $0.testFraction = 0.1
      })
    let validation = try #require(corpus.validation), test = try #require(corpus.test)
    #expect(corpus.vocabulary.decode(corpus.train.tokens) == "abcdefghijklm")
    #expect([corpus.train, validation, test].map(\.characters) == [13, 5, 2])
    #expect([corpus.train, validation, test].map(\.tokens.count) == [13, 5, 2])
  }

  @Test func unitsThatOnlyTheHeldOutTextHasAreUnknown() throws {
    let corpus = try TextCorpus(configuration("ababababcd") { $0.validationFraction = 0.2 })
    let unknown = try #require(corpus.vocabulary.unknown)
    #expect(corpus.vocabulary.count == 3)
    #expect(corpus.validation?.tokens == [unknown, unknown])
  }

  @Test func filesOfTheirOwnTakeThePlaceOfFractions() throws {
    let validation = try folder.write("bba", to: "validation.txt")
    let test = try folder.write("b", to: "test.txt")
    let corpus = try TextCorpus(
      configuration("abab") {
        $0.validation = validation
        $0.test = test
      })
    let a = try #require(corpus.vocabulary.id(of: "a")),
      b = try #require(corpus.vocabulary.id(of: "b"))
    #expect(corpus.train.tokens == [a, b, a, b])
    #expect(corpus.validation?.tokens == [b, b, a])
    #expect(corpus.test?.tokens == [b])
  }

  @Test func lowerCaseIsPutOnBeforeUnitsAreCounted() throws {
    let corpus = try TextCorpus(configuration("AaÄä") { $0.lowercase = true })
    #expect(corpus.vocabulary.count == 3)
    #expect(corpus.vocabulary.decode(corpus.train.tokens) == "aaää")
  }

  @Test func rareUnitsAndUnitsBeyondTheLimitAreUnknown() throws {
    let rare = try TextCorpus(configuration("aaabbc") { $0.minimumCount = 2 })
    #expect(rare.vocabulary.count == 3)
    #expect(rare.train.tokens.last == rare.vocabulary.unknown)
    let few = try TextCorpus(configuration("aaabbc") { $0.maximumVocabulary = 2 })
    #expect(few.vocabulary.count == 2)
    #expect(few.train.tokens.filter { $0 == few.vocabulary.unknown }.count == 3)
  }

  @Test func aKnownVocabularyIsKept() throws {
    let known = Vocabulary(of: "zyx", unit: .character, unknown: true)
    let corpus = try TextCorpus(configuration("xyzq"), vocabulary: known)
    #expect(corpus.vocabulary == known)
    #expect(corpus.vocabulary.decode(corpus.train.tokens) == "xyz\u{FFFD}")
  }

  @Test func bitsPerCharacterAreCountedInCharactersNotTokens() throws {
    // Four tokens, ten characters: "ab", the end of the line, "cdef", the end of the line. The first is not predicted,
    // which leaves three tokens of eight characters; ln 2 nats are a bit.
    let corpus = try TextCorpus(configuration("ab  \ncdef\n") { $0.unit = .word })
    #expect(corpus.train.tokens.count == 4 && corpus.train.characters == 10)
    #expect(abs(corpus.train.bitsPerCharacter(log(2.0)) - 0.375) < 1e-15)
    #expect(abs(corpus.train.bitsPerCharacter(3 * log(2.0)) - 1.125) < 1e-15)
    #expect(
      LanguageModelTask<LSTMCell>.text(corpus.train.figures(log(8.0)))
        == "loss 2.0794, perplexity 8.00, 1.125 bits per character")
  }

  @Test(
    "the characters of the first unit, and white space before it, are not predicted",
    arguments: [
      (TextUnit.character, 9), (.grapheme, 8), (.byte, 14), (.word, 7),
    ])
  func predicted(unit: TextUnit, characters: Int) throws {
    // A decomposed é first among graphemes, é and a letter among words.
    let corpus = try TextCorpus(configuration("e\u{301}b 日本 cd\n") { $0.unit = unit })
    #expect(corpus.train.predictedCharacters == characters)
    let spaced = try TextCorpus(configuration("  ab cd") { $0.unit = .word })
    #expect(spaced.train.predictedCharacters == 3)
  }

  @Test func aTextOfOneUnitHasNoBitsPerCharacter() throws {
    let corpus = try TextCorpus(configuration("a"))
    #expect(corpus.train.bitsPerCharacter(1).isNaN)
  }

  @Test func theUnigramLossIsThatOfTheTrainingTextsFrequencies() throws {
    // Of <unk>, a, b and with one more of each: 1/7, 4/7, 2/7. The first b is not predicted.
    let corpus = try TextCorpus(configuration("aaabbaX") { $0.validationFraction = 3.0 / 7 })
    let part = try #require(corpus.validation)
    #expect(corpus.vocabulary.count == 3)
    let expected = -(log(4.0 / 7) + log(1.0 / 7)) / 2
    #expect(abs(corpus.unigramLoss(on: part) - expected) < 1e-12)
  }

  @Test(
    "languages without spaces and mixed ones are read to the byte",
    arguments: [
      "春の海、ひねもすのたり。\n猫が縁側で眠る。\n", "山高水长，月落乌啼。\n她在窗前写字。\n",
      "바람이 불면 잎이 진다.\n강가에 앉아 책을 읽는다.\n", "Tea 茶 お茶 차 — 100 %\r\n\tnaïve 👩‍👩‍👧\n",
    ])
  func languages(text: String) throws {
    for unit in [TextUnit.character, .grapheme, .byte] {
      let corpus = try TextCorpus(configuration(text) { $0.unit = unit })
      let path = folder.file("vocabulary.json")
      try corpus.vocabulary.write(to: path)
      let again = try Vocabulary(contentsOf: path)
      #expect(again == corpus.vocabulary)
      #expect(again.decodeBytes(try again.encode(text)) == Array(text.utf8))
    }
  }

  @Test func aTextThatCannotBeReadIsNamed() throws {
    #expect(throws: TextError.file(.missing(path: folder.file("no.txt")))) {
      _ = try TextCorpus(configuration("ab") { $0.validation = folder.file("no.txt") })
    }
    let broken = try folder.write([0x61, 0xFF, 0x62], to: "broken.txt")
    #expect(throws: TextError.notUTF8(path: broken, line: 1, offset: 1, byte: 0xFF)) {
      _ = try TextCorpus(configuration("ab") { $0.train = broken })
    }
    let empty = try folder.write("", to: "empty.txt")
    #expect(throws: TextError.empty(path: empty)) {
      _ = try TextCorpus(configuration("ab") { $0.test = empty })
    }
  }
}
