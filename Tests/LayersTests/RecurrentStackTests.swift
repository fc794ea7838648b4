import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("RecurrentStack")
struct RecurrentStackTests {
  static func stack<C: RecurrentCell>(
    _ cell: C.Type = C.self, _ options: C.Options, layers: Int = 2, hiddenSize: Int = 5,
    dropout: Dropout = Dropout(0), weightDropout: Double = 0
  ) -> RecurrentStack<C> {
    var generator = RandomGenerator(seed: 4)
    return RecurrentStack<C>(
      layers: layers, inputSize: 2, hiddenSize: hiddenSize, options: options, dropout: dropout,
      weightDropout: weightDropout, using: &generator, scalarType: .float64)
  }

  static let batch = SequenceBatch(.scattered([6, 2]), lengths: [2, 0, 4])

  @Test func parametersHavePyTorchsNames() {
    let names = [
      "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0",
      "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1",
    ]
    let rnn = Self.stack(ElmanCell.self, PyTorchTests.elman(.tanh))
    #expect(rnn.parameters.map(\.name) == names)
    #expect(
      rnn.parameters.map(\.tensor.shape)
        == [[5, 2], [5, 5], [5], [5], [5, 5], [5, 5], [5], [5]])
    let lstm = Self.stack(LSTMCell.self, PyTorchTests.lstm())
    #expect(lstm.parameters.map(\.name) == names)
    #expect(
      lstm.parameters.map(\.tensor.shape)
        == [[20, 2], [20, 5], [20], [20], [20, 5], [20, 5], [20], [20]])
    let gru = Self.stack(GRUCell.self, .init())
    #expect(gru.parameters.map(\.name) == names)
    #expect(
      gru.parameters.map(\.tensor.shape)
        == [[15, 2], [15, 5], [15], [15], [15, 5], [15, 5], [15], [15]])
  }

  @Test func aProjectionsNamesArePyTorchsAndTheNextLayerReadsIt() {
    let stack = Self.stack(LSTMCell.self, PyTorchTests.lstm(projectionSize: 3))
    #expect(
      stack.parameters.map(\.name) == [
        "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_hr_l0",
        "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1", "weight_hr_l1",
      ])
    #expect(
      stack.parameters.map(\.tensor.shape) == [
        [20, 2], [20, 3], [20], [20], [3, 5], [20, 3], [20, 3], [20], [20], [3, 5],
      ])
    #expect(stack.outputSize == 3)
  }

  @Test func partsOfACellCarryTheLayersNumberToo() {
    var options = LSTMCell.Options()
    LSTMCellTests.set(&options, "layer-norm-peepholes")
    let stack = Self.stack(LSTMCell.self, options, layers: 1)
    #expect(
      stack.parameters.map(\.name) == [
        "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "peephole_i_l0", "peephole_f_l0",
        "peephole_o_l0", "layer_norm_ih_l0.weight", "layer_norm_ih_l0.bias",
        "layer_norm_hh_l0.weight", "layer_norm_hh_l0.bias", "layer_norm_c_l0.weight",
        "layer_norm_c_l0.bias",
      ])
    checkParameters(Self.stack(LSTMCell.self, options, layers: 3))
  }

  @Test func eachLayerReadsTheOneBelow() {
    let stack = Self.stack(GRUCell.self, .init(), layers: 3)
    let run = stack(Self.batch)
    var values = Self.batch
    for (layer, unfolded) in zip(stack.layers, run.layers) {
      let alone = layer(values)
      #expect(alone.states.hidden.scalars == unfolded.states.hidden.scalars)
      #expect(alone.last.hidden.scalars == unfolded.last.hidden.scalars)
      values = values.replacing(values: alone.output)
    }
    #expect(run.output.values.scalars == values.values.scalars)
    #expect(run.output.lengths == Self.batch.lengths)
  }

  @Test func dropoutActsBetweenLayersAndInTrainingOnly() {
    let plain = Self.stack(GRUCell.self, .init())
    let dropping = Self.stack(GRUCell.self, .init(), dropout: Dropout(0.5))
    #expect(dropping(Self.batch).output.values.scalars == plain(Self.batch).output.values.scalars)
    let trained = dropping(Self.batch, randomness: Randomness(seed: 1))
    let expected = plain(Self.batch)
    #expect(trained.layers[0].output.scalars == expected.layers[0].output.scalars)
    #expect(trained.layers[1].output.scalars != expected.layers[1].output.scalars)
  }

  @Test func weightDropoutKeepsTheMeanAndActsInTrainingOnly() {
    let plain = Self.stack(ElmanCell.self, .init(), layers: 1, hiddenSize: 100)
    let dropping = Self.stack(
      ElmanCell.self, .init(), layers: 1, hiddenSize: 100, weightDropout: 0.25)
    let batch = SequenceBatch(.scattered([2, 2]), lengths: [2])
    #expect(dropping(batch).output.values.scalars == plain(batch).output.values.scalars)
    #expect(
      dropping(batch, randomness: Randomness(seed: 1)).output.values.scalars
        != plain(batch).output.values.scalars)
    // Of h′ = W h with one-hot h, h′ is a column of the masked W: its entries are 0 or 4/3 of W's.
    var linear = ElmanCell.Options()
    linear.activation = .identity
    linear.biases = .none
    let stack = Self.stack(
      ElmanCell.self, linear, layers: 1, hiddenSize: 100, weightDropout: 0.25)
    let weight = stack.layers[0].cell.recurrentWeight
    let everyUnit = HiddenState(hidden: .identity(100, scalarType: .float64))
    let columns = stack(
      SequenceBatch(
        .zeros([200, 2], scalarType: .float64), lengths: Array(repeating: 2, count: 100)),
      from: [everyUnit], randomness: Randomness(seed: 1))
    let masked = columns.layers[0].states.hidden.gatherRows(
      IndexTensor((0..<100).map { Int32(2 * $0) })
    ).transposed()
    let ratios = (masked / weight).scalars
    #expect(ratios.allSatisfy { $0 == 0 || abs($0 - 4 / 3) < 1e-9 })
    #expect(abs(ratios.reduce(0, +) / 10_000 - 1) < 0.03)
    // The second step uses the same mask: W·(W·h).
    let second = columns.layers[0].states.hidden.gatherRows(
      IndexTensor((0..<100).map { Int32(2 * $0 + 1) })
    ).transposed()
    expectClose(second, masked.matmul(masked), relative: 0, absolute: 1e-12)
  }

  @Test func noGradientReachesAWeightThatIsDropped() {
    var linear = ElmanCell.Options()
    linear.activation = .identity
    linear.biases = .none
    let stack = Self.stack(ElmanCell.self, linear, layers: 1, hiddenSize: 4, weightDropout: 0.5)
    let start = [HiddenState(hidden: .ones([1, 4], scalarType: .float64))]
    let batch = SequenceBatch(.zeros([1, 2], scalarType: .float64), lengths: [1])
    let (_, gradient) = valueWithGradient(at: stack) {
      $0(batch, from: start, randomness: Randomness(seed: 1)).output.values.sum()
    }
    let found = gradient.layers[0].cell.recurrentWeight.scalars
    #expect(Set(found) == [0, 2])
  }

  @Test func gradientsAreThoseOfFiniteDifferencesWithEveryKindOfDropout() {
    var options = LSTMCell.Options()
    options.recurrentDropout = 0.3
    options.cellZoneout = 0.2
    options.hiddenZoneout = 0.1
    let stack = Self.stack(
      LSTMCell.self, options, hiddenSize: 3, dropout: Dropout(0.4, isVariational: true),
      weightDropout: 0.2)
    let parameters = stack.parameters.map(\.tensor)
    checkGradient(at: parameters + [Self.batch.values]) { points in
      stack.replacingParameters(Array(points[..<parameters.count]))(
        Self.batch.replacing(values: points[parameters.count]), randomness: Randomness(seed: 6)
      ).output.values
    }
  }

  @Test func masksBetweenLayersAndMasksWithinACellAreIndependent() {
    let lanes = 200
    let stack = Self.stack(Drawing.self, .init(), hiddenSize: 2, dropout: Dropout(0.5))
    let run = stack(
      SequenceBatch(
        .ones([lanes, 2], scalarType: .float64), lengths: Array(repeating: 1, count: lanes)),
      randomness: Randomness(seed: 1))
    let dropped = run.layers[1].states.input.scalars
    for label in 0..<Drawing.labels {
      let drawn = run.layers[1].states.masks.slice(label * 2..<label * 2 + 2, axis: 1).scalars
      let equal = zip(dropped, drawn).count { $0 == $1 }
      // 400 pairs that agree by chance half of the time: five deviations are 50.
      #expect(abs(equal - 200) < 50, "label \(label)")
    }
  }

  @Test func tooFewStatesTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let stack = RecurrentStackTests.stack(GRUCell.self, .init())
      let state = HiddenState(hidden: .zeros([3, 5], scalarType: .float64))
      _ = stack(RecurrentStackTests.batch, from: [state])
    }
    expectMessage(exit, "RecurrentStack: 2 layers need as many states, got 1")
  }

  @Test func aStackOfNoLayersTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrentStackTests.stack(GRUCell.self, .init(), layers: 0)
    }
    expectMessage(exit, "RecurrentStack: needs at least one layer, got 0")
  }

  @Test func aWeightDropoutOfOneTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrentStackTests.stack(GRUCell.self, .init(), weightDropout: 1)
    }
    expectMessage(exit, "RecurrentStack: weight dropout must be in [0, 1), got 1.0")
  }
}

/// A cell that hands on its input and remembers the masks that it drew.
private struct Drawing: RecurrentCell {
  static let labels = 6

  struct State: CellState {
    var input: Tensor
    var masks: Tensor
    var output: Tensor { input }
    var tensors: [Tensor] { [input, masks] }
    init(tensors: [Tensor]) { (input, masks) = (tensors[0], tensors[1]) }
  }
  struct Options: CellOptions {}

  let inputSize: Int
  var outputSize: Int { inputSize }

  init(
    inputSize: Int, hiddenSize: Int, options: Options, initializer: CellInitializer,
    using generator: inout RandomGenerator, scalarType: ScalarType
  ) { self.inputSize = inputSize }

  func initialState(batch: Int) -> State {
    State(tensors: [
      .zeros([batch, inputSize], scalarType: .float64),
      .zeros([batch, inputSize * Self.labels], scalarType: .float64),
    ])
  }

  func step(_ input: Tensor, from state: State) -> State {
    let masks = (0..<Self.labels).compactMap {
      StepDraws.mask(
        UInt64($0), columns: inputSize, keep: 0.5, span: .step, scalarType: .float64)
    }
    return State(tensors: [input, .concatenate(masks, axis: 1)])
  }

  mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {}

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {}
}
