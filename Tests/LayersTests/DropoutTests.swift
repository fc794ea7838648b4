import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Dropout")
struct DropoutTests {
  static func ones(_ lengths: [Int], columns: Int = 50, identities: [UInt64]? = nil)
    -> SequenceBatch
  {
    SequenceBatch(
      .ones([lengths.reduce(0, +), columns]), lengths: lengths, identities: identities)
  }

  @Test func nothingIsDroppedWithoutRandomnessOrAtRateZero() {
    let batch = SequenceBatch(.scattered([5, 3]), lengths: [2, 3])
    #expect(Dropout(0.5)(batch, randomness: nil).values.scalars == batch.values.scalars)
    #expect(
      Dropout(0)(batch, randomness: Randomness(seed: 1)).values.scalars == batch.values.scalars)
  }

  @Test(arguments: [0.1, 0.5, 0.8], [false, true])
  func theRateIsDroppedAndTheMeanKept(_ rate: Double, _ isVariational: Bool) {
    let lengths = Array(repeating: 2, count: 400)
    let dropped = Dropout(rate, isVariational: isVariational)(
      Self.ones(lengths), randomness: Randomness(seed: 1)
    ).values.scalars
    // 40,000 draws, half as many that differ when a sequence shares its mask: deviations of at most 0.0036 of the share.
    let share = Double(dropped.count { $0 == 0 }) / Double(dropped.count)
    #expect(abs(share - rate) < 0.02)
    #expect(dropped.allSatisfy { $0 == 0 || abs($0 * (1 - rate) - 1) < 1e-6 })
    #expect(abs(dropped.reduce(0, +) / Double(dropped.count) - 1) < 0.06)
  }

  @Test func theMaskIsTheSequencesOwnInAnyCompany() {
    let dropout = Dropout(0.5), randomness = Randomness(seed: 1)
    let together = dropout(
      Self.ones([2, 0, 3], identities: [10, 20, 30]), randomness: randomness
    ).values
    let alone = dropout(Self.ones([3], identities: [30]), randomness: randomness).values
    #expect(alone.scalars == together.slice(2..<5).scalars)
    let other = dropout(Self.ones([3], identities: [31]), randomness: randomness).values
    #expect(other.scalars != alone.scalars)
  }

  @Test func aVariationalMaskIsOneForTheWholeSequence() {
    let batch = Self.ones([3, 2])
    func rows(_ isVariational: Bool) -> [[Double]] {
      let values = Dropout(0.5, isVariational: isVariational)(batch, randomness: .init(seed: 1))
        .values
      return (0..<5).map { values.slice($0..<$0 + 1).scalars }
    }
    let variational = rows(true)
    #expect(Set(variational[..<3]).count == 1)
    #expect(Set(variational[3...]).count == 1)
    #expect(variational[0] != variational[3])
    #expect(Set(rows(false)).count == 5)
  }

  @Test func theGradientFlowsThroughWhatIsKept() {
    let batch = SequenceBatch(.scattered([5, 8]), lengths: [2, 3])
    let mask = Dropout(0.5)(
      batch.replacing(values: .ones([5, 8], scalarType: .float64)), randomness: .init(seed: 1)
    ).values
    let (_, gradient) = valueWithGradient(at: batch.values) {
      Dropout(0.5)(batch.replacing(values: $0), randomness: .init(seed: 1)).values.sum()
    }
    #expect(gradient.scalars == mask.scalars)
    #expect(Set(gradient.scalars) == [0, 2])
  }

  @Test func aRateOfOneTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Dropout(1)
    }
    expectMessage(exit, "Dropout: the rate must be in [0, 1), got 1.0")
  }
}
