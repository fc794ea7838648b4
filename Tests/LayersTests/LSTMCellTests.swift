import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("LSTMCell")
struct LSTMCellTests {
  /// The reference files' options: `lstm-<names>`.
  static let options = [
    "peepholes", "coupled", "coupled-peepholes", "layer-norm", "zoneout",
    "peepholes-projection", "layer-norm-peepholes", "layer-norm-sum", "activations-peepholes",
    "coupled-layer-norm-peepholes-projection-zoneout",
  ]

  static func set(_ options: inout LSTMCell.Options, _ name: String) {
    options.hasPeepholes = name.contains("peepholes")
    options.hasCoupledGates = name.contains("coupled")
    options.layerNorm =
      name.contains("layer-norm-sum") ? .sum : name.contains("layer-norm") ? .products : .none
    options.gateActivation = name.contains("activations") ? .hardSigmoid : .sigmoid
    options.activation = name.contains("activations") ? .softsign : .tanh
    options.projectionSize = name.contains("projection") ? 3 : nil
    options.cellZoneout = name.contains("zoneout") ? 0.3 : 0
    options.hiddenZoneout = name.contains("zoneout") ? 0.1 : 0
  }

  static let cases =
    options.map { name in CellCase<LSTMCell>(name) { set(&$0, name) } }
    + Biases.allCases.map { biases in
      CellCase<LSTMCell>("biases \(biases)") { $0.biases = biases }
    } + [CellCase<LSTMCell>("projection") { $0.projectionSize = 2 }]

  @Test(arguments: options)
  func statesAndGradientsAreTheReferences(_ name: String) throws {
    var options = LSTMCell.Options()
    Self.set(&options, name)
    options.biases = .two
    try RecurrentFixture<LSTMCell>("cells/lstm-" + name, options: options).check(tolerance: 1e-10)
  }

  @Test(arguments: cases)
  func derivativesAreThoseOfFiniteDifferences(_ variant: CellCase<LSTMCell>) {
    variant.checkDerivatives()
  }

  @Test(arguments: cases)
  func everyParameterIsVisited(_ variant: CellCase<LSTMCell>) {
    checkParameters(variant.cell())
  }

  @Test func theForgetBiasStartsAtOneAndTheRestAtZero() {
    var generator = RandomGenerator(seed: 3)
    let plain = LSTMCell(inputSize: 2, hiddenSize: 2, using: &generator)
    #expect(plain.inputBias?.scalars == [0, 0, 1, 1, 0, 0, 0, 0])

    var options = LSTMCell.Options()
    options.hasCoupledGates = true
    options.biases = .two
    options.forgetBias = 2.5
    let coupled = LSTMCell(inputSize: 2, hiddenSize: 2, options: options, using: &generator)
    #expect(coupled.inputBias?.scalars == [2.5, 2.5, 0, 0, 0, 0])
    #expect(coupled.recurrentBias?.scalars == [0, 0, 0, 0, 0, 0])
  }

  @Test func aFreshCellHasTheSizesAskedForAndTheReferencesNames() {
    var options = LSTMCell.Options()
    options.hasPeepholes = true
    options.layerNorm = .products
    options.projectionSize = 3
    options.biases = .two
    var generator = RandomGenerator(seed: 3)
    let cell = LSTMCell(inputSize: 2, hiddenSize: 5, options: options, using: &generator)
    #expect(cell.inputSize == 2)
    #expect(cell.hiddenSize == 5)
    #expect(cell.outputSize == 3)
    #expect(cell.initialState(batch: 4).hidden.shape == [4, 3])
    #expect(cell.initialState(batch: 4).cell.shape == [4, 5])
    let expected: [(String, Shape)] = [
      ("weight_ih", [20, 2]), ("weight_hh", [20, 3]), ("bias_ih", [20]), ("bias_hh", [20]),
      ("weight_hr", [3, 5]), ("peephole_i", [5]), ("peephole_f", [5]), ("peephole_o", [5]),
      ("layer_norm_ih.weight", [20]), ("layer_norm_ih.bias", [20]),
      ("layer_norm_hh.weight", [20]), ("layer_norm_hh.bias", [20]),
      ("layer_norm_c.weight", [5]), ("layer_norm_c.bias", [5]),
    ]
    #expect(cell.parameters.map(\.name) == expected.map(\.0))
    #expect(cell.parameters.map(\.tensor.shape) == expected.map(\.1))
  }

  @Test func aProjectionAsWideAsTheCellIsAProjectionToo() {
    var options = LSTMCell.Options()
    options.projectionSize = 3
    var generator = RandomGenerator(seed: 3)
    let cell = LSTMCell(inputSize: 2, hiddenSize: 3, options: options, using: &generator)
    #expect(cell.parameters.map(\.name).contains("weight_hr"))
    #expect(cell.outputSize == 3)
  }
}
