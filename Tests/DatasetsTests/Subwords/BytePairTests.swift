import Foundation
import TestSupport
import Testing

@testable import Datasets

@Suite("Byte pairs")
struct BytePairTests {
  /// What subword-nmt makes of a text; see `Scripts/reference/byte_pairs.py`.
  struct Case: Decodable, CustomTestStringConvertible {
    var text: String
    var merges: Int
    var minimum: Int
    var codes: String
    var other: String
    var encoded: String
    var threshold: Int
    var limited: String

    var testDescription: String { "\(merges) merges of \(text.prefix(20))" }
  }

  static let cases: [Case] = {
    let url = URL(filePath: fixturePath("translation/byte-pairs.json"))
    do {
      return try JSONDecoder().decode([Case].self, from: Data(contentsOf: url))
    } catch {
      fatalError("\(error)")
    }
  }()

  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func merges(_ example: Case) -> BytePairMerges {
    var learner = BytePairLearner()
    learner.add(example.text)
    return learner.merges(example.merges, minimumCount: example.minimum)
  }

  /// Single spaces, as subword-nmt leaves them; ours stay as they are.
  private func single(_ text: String) -> [[Substring]] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.split(separator: " ") }
  }

  @Test("merges are those of subword-nmt, to the byte of the file", arguments: cases)
  func learned(example: Case) throws {
    let merges = merges(example)
    try merges.write(to: folder.file("codes"))
    #expect(try folder.bytes(of: "codes") == Array(example.codes.utf8))
    #expect(try BytePairMerges(contentsOf: folder.file("codes")) == merges)
  }

  @Test("pieces are those of subword-nmt", arguments: cases)
  func encoded(example: Case) {
    let encoder = BytePairEncoder(merges(example))
    let found = encoder.encode(example.other)
    #expect(
      single(found).map { $0.map { Array($0.utf8) } }
        == single(example.encoded).map { $0.map { Array($0.utf8) } })
    #expect(encoder.decode(found).utf8.elementsEqual(example.other.utf8))
  }

  @Test("rare pieces are taken apart as subword-nmt does", arguments: cases)
  func limited(example: Case) {
    let merges = merges(example)
    let counts = BytePairEncoder.pieceCounts(of: BytePairEncoder(merges).encode(example.text))
    let encoder = BytePairEncoder(merges, counts: counts, minimumCount: example.threshold)
    let found = encoder.encode(example.other)
    #expect(
      single(found).map { $0.map { Array($0.utf8) } }
        == single(example.limited).map { $0.map { Array($0.utf8) } })
    #expect(encoder.decode(found).utf8.elementsEqual(example.other.utf8))
  }

  @Test(
    "decoding gives back every byte",
    arguments: Samples.texts + [
      "", " ", "a  b \n\n c@@ @@ @ @@@ a@@b\r\n", "@@\n@@ @@", "\u{e9}@@", "</w> a</w> <unk>",
    ])
  func lossless(text: String) {
    var learner = BytePairLearner()
    for sample in Samples.texts { learner.add(sample) }
    learner.add(text)
    learner.add("@@ @@ a@@ a@@ x@@@ x@@@")
    for count in [0, 3, 900] {
      let encoder = BytePairEncoder(learner.merges(count, minimumCount: 1))
      #expect(encoder.decode(encoder.encode(text)).utf8.elementsEqual(text.utf8))
    }
  }

  @Test func oneEncodingIsLearnedFromTwoLanguages() {
    var both = BytePairLearner()
    both.add("low low lower")
    both.add("neu neu neuer")
    var joined = BytePairLearner()
    joined.add("neu neu neuer\nlow low lower\n")
    #expect(both.merges(7) == joined.merges(7))
    // lo, ne, er</w>, low</w> and neu</w>; "low" within "lower" occurs once.
    #expect(both.merges(7).pairs.count == 5)
    #expect(both.merges(2).pairs == Array(both.merges(7).pairs.prefix(2)))
  }

  @Test func aTextWithoutPairsHasNoMerges() {
    #expect(BytePairLearner().merges(9).pairs.isEmpty)
    var learner = BytePairLearner()
    learner.add("a b c\na")
    #expect(learner.merges(9, minimumCount: 1).pairs.isEmpty)
    #expect(BytePairEncoder(learner.merges(9)).encode("ab a") == "a@@ b a")
  }

  @Test func aMarkAtTheEndOfALineIsTakenOff() {
    let encoder = BytePairEncoder(BytePairMerges([]))
    #expect(encoder.decode("a@@ b@@\nc@@") == "ab\nc")
  }

  @Test(
    "a file that is not merges is named with its line",
    arguments: [
      ("a b\n", "its first line should be '#version: 0.2'"),
      ("#version: 0.1\na b\n", "its first line should be '#version: 0.2'"),
      ("#version: 0.2\na b\nc\n", "line 3: a merge should be two symbols"),
      ("#version: 0.2\n\na b\n", "line 2: a merge should be two symbols"),
      ("#version: 0.2\na b 17\n", "found 'a b 17'"), ("#version: 0.2\na  b\n", "found 'a  b'"),
    ])
  func badFile(text: String, message: String) throws {
    let path = try folder.write(text, to: "codes")
    let error = #expect(throws: BytePairError.self) { try BytePairMerges(contentsOf: path) }
    expectSentence(try #require(error), naming: path, message)
  }

  @Test func aFileThatIsNotTextIsNamedWithItsLine() throws {
    let path = try folder.write(Array("#version: 0.2\na b\n".utf8) + [0xFF], to: "codes")
    #expect(throws: BytePairError.text(.notUTF8(path: path, line: 3, offset: 18, byte: 0xFF))) {
      try BytePairMerges(contentsOf: path)
    }
  }

  @Test func mergesOfAnotherVocabularyAreNoticed() throws {
    func merges(_ text: String) -> BytePairMerges {
      var learner = BytePairLearner()
      learner.add(text)
      return learner.merges(30, minimumCount: 1)
    }
    let text = "lower newer wider a@@ a@@"
    let encoder = BytePairEncoder(merges(text))
    let vocabulary = Vocabulary(
      of: encoder.encode(text + " üa\n"), unit: .word, endOfLine: true, startOfLine: true)
    try encoder.check(vocabulary)
    let error = #expect(throws: BytePairError.self) {
      try BytePairEncoder(merges("breiter neuer")).check(vocabulary)
    }
    expectSentence(try #require(error), naming: "none of them makes its piece 'lower'")
  }
}
