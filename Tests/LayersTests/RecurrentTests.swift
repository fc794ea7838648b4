import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Recurrent")
struct RecurrentTests {
  static func gru(_ direction: Direction = .forward) -> Recurrent<GRUCell> {
    Recurrent(CellCase<GRUCell>("gru").cell(), direction: direction)
  }

  @Test func noStateMeansTheInitialState() {
    let batch = SequenceBatch(.scattered([5, 2]), lengths: [2, 0, 3])
    let layer = Self.gru()
    let explicit = layer(batch, from: layer.cell.initialState(batch: 3))
    #expect(layer(batch).states.hidden.scalars == explicit.states.hidden.scalars)
    #expect(layer(batch).last.hidden.scalars == explicit.last.hidden.scalars)
  }

  @Test func backwardIsForwardOverReversedSequencesToTheBit() {
    let values = Tensor.scattered([6, 2])
    let reversal: IndexTensor = [1, 0, 5, 4, 3, 2]
    let backward = Self.gru(.backward)(SequenceBatch(values, lengths: [2, 0, 4]))
    let forward = Self.gru()(SequenceBatch(values.gatherRows(reversal), lengths: [2, 0, 4]))
    #expect(
      backward.states.hidden.gatherRows(reversal).scalars == forward.states.hidden.scalars)
    #expect(backward.last.hidden.scalars == forward.last.hidden.scalars)
  }

  @Test func itsParametersAreTheCells() {
    #expect(
      Self.gru().parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
    checkParameters(Self.gru())
  }

  @Test func valuesOfAnotherWidthTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrentTests.gru()(SequenceBatch(.scattered([5, 3]), lengths: [2, 3]))
    }
    expectMessage(exit, "Recurrent: values must be [N, 2], got [5, 3]")
  }
}
