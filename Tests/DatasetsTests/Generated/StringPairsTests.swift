import TestSupport
import Testing

@testable import Datasets

@Suite("Pairs of strings")
struct StringPairsTests {
  @Test(
    "every target is its source, forwards or backwards", arguments: StringPairs.Kind.allCases,
    [(1, 0...0), (3, 1...1), (7, 5...40), (26, 80...80)])
  func targets(kind: StringPairs.Kind, drawn: (letters: Int, lengths: ClosedRange<Int>)) {
    var generator = Generator(state: 5)
    let task = StringPairs(kind, letters: drawn.letters, lengths: drawn.lengths)
    let pairs = task.pairs(97, using: &generator)
    #expect(pairs.count == 97 && pairs.target.count == 97)
    #expect(pairs.source.lines == Array(1...97) && pairs.target.lines == pairs.source.lines)
    let letters = Set((0..<drawn.letters).map { UInt8(ascii: "a") + UInt8($0) })
    for (source, target) in zip(pairs.source.texts, pairs.target.texts) {
      let bytes = Array(source.utf8)
      #expect(drawn.lengths.contains(bytes.count) && letters.isSuperset(of: bytes))
      #expect(Array(target.utf8) == (kind == .copy ? bytes : bytes.reversed()))
    }
  }

  @Test func lengthsAndLettersAreDrawnEvenly() {
    var generator = Generator(state: 7)
    let pairs = StringPairs(.copy, letters: 5, lengths: 2...8).pairs(21_000, using: &generator)
    var lengths: [Int: Int] = [:]
    var letters: [Character: Int] = [:]
    for text in pairs.source.texts {
      lengths[text.count, default: 0] += 1
      for letter in text { letters[letter, default: 0] += 1 }
    }
    // 3,000 each; the deviation is 51.
    #expect(lengths.count == 7 && lengths.values.allSatisfy { abs($0 - 3_000) < 255 })
    // About 21,000 each; the deviation is 140.
    let mean = letters.values.reduce(0, +) / 5
    #expect(letters.count == 5 && letters.values.allSatisfy { abs($0 - mean) < 700 })
  }

  @Test func aSeedSaysWhichPairsAndMoreOfThemStartWithTheSame() {
    let task = StringPairs(.reverse, lengths: 5...40)
    func drawn(_ count: Int, seed: UInt64) -> ParallelCorpus {
      var generator = Generator(state: seed)
      return task.pairs(count, using: &generator)
    }
    let few = drawn(3, seed: 11)
    let many = drawn(17, seed: 11)
    #expect(few == drawn(3, seed: 11))
    #expect(Array(many.source.texts.prefix(3)) == few.source.texts)
    #expect(Array(many.target.texts.prefix(3)) == few.target.texts)
    #expect(drawn(3, seed: 12) != few)
    #expect(drawn(0, seed: 11).count == 0)
  }

  @Test func noLettersAndMoreThanThereAreTrap() async {
    let none = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = StringPairs(.copy, letters: 0, lengths: 1...2)
    }
    expectMessage(none, "StringPairs: 1 to 26 letters, got 0")
    let many = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = StringPairs(.copy, letters: 27, lengths: 1...2)
    }
    expectMessage(many, "StringPairs: 1 to 26 letters, got 27")
    let negative = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = StringPairs(.copy, lengths: -1...2)
    }
    expectMessage(negative, "StringPairs: lengths of 0 at the least, got -1...2")
  }
}
