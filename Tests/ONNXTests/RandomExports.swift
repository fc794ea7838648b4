import Layers
import Models
import Tensors
import Unfolding

@testable import ONNX

/// Models of random sizes, options, directions and lengths, each a function of its number.
struct RandomExports {
  var generator: RandomGenerator

  init(number: Int) { generator = RandomGenerator(seed: 0x6f6e_6e78).stream(UInt64(number)) }

  /// The kinds of models; a number's kind is the one at its remainder.
  static let kinds: [(name: String, make: @Sendable (inout RandomExports) throws -> ExportCase)] = [
    (
      "elman",
      {
        var options = ElmanCell.Options()
        options.activation = $0.activation()
        options.biases = $0.choice(Biases.allCases)
        return try $0.layers(ElmanCell.self, options)
      }
    ),
    ("lstm", { try $0.layers(LSTMCell.self, $0.lstm()) }),
    (
      "gru",
      {
        var options = GRUCell.Options()
        options.gateActivation = $0.gate()
        options.activation = $0.choice([.tanh, .tanh, $0.activation()])
        options.reset = $0.choice(GRUCell.Reset.allCases)
        options.biases = $0.choice(Biases.allCases)
        return try $0.layers(GRUCell.self, options)
      }
    ),
    (
      "minimal-gated",
      {
        var options = MinimalGatedCell.Options()
        options.gateActivation = $0.gate()
        return try $0.layers(MinimalGatedCell.self, options)
      }
    ),
    (
      "leaky",
      {
        var options = LeakyCell.Options()
        options.retention = $0.choice([
          .fixed(0.3), .timeScales(1...9), .learned(2...32),
        ])
        options.activation = $0.activation()
        return try $0.layers(LeakyCell.self, options)
      }
    ),
    (
      "min-gru",
      {
        var options = MinGRUCell.Options()
        options.candidate = $0.choice([.positive, .activation(.identity), .activation(.tanh)])
        return try $0.layers(MinGRUCell.self, options)
      }
    ),
    (
      "min-lstm",
      {
        var options = MinLSTMCell.Options()
        options.candidate = $0.choice([.positive, .activation(.identity)])
        return try $0.layers(MinLSTMCell.self, options)
      }
    ),
    (
      "jordan",
      {
        var options = JordanCell.Options()
        options.outputFunction = $0.choice([.activation(.tanh), .softmax])
        options.outputSize = $0.choice([nil, 3])
        return try $0.layers(JordanCell.self, options)
      }
    ),
    (
      "deep-transition",
      {
        var options = DeepTransitionCell.Options()
        options.inputLayers = $0.choice([[], [3]])
        options.transitionLayers = $0.choice([[], [4], [2, 5]])
        options.hasSkip = !options.transitionLayers.isEmpty && $0.choice([true, false])
        options.outputLayers = $0.choice([[], [3], [4, 2]])
        return try $0.layers(DeepTransitionCell.self, options)
      }
    ),
    (
      "lagged-lstm",
      {
        var options = LaggedCell<LSTMCell>.Options()
        options.lags = $0.choice([[1, 3], [2], [1, 2, 5]])
        return try $0.layers(LaggedCell<LSTMCell>.self, options)
      }
    ),
    (
      "lagged-gru",
      {
        var options = LaggedCell<GRUCell>.Options()
        options.lags = $0.choice([[1], [1, 2], [3]])
        return try $0.layers(LaggedCell<GRUCell>.self, options)
      }
    ),
    (
      "clockwork",
      {
        var options = Clockwork.Options()
        options.periods = [1, 2, 4]
        return try $0.layers(Clockwork.self, options, hiddenSize: 6) { states in
          // A clock shows whole steps.
          Clockwork.State(
            hidden: states.hidden,
            clock: Tensor(
              (0..<states.clock.shape[0]).flatMap { [0, Double($0 % 2), Double($0 % 4)] },
              shape: states.clock.shape))
        }
      }
    ),
    ("own-cell", { try $0.layers(FastWeightsCell.self, .init()) }),
    ("language-model", { try $0.languageModel() }),
    ("sequence-model", { try $0.sequenceModel() }),
    ("image-model", { try $0.imageModel() }),
    ("tagger", { try $0.tagger() }),
    ("translator-encoder", { try $0.translator(isStep: false) }),
    ("translator-step", { try $0.translator(isStep: true) }),
  ]

  /// The model of a number.
  static func make(_ number: Int) throws -> ExportCase {
    var random = RandomExports(number: number)
    let kind = kinds[number % kinds.count]
    return try kind.make(&random)
  }

  // MARK: Choices

