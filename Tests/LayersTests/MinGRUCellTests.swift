import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("MinGRUCell")
struct MinGRUCellTests {
  static let cases = [
    CellCase<MinGRUCell>("linear"),
    CellCase<MinGRUCell>("positive") { $0.candidate = .positive },
    CellCase<MinGRUCell>("activations") {
      $0.gateActivation = .hardSigmoid
      $0.candidate = .activation(.elu)
    },
  ]

  @Test(arguments: [
    ("linear", MinGRUCell.Candidate.activation(.identity)), ("positive", .positive),
  ])
  func statesAndGradientsAreTheReferences(_ name: String, _ candidate: MinGRUCell.Candidate) throws
  {
    var options = MinGRUCell.Options()
    options.candidate = candidate
    try RecurrentFixture<MinGRUCell>("cells/min-gru-\(name)", options: options)
      .check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<MinGRUCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<MinGRUCell>) { checkParameters(variant.cell()) }

  @Test func positiveCandidatesArePositiveAndJoinAtZero() {
    let x = Tensor([-40, -1, -1e-9, 0, 1e-9, 2], shape: [6], scalarType: .float64)
    let found = MinGRUCell.Candidate.positive(x)
    expectClose(
      found, [4.248354255291589e-18, 0.2689414213699951, 0.49999999975, 0.5, 0.500000001, 2.5],
      relative: 1e-14, absolute: 0)
  }

  @Test func aGateThatIsShutKeepsTheStateToTheBit() {
    // z = σ(−1000) = 0: h′ = 1·h + 0·n.
    var cell = Self.cases[0].cell()
    cell.inputWeight = .zeros([6, 2], scalarType: .float64)
    cell.bias = .concatenate([
      .full([3], -1000, scalarType: .float64), .ones([3], scalarType: .float64),
    ])
    let h = HiddenState(hidden: .scattered([4, 3], seed: 2))
    #expect(cell.step(.scattered([4, 2]), from: h).hidden.scalars == h.hidden.scalars)
  }

  @Test func onlyTheRecursionIsWalked() throws {
    try Self.checkPlan(MinGRUCell.self, gates: 2)
  }

  /// Both ways a step is a multiply–add and what brings it there; products and gates are before or after the walk.
  static func checkPlan<C: RecurrentCell>(_ type: C.Type, gates: Int) throws {
    let report = try PlanReportTests.report(C.self, .init())
    #expect(PlanReportTests.multiplyAdds(report.forward, .hoisted) == 24 * 40 * gates)
    #expect(PlanReportTests.multiplyAdds(report.forward, .walked) == 0)
    #expect(PlanReportTests.multiplyAdds(report.backward, .walked) == 0)
    let walked = report.forward.filter { $0.place == .walked }
    // To read what is kept, and to multiply and add.
    #expect(walked.reduce(0) { $0 + $1.elementOperations } <= 3 * 40)
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var generator = RandomGenerator(seed: 3)
    let cell = MinGRUCell(inputSize: 2, hiddenSize: 5, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.outputSize == 5)
    #expect(cell.parameters.map(\.name) == ["weight_ih", "bias_ih"])
    #expect(cell.parameters.map(\.tensor.shape) == [[10, 2], [10]])
  }
}
