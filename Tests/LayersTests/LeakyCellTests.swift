import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("LeakyCell")
struct LeakyCellTests {
  static let cases = [
    CellCase<LeakyCell>("learned"),
    CellCase<LeakyCell>("fixed") { $0.retention = .fixed(0.7) },
    CellCase<LeakyCell>("time scales, softplus") {
      $0.retention = .timeScales(1...40)
      $0.activation = .softplus
    },
  ]
  static let perUnit = CellCase<LeakyCell>("per unit") { $0.retention = .perUnit([0, 0.25, 1]) }

  @Test(
    arguments: [
      ("fixed", LeakyCell.Retention.fixed(0.7)), ("per-unit", .perUnit([0, 0.25, 0.5, 0.75, 1])),
      ("time-scales", .timeScales(2...32)), ("learned", .learned(2...32)),
    ])
  func statesAndGradientsAreTheReferences(_ name: String, _ retention: LeakyCell.Retention) throws {
    var options = LeakyCell.Options()
    options.retention = retention
    try RecurrentFixture<LeakyCell>("cells/leaky-\(name)", options: options).check(tolerance: 1e-10)
  }

  @Test(arguments: cases + [perUnit])
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<LeakyCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases + [perUnit])
  func everyParameterIsVisited(_ variant: CellCase<LeakyCell>) { checkParameters(variant.cell()) }

  @Test func unitsThatKeepNothingAreAnElmanCellsAndUnitsThatKeepAllStand() {
    let leaky = Self.perUnit.cell()
    var elman = CellCase<ElmanCell>("plain").cell()
    elman.inputWeight = leaky.inputWeight
    elman.recurrentWeight = leaky.recurrentWeight
    elman.inputBias = leaky.bias
    let x = Tensor.scattered([4, 2]), h = HiddenState(hidden: .scattered([4, 3], seed: 2))
    let found = leaky.step(x, from: h).hidden, plain = elman.step(x, from: h).hidden
    func column(_ tensor: Tensor, _ unit: Int) -> [Double] {
      tensor.slice(unit..<unit + 1, axis: 1).scalars
    }
    #expect(column(found, 0) == column(plain, 0))
    #expect(column(found, 2) == column(h.hidden, 2))
  }

  @Test(
    arguments: [LeakyCell.Retention.timeScales(2...32), .learned(2...32)])
  func timeScalesAreSpreadGeometrically(_ retention: LeakyCell.Retention) {
    var options = LeakyCell.Options()
    options.retention = retention
    var generator = RandomGenerator(seed: 3)
    let cell = LeakyCell(
      inputSize: 2, hiddenSize: 5, options: options, using: &generator, scalarType: .float64)
    expectClose(
      (1 - cell.retention).reciprocal(), [2, 4, 8, 16, 32], relative: 1e-12, absolute: 0)
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var generator = RandomGenerator(seed: 3)
    let cell = LeakyCell(inputSize: 2, hiddenSize: 5, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.outputSize == 5)
    #expect(
      cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih", "retention_logit"])
    #expect(cell.initialState(batch: 3).hidden.shape == [3, 5])
  }

  @Test func anAlphaAboveOneTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CellCase<LeakyCell>("fixed") { $0.retention = .fixed(1.5) }.cell()
    }
    expectMessage(exit, "LeakyCell: α must be in [0, 1], got 1.5")
  }

  @Test func tooFewAlphasTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CellCase<LeakyCell>("few") { $0.retention = .perUnit([0.5, 1]) }.cell()
    }
    expectMessage(exit, "LeakyCell: 3 units need as many α in [0, 1], got [0.5, 1.0]")
  }

  @Test func timeScalesOfLessThanAStepTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CellCase<LeakyCell>("short") { $0.retention = .timeScales(0.5...2) }.cell()
    }
    expectMessage(exit, "LeakyCell: time scales must be finite and at least 1 step, got 0.5...2.0")
  }
}
