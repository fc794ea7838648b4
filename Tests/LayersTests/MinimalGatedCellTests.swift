import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("MinimalGatedCell")
struct MinimalGatedCellTests {
  static let cases = [
    CellCase<MinimalGatedCell>("plain"),
    CellCase<MinimalGatedCell>("activations") {
      $0.gateActivation = .hardSigmoid
      $0.activation = .softsign
    },
  ]

  @Test func statesAndGradientsAreTheReferences() throws {
    try RecurrentFixture<MinimalGatedCell>("cells/minimal-gated", options: .init())
      .check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<MinimalGatedCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<MinimalGatedCell>) {
    checkParameters(variant.cell())
  }

  @Test func aGateThatIsShutKeepsTheStateToTheBit() {
    // f = σ(−1000) = 0: h′ = 1·h + 0·n.
    var cell = Self.cases[0].cell()
    cell.inputWeight = .zeros([6, 2], scalarType: .float64)
    cell.recurrentWeight = .zeros([6, 3], scalarType: .float64)
    cell.bias = .concatenate([
      .full([3], -1000, scalarType: .float64), .ones([3], scalarType: .float64),
    ])
    let h = HiddenState(hidden: .scattered([4, 3], seed: 2))
    #expect(cell.step(.scattered([4, 2]), from: h).hidden.scalars == h.hidden.scalars)
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var generator = RandomGenerator(seed: 3)
    let cell = MinimalGatedCell(inputSize: 2, hiddenSize: 5, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.outputSize == 5)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih"])
    #expect(cell.parameters.map(\.tensor.shape) == [[10, 2], [10, 5], [10]])
  }
}
