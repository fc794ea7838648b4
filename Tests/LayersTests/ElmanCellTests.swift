import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("ElmanCell")
struct ElmanCellTests {
  static let cases =
    Activation.allCases.map { activation in
      CellCase<ElmanCell>(activation.rawValue) { $0.activation = activation }
    }
    + Biases.allCases.map { biases in
      CellCase<ElmanCell>("biases \(biases)") { $0.biases = biases }
    }

  @Test(arguments: Activation.allCases)
  func statesAndGradientsAreTheReferences(_ activation: Activation) throws {
    var options = ElmanCell.Options()
    options.activation = activation
    options.biases = .two
    try RecurrentFixture<ElmanCell>("cells/elman-\(activation.rawValue)", options: options)
      .check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<ElmanCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<ElmanCell>) {
    checkParameters(variant.cell())
  }

  @Test func twoBiasesAreAddedAndNoneIsZero() {
    let two = CellCase<ElmanCell>("two") { $0.biases = .two }.cell()
    var one = CellCase<ElmanCell>("one").cell()
    one.inputWeight = two.inputWeight
    one.recurrentWeight = two.recurrentWeight
    one.inputBias = two.inputBias.flatMap { bias in two.recurrentBias.map { bias + $0 } }
    let x = Tensor.scattered([4, 2]), h = HiddenState(hidden: .scattered([4, 3], seed: 2))
    expectClose(
      two.step(x, from: h).hidden, one.step(x, from: h).hidden, relative: 0, absolute: 1e-15)

    var none = CellCase<ElmanCell>("none") { $0.biases = .none }.cell()
    none.inputWeight = two.inputWeight
    none.recurrentWeight = two.recurrentWeight
    one.inputBias = .zeros([3], scalarType: .float64)
    #expect(none.step(x, from: h).hidden.scalars == one.step(x, from: h).hidden.scalars)
  }

  @Test func aFreshCellHasTheSizesAskedForAndNoBiasYet() {
    var generator = RandomGenerator(seed: 3)
    let cell = ElmanCell(inputSize: 2, hiddenSize: 5, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.outputSize == 5)
    #expect(cell.inputBias?.scalars == [0, 0, 0, 0, 0])
    #expect(cell.recurrentBias == nil)
    #expect(cell.initialState(batch: 3).hidden.scalars == Array(repeating: 0, count: 15))
    #expect(cell.parameters.map(\.name) == ["weight_ih", "weight_hh", "bias_ih"])
  }
}