  mutating func choice<T>(_ options: [T]) -> T {
    options[Int(generator.nextUniform() * Double(options.count))]
  }

  mutating func size(_ range: ClosedRange<Int>) -> Int { choice(Array(range)) }

  mutating func activation() -> Activation { choice(Activation.allCases) }

  mutating func gate() -> Activation { choice([.sigmoid, .sigmoid, .hardSigmoid, .gelu]) }

  mutating func lstm() -> LSTMCell.Options {
    var options = LSTMCell.Options()
    options.biases = choice(Biases.allCases)
    options.hasPeepholes = choice([true, false])
    options.hasCoupledGates = choice([true, false, false])
    options.gateActivation = choice([.sigmoid, .sigmoid, .hardSigmoid, .softsign])
    options.activation = choice([.tanh, .tanh, .softsign, .relu, .gelu, .identity])
    options.projectionSize = choice([nil, nil, 3])
    options.layerNorm = choice([.none, .none, .products, .sum])
    options.hiddenZoneout = choice([0, 0, 0.1])
    options.cellZoneout = choice([0, 0, 0.2])
    return options
  }

  mutating func normal(_ shape: Shape, _ deviation: Double = 1) -> Tensor {
    generator.normal(shape, standardDeviation: deviation)
  }

  /// A model whose every parameter has moved: those that start at zero or one are no special case then.
  mutating func moved<M: Module>(_ model: M) -> M {
    model.replacingParameters(
      model.parameters.map { $0.tensor + normal($0.tensor.shape, 0.2) })
  }

  /// Lengths of some sequences, of which at least one has steps; now and then one has none.
  mutating func padding() -> SequencePadding {
    let lengths = (0..<size(1...5)).map { _ in choice([0, 1, 2, 3, 5, 8, 13]) } + [size(1...7)]
    return SequencePadding(lengths: lengths, time: (lengths.max() ?? 1) + choice([0, 0, 2]))
  }

  // MARK: Layers

  /// Layers of a cell, drawn again until float32 tells their numbers: of a model whose own numbers are far from those that
  /// it has in float64, such as one whose states grow without bounds, two programs cannot say the same.
  mutating func layers<C: RecurrentCell>(
    _ type: C.Type, _ options: C.Options, hiddenSize: Int? = nil,
    _ legal: (C.State) -> C.State = { $0 }
  ) throws -> ExportCase {
    var redraws = 0
    while true {
      let isBidirectional = choice([true, false])
      let drawn =
        isBidirectional
        ? try bothWays(type, options, hiddenSize: hiddenSize, legal)
        : try oneWay(type, options, hiddenSize: hiddenSize, legal)
      if var drawn {
        drawn.redraws = redraws
        return drawn
      }
      redraws += 1
    }
  }

  private mutating func start<C: RecurrentCell>(
    _ cell: C, _ count: Int, _ legal: (C.State) -> C.State
  ) -> C.State {
    legal(cell.initialState(batch: count).map { $0 + normal($0.shape, 0.5) })
  }

  /// Whether numbers are those of another computation but for rounding.
  private func areNear(_ numbers: [Tensor], _ others: [Tensor]) -> Bool {
    zip(numbers, others).allSatisfy { mine, theirs in
      zip(mine.scalars, theirs.scalars).allSatisfy { abs($0 - $1) <= 1.5e-6 * max(1, abs($1)) }
    }
  }

  private mutating func bothWays<C: RecurrentCell>(
    _ type: C.Type, _ options: C.Options, hiddenSize: Int?, _ legal: (C.State) -> C.State
  ) throws -> ExportCase? {
    let padding = padding(), inputSize = size(1...7)
    let inputs = normal([padding.count, inputSize])
    let stack = moved(
      BidirectionalStack<C>(
        layers: size(1...3), inputSize: inputSize, hiddenSize: hiddenSize ?? size(1...9),
        options: options, using: &generator))
    let states = stack.layers.map {
      (
        forward: start($0.forward.cell, padding.lengths.count, legal),
        backward: start($0.backward.cell, padding.lengths.count, legal)
      )
    }
    let run = stack(SequenceBatch(inputs, lengths: padding.lengths), from: states)
    let exact = stack.converted(to: .float64)(
      SequenceBatch(inputs.converted(to: .float64), lengths: padding.lengths),
      from: states.map {
        (
          forward: $0.forward.map { $0.converted(to: .float64) },
          backward: $0.backward.map { $0.converted(to: .float64) }
        )
      })
    func numbers(_ run: (output: SequenceBatch, layers: [Bidirectional<C>.Result])) -> [Tensor] {
      [run.output.values]
        + run.layers.flatMap { $0.forward.last.tensors + $0.backward.last.tensors }
    }
    guard areNear(numbers(run), numbers(exact)) else { return nil }
    var probe = GraphProbe()
    probe.read("inputs", padding.padded(inputs, with: 7))
    probe.read("lengths", padding.lengthsValue)
    for (index, layer) in stack.layers.enumerated() {
      let walks = run.layers[index]
      probe.carry(
        layer.forward.cell, named: "l\(index)", from: states[index].forward,
        to: walks.forward.last)
      probe.carry(
        layer.backward.cell, named: "l\(index)_reverse", from: states[index].backward,
        to: walks.backward.last)
    }
    probe.expect("outputs", padding.padded(run.output.values))
    return ExportCase("\(C.self), both ways", try ONNXModel(stack), probe)
  }

