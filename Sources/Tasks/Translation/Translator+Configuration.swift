public import Configuration
internal import Datasets
internal import Layers
public import Models
internal import Tensors

extension Translator where C: ConfigurableCell {
  /// The model that a configuration describes, with fresh weights drawn from the run's seed.
  public init(_ configuration: TranslationConfiguration, _ vocabulary: TranslationVocabulary) {
    let model = configuration.model
    let recurrent = model.encoderLayers
    let weights = recurrent.weightInitializer
    var encoder = RecurrentEncoder<C>.Options(
      hiddenSize: recurrent.hiddenSize, cell: C.options(recurrent.cell))
    encoder.layers = recurrent.layers
    encoder.isBidirectional = model.encoder.isBidirectional
    encoder.dropout = Dropout(recurrent.dropout)
    encoder.initializer = CellInitializer(input: weights, recurrent: weights)
    var options = Options(
      sourceVocabularySize: vocabulary.source.vocabulary.count,
      targetVocabularySize: vocabulary.target.vocabulary.count,
      embeddingSize: model.embeddingSize, endSymbol: vocabulary.end, encoder: encoder,
      decoder: .init(model))
    options.bridge =
      switch model.decoder.bridge {
      case .zeros: .zeros
      case .last: .last
      case .linear: .linear
      }
    options.ties =
      switch model.tie {
      case .none: .none
      case .target: .target
      case .all: .all
      }
    options.dropout = Dropout(model.inputDropout)
    var generator = RandomGenerator(seed: configuration.training.seed)
    self.init(options, using: &generator)
  }

  /// Parameters that have a row for each symbol of a vocabulary.
  static var symbolRows: [String] { ["source.weight", "target.weight", "output.weight"] }

  /// What is unfolded: the layers that read, and those that write.
  var unfoldedLayers: [UnfoldedLayer] {
    let reading = encoder.cells.enumerated().map { UnfoldedLayer("encoder layer \($0 + 1)", $1) }
    let writing = decoder.layers.enumerated().map { UnfoldedLayer("decoder layer \($0 + 1)", $1) }
    return reading + writing
  }
}

extension Decoder.Options where C: ConfigurableCell {
  /// The layers that a configuration describes.
  fileprivate init(_ model: TranslationConfiguration.Model) {
    let recurrent = model.decoderLayers
    let weights = recurrent.weightInitializer
    self.init(
      hiddenSize: recurrent.hiddenSize, outputSize: model.readoutSize,
      cell: C.options(recurrent.cell))
    layers = recurrent.layers
    attention = AttentionOptions(model.attention)
    readsContext = model.decoder.readsContext
    feedsOutput = model.decoder.feedsInput
    dropout = recurrent.dropout
    initializer = CellInitializer(input: weights, recurrent: weights)
  }
}

extension AttentionOptions {
  /// What a configuration says; `nil` for none.
  fileprivate init?(_ attention: TranslationConfiguration.Model.Attention) {
    self.init()
    switch attention.score {
    case .none: return nil
    case .additive: score = .additive
    case .dot: score = .dot
    case .general: score = .general
    case .concat: score = .concat
    }
    size = attention.size
    query =
      switch attention.query {
      case .before: .before
      case .after: .after
      }
    window =
      switch attention.window {
      case .all: .none
      case .monotonic: .monotonic(halfWidth: attention.reach)
      case .predictive: .predictive(halfWidth: attention.reach)
      }
    hasCoverage = attention.coverage
    locationRadius = attention.locationReach
  }
}

extension TranslationConfiguration.Model {
  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public func parameterCount(_ vocabulary: TranslationVocabulary) -> Double {
    let source = Double(vocabulary.source.vocabulary.count)
    let target = Double(vocabulary.target.vocabulary.count)
    let (e, o, c) = (Double(embeddingSize), Double(readoutSize), Double(contextSize))
    let tables = (tie == .all ? 0 : source) * e + target * e + (tie == .none ? target * o : 0)
    let hasAttention = attention.score != .none
    let isReadBefore = decoder.readsContext || hasAttention && attention.query == .before
    let writing = decoderLayers
    let read = e + (isReadBefore ? c : 0) + (decoder.feedsInput ? o : 0)
    let found = writing.outputSizeAsDouble + (isReadBefore || hasAttention ? c : 0)
    return tables + target
      + encoderLayers.parameterCount(inputSize: e, directions: Double(directions))
      + bridgeCount + writing.parameterCount(inputSize: read) + attentionCount
      + o * (found + (isReadBefore ? e : 0) + 1)
  }

  private var bridgeCount: Double {
    guard decoder.bridge == .linear else { return 0 }
    let writing = decoderLayers
    let sizes = writing.cell.type.stateSizes(Double(writing.hiddenSize), writing.cell)
    return Double(writing.layers) * sizes.reduce(0, +) * Double(contextSize + 1)
  }

  private var attentionCount: Double {
    let (h, c) = (decoderLayers.outputSizeAsDouble, Double(contextSize))
    let a = attention.size.map(Double.init) ?? h
    var count: Double =
      switch attention.score {
      case .none, .dot: 0
      case .general: h * c
      case .additive: a * (h + c + 2)
      case .concat: a * (h + c + 1)
      }
    if attention.score == .none { return count }
    if attention.coverage { count += a }
    if let reach = attention.locationReach { count += Double(2 * reach + 1) * a }
    if attention.window == .predictive { count += a * (h + 1) }
    return count
  }
}

extension RecurrentConfiguration {
  fileprivate var outputSizeAsDouble: Double { Double(outputSize) }
}
