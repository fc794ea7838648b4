import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("GRUCell")
struct GRUCellTests {
  static let cases = GRUCell.Reset.allCases.flatMap { reset in
    Biases.allCases.map { biases in
      CellCase<GRUCell>("reset \(reset), biases \(biases)") {
        $0.reset = reset
        $0.biases = biases
      }
    } + [
      CellCase<GRUCell>("reset \(reset), activations") {
        $0.reset = reset
        $0.gateActivation = .hardSigmoid
        $0.activation = .softsign
      }
    ]
  }

  @Test func withTheResetBeforeTheProductItIsTheReference() throws {
    var options = GRUCell.Options()
    options.reset = .before
    try RecurrentFixture<GRUCell>("cells/gru-reset-before", options: options)
      .check(tolerance: 1e-10)
  }

  @Test(arguments: GRUCell.Reset.allCases)
  func withOtherActivationsItIsTheReference(_ reset: GRUCell.Reset) throws {
    var options = GRUCell.Options()
    options.reset = reset
    options.gateActivation = .hardSigmoid
    options.activation = .softsign
    try RecurrentFixture<GRUCell>("cells/gru-activations-\(reset)", options: options)
      .check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<GRUCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<GRUCell>) {
    checkParameters(variant.cell())
  }

  @Test func anUpdateGateThatIsShutKeepsTheStateToTheBit() {
    // z = σ(1000) = 1: h′ = n + 1·(h − n).
    var cell = CellCase<GRUCell>("keeping").cell()
    cell.inputWeight = .zeros([9, 2], scalarType: .float64)
    cell.recurrentWeight = .zeros([9, 3], scalarType: .float64)
    cell.inputBias = .concatenate([
      .zeros([3], scalarType: .float64), .full([3], 1000, scalarType: .float64),
      .zeros([3], scalarType: .float64),
    ])
    cell.recurrentBias = .zeros([9], scalarType: .float64)
    let h = HiddenState(hidden: .scattered([4, 3], seed: 2))
    #expect(cell.step(.scattered([4, 2]), from: h).hidden.scalars == h.hidden.scalars)
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var generator = RandomGenerator(seed: 3)
    let cell = GRUCell(inputSize: 2, hiddenSize: 5, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.outputSize == 5)
    #expect(cell.initialState(batch: 3).hidden.shape == [3, 5])
    #expect(
      cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"])
    #expect(cell.parameters.map(\.tensor.shape) == [[15, 2], [15, 5], [15], [15]])
  }
}
