import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Bidirectional layers")
struct BidirectionalTests {
  static func stack<C: RecurrentCell>(
    _ cell: C.Type = C.self, _ options: C.Options, layers: Int = 2, hiddenSize: Int = 5,
    dropout: Dropout = Dropout(0), weightDropout: Double = 0
  ) -> BidirectionalStack<C> {
    var generator = RandomGenerator(seed: 4)
    return BidirectionalStack<C>(
      layers: layers, inputSize: 2, hiddenSize: hiddenSize, options: options, dropout: dropout,
      weightDropout: weightDropout, using: &generator, scalarType: .float64)
  }

  static let batch = SequenceBatch(.scattered([6, 2]), lengths: [2, 0, 4])

  @Test func parametersHavePyTorchsNames() {
    let stack = Self.stack(GRUCell.self, .init())
    let names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    #expect(
      stack.parameters.map(\.name)
        == ["_l0", "_l0_reverse", "_l1", "_l1_reverse"].flatMap { walk in names.map { $0 + walk } })
    #expect(stack.layers[1].forward.cell.inputSize == 10 && stack.outputSize == 10)
    checkParameters(stack)
    let layer = stack.layers[0]
    #expect(layer.parameters.map(\.name) == names + names.map { $0 + "_reverse" })
    checkParameters(layer)
  }

  @Test(arguments: PyTorchTests.Kind.allCases, [1, 2])
  func valuesAndGradientsArePyTorchs(_ kind: PyTorchTests.Kind, _ layers: Int) throws {
    func check<C: RecurrentCell>(_ cell: C.Type, _ options: C.Options) throws {
      let reference = try RecurrentFixture<C>(
        "recurrent/\(kind.rawValue)-\(layers)-bidirectional-given", options: options,
        layers: layers, directions: 2)
      let fixture = reference.fixture
      var stack = Self.stack(cell, options, layers: layers)
      try stack.updateParameters { name, tensor in tensor = try fixture.tensor(name) }
      let batch = SequenceBatch(try fixture.tensor("input"), lengths: reference.lengths)
      let starts = try reference.starts.map { try fixture.tensor($0) }
      func state(_ walk: Int) -> C.State {
        C.State(
          tensors: starts.map {
            $0.slice(walk..<walk + 1).reshaped(to: [batch.count, $0.shape[-1]])
          })
      }
      let states = (0..<layers).map { (forward: state(2 * $0), backward: state(2 * $0 + 1)) }
      let outputWeight = try fixture.tensor("output_weight")
      let endWeights = try reference.parts.map { try fixture.tensor($0 + "_n_weight") }
      let (loss, gradient) = valueWithGradient(at: stack) { stack in
        let run = stack(batch, from: states)
        let ends = run.layers.flatMap { [$0.forward.last, $0.backward.last] }
        return endWeights.enumerated().reduce((run.output.values * outputWeight).sum()) {
          sum, next in
          sum + (Tensor.stack(ends.map { $0.tensors[next.offset] }) * next.element).sum()
        }
      }
      expectClose(loss, try fixture.tensor("loss"), relative: 1e-10, absolute: 1e-10)
      for (name, tensor) in gradient.parameters {
        expectClose(
          tensor, try fixture.tensor("grad." + name), relative: 1e-10, absolute: 1e-10, name)
      }
    }
    switch kind {
    case .tanh: try check(ElmanCell.self, PyTorchTests.elman(.tanh))
    case .relu: try check(ElmanCell.self, PyTorchTests.elman(.relu))
    case .lstm: try check(LSTMCell.self, PyTorchTests.lstm())
    case .projected: try check(LSTMCell.self, PyTorchTests.lstm(projectionSize: 3))
    case .gru: try check(GRUCell.self, .init())
    }
  }

  @Test func outputsAndEndsStandSideBySide() {
    let layer = Self.stack(GRUCell.self, .init()).layers[0]
    let run = layer(Self.batch)
    let (there, back) = (layer.forward(Self.batch), layer.backward(Self.batch))
    #expect(run.output.shape == [6, 10] && run.ends.shape == [3, 10])
    #expect(run.output.slice(0..<5, axis: 1).scalars == there.output.scalars)
    #expect(run.output.slice(5..<10, axis: 1).scalars == back.output.scalars)
    #expect(run.ends.slice(0..<5, axis: 1).scalars == there.last.hidden.scalars)
    #expect(run.ends.slice(5..<10, axis: 1).scalars == back.last.hidden.scalars)
    // The end of a sequence without steps is where it starts.
    #expect(run.ends.slice(1..<2).scalars.allSatisfy { $0 == 0 })
  }

  @Test func nothingButEmptySequencesGivesNothing() {
    let run = Self.stack(LSTMCell.self, .init())(
      SequenceBatch(.zeros([0, 2], scalarType: .float64), lengths: [0, 0, 0]))
    #expect(run.output.values.shape == [0, 10] && run.layers[1].ends.shape == [3, 10])
  }

  @Test func dropoutActsInTrainingOnlyAndTheDirectionsDrawByThemselves() {
    var options = GRUCell.Options()
    options.recurrentDropout = 0.5
    for stack in [
      Self.stack(GRUCell.self, .init(), dropout: Dropout(0.5)),
      Self.stack(GRUCell.self, .init(), weightDropout: 0.5), Self.stack(GRUCell.self, options),
    ] {
      let plain = Self.stack(GRUCell.self, .init())(Self.batch).output.values.scalars
      #expect(stack(Self.batch).output.values.scalars == plain)
      let trained = stack(Self.batch, randomness: Randomness(seed: 1)).output.values.scalars
      #expect(trained != plain)
    }
    // The same cell in both directions, over a sequence that is its own reversal: only the masks differ.
    let cell = Self.stack(GRUCell.self, options, layers: 1).layers[0].forward.cell
    let row = Tensor.scattered([1, 2])
    let run = Bidirectional(forward: cell, backward: cell)(
      SequenceBatch(Tensor.concatenate([row, row, row]), lengths: [3]),
      randomness: Randomness(seed: 2))
    #expect(run.forward.last.hidden.scalars != run.backward.last.hidden.scalars)
  }

  @Test func aSequenceHasTheSameBitsInAnyCompany() {
    let stack = Self.stack(LSTMCell.self, .init())
    let whole = stack(Self.batch).output.values
    let alone = stack(SequenceBatch(Self.batch.values.slice(2..<6), lengths: [4])).output.values
    #expect(whole.slice(2..<6).scalars == alone.scalars)
  }

  @Test func aSummaryHasARowForEachLayer() {
    var summary = Summary(input: ["B", "T", 2])
    summary.add(Self.stack(GRUCell.self, .init(), dropout: Dropout(0.1)))
    #expect(
      summary.rows == [
        .init(
          "Bidirectional GRU", output: ["B", "T", 10], parameterCount: 2 * 3 * 5 * (2 + 5 + 2)),
        .init("Dropout", output: ["B", "T", 10]),
        .init(
          "Bidirectional GRU", output: ["B", "T", 10], parameterCount: 2 * 3 * 5 * (10 + 5 + 2)),
      ])
    var ends = Summary(input: ["B", "T", 2])
    ends.add(Self.stack(GRUCell.self, .init()).layers[0], keeping: .lastStep)
    #expect(ends.output == ["B", 10])
  }

  @Test func cellsOfDifferentInputsTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let stack = BidirectionalTests.stack(GRUCell.self, .init())
      _ = Bidirectional(
        forward: stack.layers[0].forward.cell, backward: stack.layers[1].forward.cell)
    }
    expectMessage(exit, "Bidirectional: cells that read 2 and 10 inputs")
  }
}
