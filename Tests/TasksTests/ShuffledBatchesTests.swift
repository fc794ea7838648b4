import Tasks
import TestSupport
import Testing

@Suite("ShuffledBatches")
struct ShuffledBatchesTests {
  static func lengths(_ count: Int) -> [Int] { (0..<count).map { $0 * 37 % 101 } }

  @Test(
    "every example is in one batch of every epoch", arguments: [0, 1, 3, 17, 1201], [true, false])
  func complete(count: Int, similar: Bool) {
    let batches = ShuffledBatches(
      lengths: Self.lengths(count), batchSize: 7, seed: 3, hasSimilarLengths: similar)
    for epoch in [0, 1, 29] {
      let found = batches.epoch(epoch)
      #expect(found.flatMap(\.self).sorted() == Array(0..<count))
      #expect(found.count == (count + 6) / 7)
      #expect(found.count { $0.count != 7 } <= 1)
    }
  }

  @Test func theOrderIsOfTheSeedAndTheEpochAlone() {
    func order(seed: UInt64, epoch: Int) -> [[Int]] {
      ShuffledBatches(lengths: Self.lengths(90), batchSize: 4, seed: seed).epoch(epoch)
    }
    #expect(order(seed: 5, epoch: 2) == order(seed: 5, epoch: 2))
    #expect(order(seed: 5, epoch: 2) != order(seed: 5, epoch: 3))
    #expect(order(seed: 5, epoch: 2) != order(seed: 6, epoch: 2))
  }

  @Test func similarLengthsStandTogetherInNoOrderOfBatches() {
    let lengths = Self.lengths(700)
    func spread(_ batches: [[Int]]) -> Int {
      batches.reduce(0) { sum, batch in
        let found = batch.map { lengths[$0] }
        return sum + (found.max() ?? 0) - (found.min() ?? 0)
      }
    }
    let plain = ShuffledBatches(lengths: lengths, batchSize: 7, seed: 1).epoch(0)
    let similar = ShuffledBatches(
      lengths: lengths, batchSize: 7, seed: 1, hasSimilarLengths: true
    ).epoch(0)
    #expect(spread(similar) * 5 < spread(plain))
    let first = similar.map { lengths[$0[0]] }
    #expect(first != first.sorted() && first != first.sorted(by: >))
  }

  static func pairs(
    _ count: Int, tokens: Int, seed: UInt64 = 3, similar: Bool = true
  ) -> ShuffledBatches {
    ShuffledBatches(
      lengths: lengths(count), targetLengths: (0..<count).map { $0 * 53 % 67 + 1 },
      size: .tokens(tokens), seed: seed, hasSimilarLengths: similar)
  }

  @Test(
    "no batch of tokens has more than it may, and none could take the next one",
    arguments: [0, 1, 3, 17, 1201], [true, false])
  func tokens(count: Int, similar: Bool) {
    let batches = Self.pairs(count, tokens: 90, similar: similar)
    for epoch in [0, 1, 29] {
      let found = batches.epoch(epoch)
      #expect(found.flatMap(\.self).sorted() == Array(0..<count))
      for batch in found where batch.count > 1 {
        #expect(batch.reduce(0) { $0 + batches.lengths[$1] } <= 90)
        #expect(batch.reduce(0) { $0 + (batches.targetLengths?[$1] ?? 0) } <= 90)
      }
      let longest = found.map { batch in batch.map { batches.lengths[$0] }.max() ?? 0 }
      // Lengths reach 100, and longer pairs than a batch may hold are there all the same.
      #expect(count < 1000 || longest.contains { $0 > 90 })
    }
    let perEpoch = (0..<5).map { batches.epoch($0).count }
    #expect(batches.count(epochs: 5) == perEpoch.reduce(0, +))
    #expect(!similar || Set(perEpoch).count == 1)
  }

  @Test func batchesOfTokensAreAsFullAsTheirOrderAllows() {
    let batches = Self.pairs(1201, tokens: 400)
    let found = batches.epoch(2)
    let sums = found.map { batch in
      max(
        batch.reduce(0) { $0 + batches.lengths[$1] },
        batch.reduce(0) { $0 + (batches.targetLengths?[$1] ?? 0) })
    }
    #expect(sums.count { $0 <= 300 } <= 1)  // The last.
    let spread = found.map { batch in
      let lengths = batch.map { batches.lengths[$0] }
      return (lengths.max() ?? 0) - (lengths.min() ?? 0)
    }
    #expect(spread.reduce(0, +) < 6 * found.count)
    let short = found.filter { batches.lengths[$0[0]] < 10 }.map(\.count)
    let long = found.filter { batches.lengths[$0[0]] > 80 }.map(\.count)
    #expect((short.min() ?? 0) > (long.max() ?? 0))
  }

  @Test func batchesOfTokensAreOfTheSeedAndTheEpochAlone() {
    let epoch = Self.pairs(300, tokens: 200).epoch(2)
    #expect(Self.pairs(300, tokens: 200).epoch(2) == epoch)
    #expect(Self.pairs(300, tokens: 200).epoch(3) != epoch)
    #expect(Self.pairs(300, tokens: 200, seed: 4).epoch(2) != epoch)
  }

  @Test func examplesAreCountedOverEpochs() {
    let batches = ShuffledBatches(lengths: Self.lengths(15), batchSize: 4, seed: 1)
    #expect(batches.count(epochs: 3) == 12 && batches.count(epochs: .max) == .max)
  }

  @Test func aBatchWithoutExamplesTraps() async throws {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      _ = ShuffledBatches(lengths: [1], batchSize: 0, seed: 1)
    }
    let message = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
    #expect(message.contains("a batch needs examples, got a size of 0"))
  }
}
