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
