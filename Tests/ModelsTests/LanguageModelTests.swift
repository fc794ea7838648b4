import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("LanguageModel")
struct LanguageModelTests {
  typealias Model = LanguageModel<LSTMCell>

  /// V = 7, E = 3 and two layers of H = 4 with two biases, as in the fixtures, unless changed.
  static func model(
    seed: UInt64 = 1, scalarType: ScalarType = .float64,
    _ change: (inout Model.Options) -> Void = { _ in }
  ) -> Model {
    var cell = LSTMCell.Options()
    cell.biases = .two
    var options = Model.Options(vocabularySize: 7, embeddingSize: 3, hiddenSize: 4, cell: cell)
    options.layers = 2
    change(&options)
    var generator = RandomGenerator(seed: seed)
    return Model(options, using: &generator, scalarType: scalarType)
  }

  /// Our names beside those of the PyTorch model that the fixtures come from.
  static let names: [(ours: String, theirs: String)] =
    [("embedding.weight", "embedding.weight")]
    + [0, 1].flatMap { layer in
      ["weight_ih", "weight_hh", "bias_ih", "bias_hh"].map {
        ("rnn.\($0)_l\(layer)", "lstm.\($0)_l\(layer)")
      }
    } + [("output.weight", "linear.weight"), ("output.bias", "linear.bias")]

  static let symbols: IndexTensor = [3, 0, 6, 6, 2, 1, 4, 5]
  static let targets: IndexTensor = [0, 6, 6, 2, 3, 4, 5, 1]
  static let lengths = [5, 3]

  static func losses(_ model: Model, randomness: Randomness? = nil) -> Tensor {
    model.losses(symbols, targets: targets, lengths: lengths, randomness: randomness).losses
  }

  @Test func parametersHaveTheNamesOfPyTorchsLayers() {
    #expect(Self.model().parameters.map(\.name) == Self.names.map(\.ours))
  }

  @Test func lossAndGradientArePyTorchs() throws {
    let fixture = try Fixture("optimizers/model")
    let inputs = try fixture.indices("inputs"), targets = try fixture.indices("targets")
    let model = Self.model().replacingParameters(
      try Self.names.map { try fixture.tensor($0.theirs) })
    let found = valueWithGradient(at: model) {
      $0.losses(
        IndexTensor(inputs.elements), targets: IndexTensor(targets.elements),
        lengths: Array(repeating: inputs.shape[1], count: inputs.shape[0])
      ).losses.mean()
    }
    expectClose(found.value, try fixture.tensor("loss"), relative: 1e-12)
    for ((_, gradient), (_, name)) in zip(found.gradient.parameters, Self.names) {
      expectClose(
        gradient, try fixture.tensor("grad.\(name)"), relative: 1e-10, absolute: 1e-13, name)
    }
  }

  @Test func theOrderOfTheSymbolsIsTheCallersChoice() {
    let model = Self.model()
    // Lengths 5 and 3, step by step.
    let places: [Int] = [0, 5, 1, 6, 2, 7, 3, 4]
    let stepMajor = model.losses(
      IndexTensor(places.map { Self.symbols.elements[$0] }),
      targets: IndexTensor(places.map { Self.targets.elements[$0] }), lengths: Self.lengths,
      order: .stepMajor
    ).losses
    let expected = Self.losses(model).scalars
    #expect(stepMajor.scalars == places.map { expected[$0] })
  }

  @Test func aTextReadInTwoPartsIsReadAsInOne() {
    let model = Self.model()
    let (whole, end) = model([3, 0, 6, 6, 2], lengths: [5])
    let (first, between) = model([3, 0], lengths: [2])
    let (second, parts) = model([6, 6, 2], lengths: [3], from: between)
    #expect(first.scalars + second.scalars == whole.scalars)
    #expect(end.flatMap(\.tensors).map(\.scalars) == parts.flatMap(\.tensors).map(\.scalars))
  }

  @Test("dropout acts in training only", arguments: ["units", "embedding", "weights"])
  func dropout(kind: String) {
    let model = Self.model { options in
      switch kind {
      case "units": options.dropout = Dropout(0.5)
      case "embedding": options.embeddingDropout = 0.5
      default: options.weightDropout = 0.5
      }
    }
    let plain = Self.losses(Self.model())
    #expect(Self.losses(model).scalars == plain.scalars)
    let dropped = Self.losses(model, randomness: Randomness(seed: 5))
    #expect(dropped.scalars != plain.scalars)
    #expect(dropped.scalars == Self.losses(model, randomness: Randomness(seed: 5)).scalars)
    #expect(dropped.scalars != Self.losses(model, randomness: Randomness(seed: 6)).scalars)
  }

  @Test func dropoutBeforeTheOutputIsThereWithOneLayerToo() {
    let model = Self.model {
      $0.layers = 1
      $0.dropout = Dropout(0.5)
    }
    #expect(
      Self.losses(model, randomness: Randomness(seed: 5)).scalars != Self.losses(model).scalars)
  }

  @Test func tiedWeightsAreOneParameterWhoseGradientIsTheSumOfBothUses() throws {
    let tied = Self.model {
      $0.embeddingSize = 4
      $0.hasTiedWeights = true
    }
    #expect(tied.parameters.map(\.name) == Self.names.map(\.ours).filter { $0 != "output.weight" })
    var untied = tied
    untied.outputWeight = tied.embedding.weight
    let one = valueWithGradient(at: tied) { Self.losses($0).mean() }
    let two = valueWithGradient(at: untied) { Self.losses($0).mean() }
    #expect(one.value.item == two.value.item)
    expectClose(
      one.gradient.embedding.weight,
      two.gradient.embedding.weight + (try #require(two.gradient.outputWeight)), relative: 1e-12)
    expectClose(one.gradient.outputBias, two.gradient.outputBias, relative: 1e-12)
  }

  @Test func tiedWeightsOfAnotherSizeTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LanguageModelTests.model { $0.hasTiedWeights = true }
    }
    expectMessage(exit, "LanguageModel: tied weights need an output size of 3, got 4")
  }

  @Test func theSummaryListsTheLayersAsCountedByHand() {
    let model = Self.model { $0.dropout = Dropout(0.5) }
    #expect(
      model.summary.rows == [
        .init("Embedding", output: ["B", "T", 3], parameterCount: 7 * 3),
        .init("LSTM", output: ["B", "T", 4], parameterCount: 16 * (3 + 4 + 2)),
        .init("Dropout", output: ["B", "T", 4]),
        .init("LSTM", output: ["B", "T", 4], parameterCount: 16 * (4 + 4 + 2)),
        .init("Dropout", output: ["B", "T", 4]),
        .init("Dense", output: ["B", "T", 7], parameterCount: 7 * 4 + 7),
        .init("Softmax", output: ["B", "T", 7]),
      ])
    #expect(model.summary.parameterCount == 21 + 144 + 160 + 35)
    #expect(model.parameterCount == 360)
  }

  @Test func theSummaryCountsTiedWeightsOnce() {
    let model = Self.model {
      $0.embeddingSize = 4
      $0.hasTiedWeights = true
    }
    let dense = Summary.Row("Dense (tied)", output: ["B", "T", 7], parameterCount: 7)
    #expect(model.summary.rows.dropLast().last == dense)
    #expect(model.summary.parameterCount == model.parameterCount)
  }
}
