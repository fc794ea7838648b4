import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("JordanCell")
struct JordanCellTests {
  static let cases = [
    CellCase<JordanCell>("plain"),
    CellCase<JordanCell>("4 outputs between 0 and 1") {
      $0.outputSize = 4
      $0.outputFunction = .activation(.sigmoid)
    },
    CellCase<JordanCell>("probabilities of 3") {
      $0.outputSize = 3
      $0.outputFunction = .softmax
    },
    CellCase<JordanCell>("1 output, softsign") {
      $0.outputSize = 1
      $0.activation = .softsign
    },
  ]

  @Test func statesAndGradientsAreTheReferences() throws {
    var options = JordanCell.Options()
    options.outputSize = 3
    options.outputFunction = .activation(.sigmoid)
    try RecurrentFixture<JordanCell>("cells/jordan", options: options).check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<JordanCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<JordanCell>) { checkParameters(variant.cell()) }

  static let lengths = [3, 0, 1, 17, 5]
  static let inputs = Tensor.scattered([26, 2], seed: 3)
  static let targets = Tensor.scattered([26, 4], seed: 4)
  static let start = JordanCell.State(
    output: .scattered([5, 4], seed: 5), hidden: .scattered([5, 3], seed: 6))

  @Test(arguments: NodeOrder.allCases)
  func forcedStepsAreThoseOfAWalkThatIsToldTheRightOutputs(_ order: NodeOrder) {
    let cell = Self.cases[1].cell()
    let batch = SequenceBatch(Self.inputs, lengths: Self.lengths, order: order)
    let forced = cell.forced(batch, targets: Self.targets, from: Self.start)
    for (sequence, rows) in batch.rowNumbers.enumerated() {
      var state = Self.start.gatherRows([Int32(sequence)])
      for row in rows {
        state = cell.step(Self.inputs.gatherRows([row]), from: state)
        expectClose(
          forced.output.gatherRows([row]), state.output, relative: 1e-12, absolute: 1e-12)
        expectClose(
          forced.hidden.gatherRows([row]), state.hidden, relative: 1e-12, absolute: 1e-12)
        state.output = Self.targets.gatherRows([row])
      }
    }
  }

  @Test(arguments: NodeOrder.allCases)
  func forcedByItsOwnOutputsItIsTheUnfoldedCell(_ order: NodeOrder) {
    let cell = Self.cases[1].cell()
    let batch = SequenceBatch(Self.inputs, lengths: Self.lengths, order: order)
    for start in [nil, Self.start] {
      let free = Recurrent(cell)(batch, from: start).states
      let forced = cell.forced(batch, targets: free.output, from: start)
      expectClose(forced.output, free.output, relative: 1e-12, absolute: 1e-12)
      expectClose(forced.hidden, free.hidden, relative: 1e-12, absolute: 1e-12)
    }
  }

  @Test func forcedGradientsAreThoseOfFiniteDifferences() {
    let cell = Self.cases[1].cell(), batch = SequenceBatch(Self.inputs, lengths: Self.lengths)
    let parameters = cell.parameters.map(\.tensor)
    checkGradient(at: parameters + [Self.inputs, Self.targets, Self.start.output]) { points in
      let count = parameters.count
      let cell = cell.replacingParameters(Array(points[..<count]))
      return cell.forced(
        batch.replacing(values: points[count]), targets: points[count + 1],
        from: .init(output: points[count + 2], hidden: Self.start.hidden)
      ).output
    }
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var generator = RandomGenerator(seed: 3)
    var options = JordanCell.Options()
    options.outputSize = 4
    let cell = JordanCell(inputSize: 2, hiddenSize: 5, options: options, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.hiddenSize == 5)
    #expect(cell.outputSize == 4)
    #expect(cell.initialState(batch: 3).tensors.map(\.shape) == [[3, 4], [3, 5]])
    #expect(
      cell.parameters.map(\.name)
        == ["weight_ih", "weight_oh", "weight_ho", "bias_h", "bias_o"])
  }

  @Test func targetsOfAnotherWidthTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = JordanCellTests.cases[0].cell().forced(
        SequenceBatch(.scattered([5, 2]), lengths: [2, 3]), targets: .scattered([5, 4]))
    }
    expectMessage(exit, "JordanCell: 5 nodes need targets [5, 3], got [5, 4]")
  }

  @Test func valuesOfAnotherWidthTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = JordanCellTests.cases[0].cell().forced(
        SequenceBatch(.scattered([5, 7]), lengths: [2, 3]), targets: .scattered([5, 3]))
    }
    expectMessage(exit, "JordanCell: values must be [N, 2], got [5, 7]")
  }
}
