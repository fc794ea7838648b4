import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("unfold")
struct UnfoldTests {
  static let x = Tensor([1, 2, 3, 4, 5], shape: [5, 1], scalarType: .float64)

  @Test func everyStateFollowsTheOneBeforeIt() {
    let run = unfold(Accumulator(), over: .chain([2, 0, 3]), Self.x)
    #expect(run.states.scalars == [1, 2.5, 3, 5.5, 7.75])
    #expect(run.last.scalars == [2.5, 0, 7.75])
    #expect(run.output.shape == [5, 1])
  }

  @Test func aBackwardWalkIsAForwardWalkOverReversedSequences() {
    let run = unfold(Accumulator(), over: .chain([2, 0, 3], direction: .backward), Self.x)
    let reversed = unfold(
      Accumulator(), over: .chain([2, 0, 3]), Self.x.gatherRows([1, 0, 4, 3, 2]))
    #expect(run.states.scalars == reversed.states.gatherRows([1, 0, 4, 3, 2]).scalars)
    #expect(run.last.scalars == reversed.last.scalars)
    #expect(run.last.scalars == [2, 0, 6.25])
  }

  @Test func anEmptySequenceEndsInItsInitialState() {
    let start = Tensor([10, 20, 30], shape: [3, 1], scalarType: .float64)
    let run = unfold(Accumulator(), over: .chain([2, 0, 3]), Self.x, from: start)
    #expect(run.states.scalars == [6, 5, 18, 13, 11.5])
    #expect(run.last.scalars == [5, 20, 11.5])
    // … and the gradient with respect to it comes back unchanged: decay^length.
    let (_, gradient) = valueWithGradient(at: start) {
      unfold(Accumulator(), over: .chain([2, 0, 3]), Self.x, from: $0).last.sum()
    }
    #expect(gradient.scalars == [0.25, 1, 0.125])
  }

  @Test(arguments: [[], [0], [0, 0, 0]])
  func aBatchWithoutNodesHasNoStatesAndEndsWhereItBegan(_ lengths: [Int]) {
    let start = Tensor.ramp([lengths.count, 2]) { 1 + $0 }
    for direction in Direction.allCases {
      let structure = Structure.chain(lengths, direction: direction)
      let run = unfold(
        Accumulator(width: 2), over: structure, .zeros([0, 2], scalarType: .float64), from: start)
      #expect(run.states.shape == [0, 2])
      #expect(run.last.shape == start.shape)
      #expect(run.last.scalars == start.scalars)
    }
    let (_, gradient) = valueWithGradient(at: start) {
      unfold(
        Accumulator(width: 2), over: .chain(lengths), .zeros([0, 2], scalarType: .float64), from: $0
      ).last.sum()
    }
    #expect(gradient.scalars == start.scalars.map { _ in 1 })
  }

  @Test func aPerturbationOfZeroChangesNothingAndItsGradientIsThatOfTheState() {
    let zeros = Tensor.zeros([5, 1], scalarType: .float64)
    let plain = unfold(Accumulator(), over: .chain([2, 0, 3]), Self.x)
    let (value, gradient) = valueWithGradient(at: zeros) {
      unfold(Accumulator(), over: .chain([2, 0, 3]), Self.x, adding: $0).states.sum()
    }
    #expect(value.item == plain.states.scalars.reduce(0, +))
    // ∂/∂s(t) of Σ s: 1 + ½ + ¼ …, as many terms as nodes from t to the end.
    #expect(gradient.scalars == [1.5, 1, 1.75, 1.5, 1])
  }

  @Test(arguments: [NodeOrder.sequenceMajor, .stepMajor], Direction.allCases)
  func derivativesAreThoseOfFiniteDifferences(_ order: NodeOrder, _ direction: Direction) {
    struct Squashing: Cell {
      let weight: Tensor
      func initialState(batch: Int) -> Tensor { .zeros([batch, 3], scalarType: .float64) }
      func step(_ input: Tensor, from state: Tensor) -> Tensor {
        (state.matmul(weight) + input).tanh()
      }
    }
    let points: [Tensor] = [
      .scattered([3, 3], seed: 1), .scattered([7, 3], seed: 2), .scattered([4, 3], seed: 3),
    ]
    func states(_ p: [Tensor]) -> Tensor {
      let run = unfold(
        Squashing(weight: p[0]), over: .chain([2, 0, 4, 1], direction: direction, order: order),
        p[1], from: p[2])
      return .concatenate([run.states, run.last])
    }
    checkGradient(at: points, of: states)
    checkSecondDerivative(at: points, of: states)
  }

  @Test func inputsOfAnotherNumberOfNodesTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(Accumulator(), over: .chain([2, 2]), UnfoldTests.x)
    }
    expectMessage(exit, "unfold: 4 nodes need inputs [4, D], got [5, 1]")
  }

  @Test func anInitialStateOfAnotherNumberOfSequencesTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(
        Accumulator(), over: .chain([2, 3]), UnfoldTests.x,
        from: .zeros([3, 1], scalarType: .float64))
    }
    expectMessage(exit, "unfold: 2 sequences need an initial state [2, …], got [3, 1]")
  }

  @Test func aPerturbationOfAnotherNumberOfNodesTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(
        Accumulator(), over: .chain([2, 3]), UnfoldTests.x,
        adding: .zeros([2, 1], scalarType: .float64))
    }
    expectMessage(exit, "unfold: 5 nodes need a perturbation [5, …], got [2, 1]")
  }

  @Test func identitiesForAnotherNumberOfSequencesTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(Accumulator(), over: .chain([2, 3]), UnfoldTests.x, identities: [1])
    }
    expectMessage(exit, "unfold: 2 sequences need as many identities, got 1")
  }
}
