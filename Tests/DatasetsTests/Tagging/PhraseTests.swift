import Foundation
import Testing

@testable import Datasets

@Suite("Phrase")
struct PhraseTests {
  private func phrases(_ tags: String) -> String {
    Phrase.decode(tags.split(separator: " ").map(String.init))
      .map { "\($0.type)\($0.range.lowerBound)-\($0.range.upperBound)" }.joined(separator: " ")
  }

  @Test(
    "tags are read as conlleval reads them",
    arguments: [
      ("", ""), ("O O", ""), ("I-A", "A0-1"), ("B-A I-A O I-A", "A0-2 A3-4"),
      ("I-A I-A B-A I-A", "A0-2 A2-4"), ("B-A I-B I-B", "A0-1 B1-3"), ("O I-A B-B", "A1-2 B2-3"),
      ("B-A B-A", "A0-1 A1-2"), ("B I O I", "0-2 3-4"), ("B-A-b I-A-b I-A", "A-b0-2 A2-3"),
      ("B-A E-A S-A E-A", "A0-2 A2-3 A3-4"), ("B-A I-A L-A U-B", "A0-3 B3-4"),
      ("S-A S-A I-A O", "A0-1 A1-2 A2-3"), ("E-A E-A I-A", "A0-1 A1-2 A2-3"),
    ])
  func decode(tags: String, expected: String) {
    #expect(phrases(tags) == expected)
  }

  @Test(
    "the same phrases are written in every scheme",
    arguments: [
      (PhraseScheme.iob1, "I-A I-A B-A O I-B I-A"), (.iob2, "B-A I-A B-A O B-B B-A"),
      (.iobes, "B-A E-A S-A O S-B S-A"), (.bilou, "B-A L-A U-A O U-B U-A"),
    ])
  func encode(scheme: PhraseScheme, tags: String) {
    let tags = tags.split(separator: " ").map(String.init)
    for other in PhraseScheme.allCases {
      #expect(scheme.convert(other.convert(tags)) == tags)
    }
  }

  @Test func namesOfSchemes() {
    #expect(PhraseScheme(name: "BIO") == .iob2 && PhraseScheme(name: "BIOES") == .iobes)
    #expect(PhraseScheme(name: "iob1") == .iob1 && PhraseScheme(name: "BILOU") == .bilou)
    #expect(PhraseScheme(name: "IOB") == nil)
  }

  /// All sequences of `count` tags.
  private func sequences(of tags: [String], count: Int) -> [[String]] {
    (0..<count).reduce([[]]) { sequences, _ in sequences.flatMap { s in tags.map { s + [$0] } } }
  }

  @Test(
    "what a scheme allows is what it writes",
    arguments: [
      (PhraseScheme.iob1, "BI"), (.iob2, "BI"), (.iobes, "BIES"), (.bilou, "BILU"),
    ])
  func allows(scheme: PhraseScheme, letters: String) {
    let tags = ["O"] + letters.flatMap { ["\($0)-A", "\($0)-B"] }
    for sequence in sequences(of: tags, count: 3) {
      let ends = [nil] + sequence.map { Optional($0) } + [nil]
      let isAllowed = zip(ends.dropFirst(), ends).allSatisfy { scheme.allows($0, after: $1) }
      #expect(isAllowed == (scheme.convert(sequence) == sequence), "\(sequence)")
    }
  }

  @Test func theScoreOfAnExampleCountedByHand() {
    var score = PhraseScore()
    // Right: NP 0-2. Found and wrong: NP 3-4 (too short). Missed: NP 3-5 and VP 5-6.
    score.add(
      found: ["B-NP", "I-NP", "O", "B-NP", "O", "O", "O"],
      expected: ["I-NP", "I-NP", "O", "B-NP", "I-NP", "B-VP", "O"])
    #expect(score.all == PhraseScore.Counts(expected: 3, found: 2, correct: 1))
    #expect(score.byType["VP"] == PhraseScore.Counts(expected: 1, found: 0, correct: 0))
    #expect(score.all.precision == 0.5 && abs(score.all.recall - 1.0 / 3) < 1e-15)
    #expect(abs(score.all.f1 - 0.4) < 1e-15)
    #expect(score.words == 7 && score.correctWords == 4)
    #expect(PhraseScore().all.f1 == 0 && PhraseScore().accuracy == 0)
  }

  /// A sentence and its score by another program; see `Scripts/reference/phrases.py`.
  private struct Case: Decodable {
    var expected: [String]
    var found: [String]
    var counts: [String: [Int]]
    var wordsCorrect: Int

    enum CodingKeys: String, CodingKey {
      case expected, found, counts
      case wordsCorrect = "words_correct"
    }
  }

  @Test func theScoresOfRandomTagsAreThoseOfConlleval() throws {
    let path = fixturePath("tagging/phrases.json")
    let cases = try JSONDecoder().decode(
      [Case].self, from: Data(contentsOf: URL(filePath: path)))
    #expect(cases.count == 160)
    for example in cases {
      var score = PhraseScore()
      score.add(found: example.found, expected: example.expected)
      var counts = score.byType.mapValues { [$0.expected, $0.found, $0.correct] }
      if !counts.isEmpty { counts[""] = [score.all.expected, score.all.found, score.all.correct] }
      #expect(counts == example.counts, "\(example)")
      #expect(score.correctWords == example.wordsCorrect)
    }
  }
}
