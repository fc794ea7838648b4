import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Randomness")
struct RandomnessTests {
  /// Puts out the mask that it drew, or 7 where there is none to draw.
  private struct Drawing: Cell {
    let span: StepDraws.Span
    func initialState(batch: Int) -> Tensor { .zeros([batch, 8], scalarType: .float64) }
    func step(_ input: Tensor, from state: Tensor) -> Tensor {
      StepDraws.mask(3, columns: 8, keep: 0.5, span: span, scalarType: .float64)
        ?? .full(state.shape, 7, scalarType: .float64)
    }
  }

  private func draw(
    _ lengths: [Int], _ identities: [UInt64]? = nil, span: StepDraws.Span = .step,
    direction: Direction = .forward, seed: UInt64? = 5, step: UInt64 = 0
  ) -> [[Double]] {
    let nodes = lengths.reduce(0, +)
    let states = unfold(
      Drawing(span: span), over: .chain(lengths, direction: direction),
      .zeros([nodes, 1], scalarType: .float64),
      randomness: seed.map { Randomness(seed: $0, step: step) }, identities: identities
    ).states
    return (0..<nodes).map { states.slice($0..<$0 + 1).scalars }
  }

  @Test func withoutRandomnessThereIsNothingToDraw() {
    #expect(draw([2], seed: nil) == Array(repeating: Array(repeating: 7, count: 8), count: 2))
    #expect(StepDraws.mask(0, columns: 1, keep: 0.5, span: .step, scalarType: .float32) == nil)
  }

  @Test func aDrawDependsOnTheSequencesNameAndTheStepAlone() {
    let together = draw([2, 0, 3], [10, 20, 30])
    #expect(draw([3], [30]) == Array(together[2...]))
    #expect(draw([3, 2], [30, 10]) == Array(together[2...] + together[..<2]))
    #expect(draw([2, 3], [10, 30], direction: .backward) == together)
    #expect(Set(together).count == 5, "every node has a mask of its own")
  }

  @Test func namesAreTheSequencesNumbersUnlessGiven() {
    #expect(draw([2, 0, 3]) == draw([2, 0, 3], [0, 1, 2]))
  }

  @Test func aSequencesMaskIsTheSameAtAllItsSteps() {
    let masks = draw([2, 3], [10, 30], span: .sequence)
    #expect(Set(masks[..<2]).count == 1)
    #expect(Set(masks[2...]).count == 1)
    #expect(masks[0] != masks[2])
    #expect(draw([1], [30], span: .sequence)[0] == masks[2])
  }

  @Test func seedsStepsAndStreamsAreDifferentDraws() {
    #expect(draw([2]) == draw([2]))
    #expect(draw([2]) != draw([2], seed: 6))
    #expect(draw([2]) != draw([2], step: 1))
    let randomness = Randomness(seed: 5)
    #expect(randomness.stream(1).key != randomness.stream(2).key)
    #expect(randomness.stream(1) == Randomness(seed: 5).stream(1))
  }
}
