import Tensors
import Testing

@testable import Models

@Suite("LargestLogits")
struct LargestLogitsTests {
  /// The definition: all sorted, largest first, equal ones by their symbols.
  static func sorted(_ logits: [Float], _ count: Int, without banned: Set<Int32> = []) -> [Int32] {
    let symbols = (0..<Int32(logits.count)).filter {
      logits[Int($0)] > -.infinity && !banned.contains($0)
    }
    return Array(
      symbols.sorted { (logits[Int($1)], $0) < (logits[Int($0)], $1) }.prefix(count))
  }

  static func select(
    _ logits: [Float], _ count: Int, without excluded: Set<Int32> = []
  ) -> [Int32] {
    var ban = DecodingConstraints.Ban(DecodingConstraints(excluded: excluded), end: 0)
    ban.update(after: HypothesisTree.root, of: HypothesisTree(), length: 0, maximum: 9)
    var largest = LargestLogits<Float>()
    logits.withUnsafeBufferPointer { largest.select(count, of: $0, unless: ban, end: 0) }
    for entry in largest.entries { #expect(entry.logit == logits[Int(entry.symbol)]) }
    return largest.entries.map(\.symbol)
  }

  @Test(
    "they are the first of all sorted", arguments: [1, 3, 17, 63, 64, 65, 129, 1000, 10_007])
  func sizes(size: Int) {
    var generator = RandomGenerator(seed: UInt64(size))
    for kinds in [3, 50, 1 << 20] {
      // Few kinds of number make many equal ones.
      let logits = (0..<size).map { _ in Float(Int(generator.next() % UInt64(kinds))) - 2 }
      for count in [1, 2, 5, 19, 200] {
        #expect(Self.select(logits, count) == Self.sorted(logits, count))
        let excluded: Set<Int32> = [0, 7, 40, Int32(size - 1)]
        #expect(
          Self.select(logits, count, without: excluded)
            == Self.sorted(logits, count, without: excluded))
      }
    }
  }

  @Test func risingFallingAndMissingLogits() {
    let rising = (0..<300).map { Float($0) }
    #expect(Self.select(rising, 4) == [299, 298, 297, 296])
    #expect(Self.select(rising.reversed(), 4) == [0, 1, 2, 3])
    var missing = Array(repeating: -Float.infinity, count: 131)
    #expect(Self.select(missing, 4).isEmpty)
    missing[130] = -.greatestFiniteMagnitude
    missing[5] = 0
    #expect(Self.select(missing, 4) == [5, 130])
  }
}
