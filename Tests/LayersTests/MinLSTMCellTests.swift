import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("MinLSTMCell")
struct MinLSTMCellTests {
  static let cases = [
    CellCase<MinLSTMCell>("linear"),
    CellCase<MinLSTMCell>("positive") { $0.candidate = .positive },
    CellCase<MinLSTMCell>("tanh") { $0.candidate = .activation(.tanh) },
  ]

  @Test(arguments: [
    ("linear", MinGRUCell.Candidate.activation(.identity)), ("positive", .positive),
  ])
  func statesAndGradientsAreTheReferences(_ name: String, _ candidate: MinGRUCell.Candidate) throws
  {
    var options = MinLSTMCell.Options()
    options.candidate = candidate
    try RecurrentFixture<MinLSTMCell>("cells/min-lstm-\(name)", options: options)
      .check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<MinLSTMCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<MinLSTMCell>) { checkParameters(variant.cell()) }

  @Test func gatesThatAreBothShutShareEvenly() {
    // f = i = σ(−1000), which is 0 in any type; their quotients are ½ all the same.
    var cell = Self.cases[0].cell()
    cell.inputWeight = .zeros([9, 2], scalarType: .float64)
    cell.bias = .concatenate([
      .full([6], -1000, scalarType: .float64), .full([3], 3, scalarType: .float64),
    ])
    let h = HiddenState(hidden: .scattered([4, 3], seed: 2))
    expectClose(
      cell.step(.scattered([4, 2]), from: h).hidden, (h.hidden + 3) * 0.5, relative: 1e-15,
      absolute: 0)
  }

  @Test func onlyTheRecursionIsWalked() throws {
    try MinGRUCellTests.checkPlan(MinLSTMCell.self, gates: 3)
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var generator = RandomGenerator(seed: 3)
    let cell = MinLSTMCell(inputSize: 2, hiddenSize: 5, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.outputSize == 5)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "bias_ih"])
    #expect(cell.parameters.map(\.tensor.shape) == [[15, 2], [15]])
  }
}