  private mutating func oneWay<C: RecurrentCell>(
    _ type: C.Type, _ options: C.Options, hiddenSize: Int?, _ legal: (C.State) -> C.State
  ) throws -> ExportCase? {
    let padding = padding(), inputSize = size(1...7)
    let inputs = normal([padding.count, inputSize])
    var stack = moved(
      RecurrentStack<C>(
        layers: size(1...3), inputSize: inputSize, hiddenSize: hiddenSize ?? size(1...9),
        options: options, using: &generator))
    for index in stack.layers.indices where choice([true, false]) {
      stack.layers[index] = Recurrent(stack.layers[index].cell, direction: .backward)
    }
    let states = stack.layers.map { start($0.cell, padding.lengths.count, legal) }
    let run = stack(SequenceBatch(inputs, lengths: padding.lengths), from: states)
    let exact = stack.converted(to: .float64)(
      SequenceBatch(inputs.converted(to: .float64), lengths: padding.lengths),
      from: states.map { $0.map { $0.converted(to: .float64) } })
    func numbers(_ run: (output: SequenceBatch, layers: [Unfolded<C.State>])) -> [Tensor] {
      [run.output.values] + run.layers.flatMap(\.last.tensors)
    }
    guard areNear(numbers(run), numbers(exact)) else { return nil }
    var probe = GraphProbe()
    probe.read("inputs", padding.padded(inputs, with: -3))
    probe.read("lengths", padding.lengthsValue)
    for (index, layer) in stack.layers.enumerated() {
      probe.carry(
        layer.cell, named: "l\(index)", from: states[index], to: run.layers[index].last)
    }
    probe.expect("outputs", padding.padded(run.output.values))
    return ExportCase("\(C.self), one way", try ONNXModel(stack), probe)
  }

  // MARK: Models

  mutating func symbols(_ count: Int, of vocabulary: Int) -> [Int32] {
    (0..<count).map { _ in Int32(size(0...vocabulary - 1)) }
  }

  mutating func languageModel() throws -> ExportCase {
    choice([true, false])
      ? try languageModel(LSTMCell.self, lstm()) : try languageModel(LeakyCell.self, .init())
  }

  mutating func languageModel<C: RecurrentCell>(
    _ type: C.Type, _ cell: C.Options
  ) throws -> ExportCase {
    let vocabulary = size(2...11), hidden = size(2...6)
    var options = LanguageModel<C>.Options(
      vocabularySize: vocabulary, embeddingSize: size(1...5), hiddenSize: hidden, cell: cell)
    options.layers = size(1...2)
    options.dropout = Dropout(0.3)
    let probe = C(
      inputSize: 1, hiddenSize: hidden, options: cell, initializer: .init(), using: &generator,
      scalarType: .float32)
    if choice([true, false]) {
      options.hasTiedWeights = true
      options.embeddingSize = probe.outputSize
    }
    let model = moved(LanguageModel<C>(options, using: &generator))
    let padding = padding()
    let symbols = symbols(padding.count, of: vocabulary)
    let states = model.initialStates(batch: padding.lengths.count).map {
      $0.map { $0 + normal($0.shape, 0.5) }
    }
    return ExportCase(
      "language model of \(C.self)", try ONNXModel(model),
      GraphProbe(of: model, reading: symbols, padding, from: states))
  }

  mutating func encoder<C: RecurrentCell>(_ cell: C.Options) -> RecurrentEncoder<C>.Options {
    var options = RecurrentEncoder<C>.Options(hiddenSize: size(2...6), cell: cell)
    options.layers = size(1...2)
    options.isBidirectional = choice([true, false])
    return options
  }

  mutating func sequenceModel() throws -> ExportCase {
    choice([true, false])
      ? try sequenceModel(GRUCell.self, .init())
      : try sequenceModel(LSTMCell.self, lstm())
  }

