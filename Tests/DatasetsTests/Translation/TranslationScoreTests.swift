import Foundation
import Testing

@testable import Datasets

@Suite("Scores of translations")
struct TranslationScoreTests {
  /// What sacrebleu gives; see `Scripts/reference/translation_scores.py`.
  struct Fixture: Decodable {
    var corpora: [Corpus]
    var tokens: [Tokens]
  }

  struct Corpus: Decodable, CustomTestStringConvertible {
    var name: String
    var translations: [String]
    var references: [[String]]
    var scores: [Score]

    var testDescription: String { name }
  }

  struct Score: Decodable {
    var metric: String
    var options: Options
    var score: Double
    var signature: String
    var precisions: [Double]?
    var penalty: Double?
    var text: String?
    var name: String?
    var sentences: [Double]?
  }

  struct Options: Decodable {
    var tokenize: String?
    var lowercase: Bool?
    var smoothMethod: String?
    var smoothValue: Double?
    var effectiveOrder: Bool?
    var maxNgramOrder: Int?
    var wordOrder: Int?
    var charOrder: Int?
    var beta: Int?
    var whitespace: Bool?

    var bleu: BLEU {
      let smoothing: BLEU.Smoothing =
        switch smoothMethod {
        case "none": .none
        case "floor": .floor(smoothValue ?? 0.1)
        case "add-k": .addK(smoothValue ?? 1)
        default: .exponential
        }
      return BLEU(
        tokenization: tokenize.flatMap(BLEU.Tokenization.init) ?? .mteval13a,
        lowercase: lowercase ?? false, smoothing: smoothing, maximumOrder: maxNgramOrder ?? 4,
        usesEffectiveOrder: effectiveOrder ?? false)
    }

    var characters: CharacterFScore {
      CharacterFScore(
        characterOrder: charOrder ?? 6, wordOrder: wordOrder ?? 0, beta: beta ?? 2,
        lowercase: lowercase ?? false, countsWhiteSpace: whitespace ?? false)
    }
  }

  struct Tokens: Decodable {
    var text: String
    var tokens: [String: [String]]
  }

  static let fixture: Fixture = {
    let url = URL(filePath: fixturePath("translation/scores.json"))
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(Fixture.self, from: Data(contentsOf: url))
    } catch {
      fatalError("\(error)")
    }
  }()

  private func expectClose(_ found: Double, _ expected: Double, _ what: Any) {
    #expect(abs(found - expected) < 1e-9, "\(what)")
  }

  @Test("BLEU is sacrebleu's", arguments: fixture.corpora)
  func bleu(corpus: Corpus) throws {
    for expected in corpus.scores where expected.metric == "BLEU" {
      let bleu = expected.options.bleu
      let found = bleu.score(corpus.translations, references: corpus.references)
      expectClose(found.score, expected.score, expected)
      for (a, b) in zip(found.precisions, try #require(expected.precisions)) {
        expectClose(a, b, expected)
      }
      expectClose(found.brevityPenalty, try #require(expected.penalty), expected)
      #expect(found.description == expected.text)
      #expect(bleu.signature(references: corpus.references) == expected.signature)
      for (number, score) in (expected.sentences ?? []).enumerated() {
        let sentence = bleu.score(
          corpus.translations[number], references: corpus.references[number])
        expectClose(sentence.score, score, corpus.translations[number])
      }
    }
  }

  @Test("chrF and chrF++ are sacrebleu's", arguments: fixture.corpora)
  func chrF(corpus: Corpus) {
    for expected in corpus.scores where expected.metric == "CHRF" {
      let metric = expected.options.characters
      let found = metric.score(corpus.translations, references: corpus.references)
      expectClose(found, expected.score, expected)
      #expect(metric.name == expected.name)
      #expect(metric.signature(references: corpus.references) == expected.signature)
      for (number, score) in (expected.sentences ?? []).enumerated() {
        let sentence = metric.score(
          corpus.translations[number], references: corpus.references[number])
        expectClose(sentence, score, corpus.translations[number])
      }
    }
  }

  @Test func sentencesAreDividedAsSacrebleuDoes() {
    for example in Self.fixture.tokens {
      for tokenization in BLEU.Tokenization.allCases {
        let found = tokenization.words(of: example.text)
        let expected = (example.tokens[tokenization.rawValue] ?? []).map {
          Array($0.unicodeScalars)
        }
        #expect(found == expected, "\(tokenization.rawValue) of \(example.text)")
      }
    }
  }

  @Test func noTranslationsScoreZero() {
    #expect(BLEU().score([], references: []).score == 0)
    #expect(CharacterFScore.chrFPlusPlus.score([], references: []) == 0)
  }

  @Test func matchesAreCountedByPlace() {
    var score = MatchScore()
    #expect(score.exactMatch == 0 && score.accuracy == 0)
    score.add(found: [3, 1, 4], expected: [3, 1, 4])
    score.add(found: [3, 1, 4, 1, 5], expected: [3, 2, 4])
    score.add(found: [Int](), expected: [Int]())
    #expect(score.sentences == 3 && score.correctSentences == 2)
    #expect(score.units == 8 && score.correctUnits == 5)
    #expect(score.exactMatch == 2.0 / 3 && score.accuracy == 5.0 / 8)
  }

  @Test func textsMatchByTheirScalars() {
    var score = MatchScore()
    score.add(found: " the  cat sat", expected: "the cat sat", by: .word)
    score.add(found: "\u{e9}a", expected: "e\u{301}a", by: .character)
    score.add(found: "\u{e9}a", expected: "e\u{301}a", by: .grapheme)
    #expect(score.sentences == 3 && score.correctSentences == 1)
    #expect(score.units == 3 + 3 + 2 && score.correctUnits == 3 + 0 + 1)
  }
}
