import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("CellState")
struct CellStateTests {
  private struct Pair: CellState {
    var first: Tensor
    var second: Tensor
    var output: Tensor { first }
    var tensors: [Tensor] { [first, second] }
    init(tensors: [Tensor]) { (first, second) = (tensors[0], tensors[1]) }
  }

  private let pair = Pair(tensors: [.ramp([3, 2]), .ramp([3, 1]) { 10 + $0 }])

  @Test func chosenLanesAreTakenFromTheOtherState() {
    let fresh = Pair(tensors: [.ramp([3, 2]) { -$0 }, .ramp([3, 1]) { -10 - $0 }])
    let mixed = pair.resetting(lanes: [2, 0, 2], to: fresh)
    #expect(mixed.first.scalars == [0, -1, 2, 3, -4, -5])
    #expect(mixed.second.scalars == [-10, 11, -12])
    #expect(pair.resetting(lanes: [], to: fresh).first.scalars == pair.first.scalars)
  }

  @Test func rowsAreGatheredFromEveryPart() {
    let rows = pair.gatherRows([2, 0])
    #expect(rows.first.scalars == [4, 5, 0, 1])
    #expect(rows.second.scalars == [12, 10])
    #expect(rows.rowCount == 2)
  }

  @Test func noGradientFlowsThroughADetachedState() {
    let (value, gradient) = valueWithGradient(at: Tensor.ramp([2, 2])) { x in
      let state = Pair(tensors: [x * 2, x * 3])
      return (state.detached.first * x).sum() + state.second.sum()
    }
    // ∂/∂x of (2x)·x with 2x held fixed is 2x, and 3 for the second part.
    #expect(gradient.scalars == [3, 5, 7, 9])
    #expect(value.item == 2 * 14 + 3 * 6)
  }

  @Test func aTensorIsAStateOfOnePart() {
    let state = Tensor.ramp([3, 2])
    #expect(state.tensors.count == 1)
    #expect(state.output.scalars == state.scalars)
    #expect(state.rowCount == 3)
    #expect(
      state.resetting(lanes: [1], to: .zeros([3, 2], scalarType: .float64)).scalars
        == [0, 1, 0, 0, 4, 5])
  }

  @Test func aLaneThatDoesNotExistTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let state = Tensor.ramp([3, 2])
      _ = state.resetting(lanes: [3, 1], to: state)
    }
    expectMessage(exit, "resetting: lanes [1, 3] of a state of 3 rows")
  }
}