  mutating func sequenceModel<C: RecurrentCell>(
    _ type: C.Type, _ cell: C.Options
  ) throws -> ExportCase {
    let encoder: RecurrentEncoder<C>.Options = encoder(cell)
    let width = size(1...4), count = size(1...5)
    var options = SequenceModel<C>.Options(inputSize: width, encoder: encoder, outputSize: count)
    options.pooling = choice([nil] + Pooling.Kind.allCases.map { $0 })
    let way = size(0...2)
    if way == 0 { options.symbols = 6 }
    let model = moved(SequenceModel(options, using: &generator))
    let padding = padding(), total = padding.count
    let answer = choice(SequenceAnswer.allCases)
    let (name, reading, input, batch): (String, SequenceReading, ONNXValue, SequenceBatch)
    switch way {
    case 0:
      let symbols = symbols(total, of: 6)
      (name, reading) = ("symbols", .symbols)
      batch = model.vectors(of: symbols, lengths: padding.lengths)
      input = padding.padded(symbols, with: 5)
    case 1:
      let frames = normal([total, width])
      (name, reading) = ("frames", .frames)
      batch = SequenceBatch(frames, lengths: padding.lengths)
      input = padding.padded(frames, with: 2)
    default:
      let frames = normal([total, width]) * 0.25 + 1000
      let (means, deviations) = (
        (0..<width).map { 999 + Double($0) }, (1...width).map { Double($0) }
      )
      name = "frames"
      reading = .scaledFrames(means: means, deviations: deviations, most: 0.75)
      let scaled = zip(frames.scalars, 0...).map { value, index in
        max(-0.75, min(0.75, (value - means[index % width]) / deviations[index % width]))
      }
      batch = SequenceBatch(
        Tensor(scaled, shape: [total, width]), lengths: padding.lengths)
      input = padding.padded(frames, with: 2)
    }
    var probe = GraphProbe(
      of: model, reading: batch, padding, answering: answer,
      from: model.encoder.cells.map { $0.initialState(batch: padding.lengths.count) })
    probe.read(name, input)
    return ExportCase(
      "\(reading), \(answer)", try ONNXModel(model, reading: reading, answering: answer), probe)
  }

  mutating func imageModel() throws -> ExportCase {
    let (height, width, count) = (size(2...5), size(1...6), size(1...4))
    let isByRows = choice([true, false])
    let step = isByRows ? width : 1
    var options = SequenceModel<GRUCell>.Options(
      inputSize: step, encoder: encoder(.init()), outputSize: size(2...4))
    options.pooling = choice(Pooling.Kind.allCases)
    let model = moved(SequenceModel(options, using: &generator))
    let order = isByRows ? nil : generator.shuffled(0..<height * width)
    let pixels = (0..<count * height * width).map { _ in UInt8(size(0...255)) }
    let reading = SequenceReading.images(
      height: height, width: width, stepSize: step, order: order)
    let places = order ?? Array(0..<height * width)
    let values = (0..<count).flatMap { image in
      places.map { Float(pixels[image * height * width + $0]) / 255 }
    }
    let steps = height * width / step
    let batch = SequenceBatch(
      Tensor(values, shape: [count * steps, step]), lengths: Array(repeating: steps, count: count))
    var probe = GraphProbe(of: model, reading: batch, nil, answering: .classes)
    probe.read(
      "images",
      .wholeNumbers(
        WholeNumbers(pixels.map(Int64.init), shape: [count, height, width], type: .uint8)))
    return ExportCase(
      "images \(isByRows ? "by rows" : "in another order")",
      try ONNXModel(ImageClassifier.sequence(model), reading: reading), probe)
  }

  mutating func tagger() throws -> ExportCase {
    let (words, tags, characters) = (size(2...9), size(2...5), 7)
    var options = Tagger<LSTMCell>.Options(
      vocabularySize: words, embeddingSize: size(1...4), hiddenSize: size(2...5), tagCount: tags,
      cell: choice([.init(), lstm()]))
    options.layers = size(1...2)
    if choice([true, false]) {
      options.characters = .init(count: characters, size: 3, hiddenSize: 2)
    }
    options.choice = choice([.softmax, .field(allowed: nil), .jordan])
    let model = moved(Tagger(options, using: &generator))
    let padding = padding()
    let sentences = padding.lengths.map { length in
      (0..<length).map { _ in
        (
          number: Int32(size(0...words - 1)),
          spelling: symbols(size(1...6), of: characters)
        )
      }
    }
    return ExportCase(
      "tagger", try ONNXModel(model), GraphProbe(of: model, reading: sentences, padding))
  }
}
