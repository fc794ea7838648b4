import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("SequenceBatch")
struct SequenceBatchTests {
  @Test func rowsKnowTheirSequenceAndStepInBothOrders() {
    let values = Tensor.ramp([5, 1])
    let lengths = [2, 0, 3]
    let byLane = SequenceBatch(values, lengths: lengths, identities: [70, 80, 90])
    #expect(byLane.places.sequences == [70, 70, 90, 90, 90])
    #expect(byLane.places.steps == [0, 1, 0, 1, 2])
    let byStep = SequenceBatch(values, lengths: lengths, order: .stepMajor)
    #expect(byStep.places.sequences == [2, 0, 2, 0, 2])
    #expect(byStep.places.steps == [0, 0, 1, 1, 2])
    #expect(byLane.sequences == [0, 0, 2, 2, 2])
    #expect(byStep.sequences == [2, 0, 2, 0, 2])
    #expect(byLane.rowNumbers == [[0, 1], [], [2, 3, 4]])
    #expect(byStep.rowNumbers == [[1, 3], [], [0, 2, 4]])
  }

  @Test func replacingTheValuesKeepsTheRest() {
    let batch = SequenceBatch(
      .ramp([3, 2]), lengths: [1, 2], order: .stepMajor, identities: [8, 9])
    let other = batch.replacing(values: .ramp([3, 4]))
    #expect(other.values.shape == [3, 4])
    #expect(other.lengths == [1, 2])
    #expect(other.order == .stepMajor)
    #expect(other.identities == [8, 9])
    #expect(other.chain() == .chain([1, 2], order: .stepMajor))
    #expect(other.chain(.backward) == .chain([1, 2], direction: .backward, order: .stepMajor))
    #expect(other.chain(lags: [1, 3]) == .chain([1, 2], lags: [1, 3], order: .stepMajor))
  }

  @Test func lengthsThatDoNotAddUpTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SequenceBatch(.ramp([5, 2]), lengths: [2, 2])
    }
    expectMessage(
      exit, "SequenceBatch: lengths [2, 2] need values [4, D], got [5, 2]")
  }

  @Test func tooFewIdentitiesTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SequenceBatch(.ramp([4, 2]), lengths: [2, 2], identities: [1])
    }
    expectMessage(exit, "SequenceBatch: 2 sequences need as many identities")
  }
}
