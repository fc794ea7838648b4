import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("DeepTransitionCell")
struct DeepTransitionCellTests {
  /// The reference files' options: `deep-transition-<names>`.
  static let options = [
    "input", "transition", "transition-skip", "output", "input-transition-skip-output",
  ]

  static func set(_ options: inout DeepTransitionCell.Options, _ name: String) {
    options.activation = .softsign
    options.inputLayers = name.contains("input") ? [4, 3] : []
    options.transitionLayers = name.contains("transition") ? [4, 3] : []
    options.hasSkip = name.contains("skip")
    options.outputLayers = name.contains("output") ? [4, 3] : []
  }

  static let cases =
    options.map { name in CellCase<DeepTransitionCell>(name) { set(&$0, name) } }
    + [CellCase<DeepTransitionCell>("one layer, tanh") { $0.transitionLayers = [5] }]

  @Test(arguments: options)
  func statesAndGradientsAreTheReferences(_ name: String) throws {
    var options = DeepTransitionCell.Options()
    Self.set(&options, name)
    // The file has h before o, which a state has first.
    try RecurrentFixture<DeepTransitionCell>(
      "cells/deep-transition-\(name)", options: options,
      parts: name.contains("output") ? ["c", "h"] : nil
    ).check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<DeepTransitionCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<DeepTransitionCell>) {
    checkParameters(variant.cell())
  }

  @Test func withoutLayersItIsAnElmanCellToTheBit() {
    let deep = CellCase<DeepTransitionCell>("none").cell()
    var elman = CellCase<ElmanCell>("plain").cell()
    elman.inputWeight = deep.inputWeight
    elman.recurrentWeight = deep.recurrentWeight
    elman.inputBias = deep.bias
    let x = Tensor.scattered([4, 2]), h = Tensor.scattered([4, 3], seed: 2)
    #expect(
      deep.step(x, from: .init(hidden: h)).output.scalars
        == elman.step(x, from: .init(hidden: h)).output.scalars)
  }

  @Test func aFreshCellHasTheSizesAskedFor() {
    var options = DeepTransitionCell.Options()
    options.inputLayers = [7]
    options.transitionLayers = [6, 4]
    options.hasSkip = true
    options.outputLayers = [8, 9]
    var generator = RandomGenerator(seed: 3)
    let cell = DeepTransitionCell(inputSize: 2, hiddenSize: 5, options: options, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.hiddenSize == 5)
    #expect(cell.outputSize == 9)
    #expect(cell.initialState(batch: 3).tensors.map(\.shape) == [[3, 9], [3, 5]])
    let weights = cell.parameters.filter { $0.name.contains("weight") }
    let expected: [(String, Shape)] = [
      ("input_0.weight", [7, 2]), ("weight_ih", [6, 7]), ("weight_hh", [6, 5]),
      ("transition_0.weight", [4, 6]), ("transition_1.weight", [5, 4]), ("weight_skip", [5, 5]),
      ("output_0.weight", [8, 5]), ("output_1.weight", [9, 8]),
    ]
    #expect(weights.map(\.name) == expected.map(\.0))
    #expect(weights.map(\.tensor.shape) == expected.map(\.1))
  }

  @Test func droppedWeightsAreThoseOfTheRecursion() {
    var cell = Self.cases[4].cell()
    var shapes: [Shape] = []
    cell.updateRecurrentWeights {
      shapes.append($0.shape)
      $0 = .zeros($0.shape, scalarType: $0.scalarType)
    }
    #expect(shapes == [[4, 3], [3, 4], [3, 3], [3, 3]])
    // Nothing is left of the past.
    let x = Tensor.scattered([4, 2])
    #expect(
      cell.step(x, from: .init(hidden: .scattered([4, 3]))).hidden.scalars
        == cell.step(x, from: .init(hidden: .zeros([4, 3], scalarType: .float64))).hidden.scalars)
  }

  @Test func stacksReadTheOutputsOfTheCellsBelow() {
    var options = DeepTransitionCell.Options()
    options.outputLayers = [4]
    var generator = RandomGenerator(seed: 3)
    let stack = RecurrentStack<DeepTransitionCell>(
      layers: 2, inputSize: 2, hiddenSize: 5, options: options, weightDropout: 0.4,
      using: &generator)
    #expect(stack.layers[1].cell.inputSize == 4)
    let batch = SequenceBatch(.scattered([4, 2], scalarType: .float32), lengths: [3, 1])
    #expect(stack(batch, randomness: Randomness(seed: 3)).output.values.shape == [4, 4])
    #expect(stack.parameters.map(\.name).contains("output_0_l1.weight"))
  }

  @Test func aSkipPastNothingTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CellCase<DeepTransitionCell>("skip") { $0.hasSkip = true }.cell()
    }
    expectMessage(
      exit, "DeepTransitionCell: a skip connection needs transition layers to go past")
  }
}
