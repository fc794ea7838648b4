public import Configuration
internal import Layers
public import Models
internal import Tensors

extension LanguageModel where C: ConfigurableCell {
  /// The model that a configuration describes, with fresh weights drawn from the run's seed.
  public init(_ configuration: LanguageModelConfiguration, vocabularySize: Int) {
    let model = configuration.model
    var options = Options(
      vocabularySize: vocabularySize, embeddingSize: model.embeddingSize,
      hiddenSize: model.hiddenSize, cell: C.options(model))
    options.layers = model.layers
    options.dropout = Dropout(model.dropout, isVariational: model.variational)
    options.embeddingDropout = model.embeddingDropout
    options.weightDropout = model.weightDropout
    options.hasTiedWeights = model.tieWeights
    let initializer = model.weightInitializer
    options.cellInitializer = CellInitializer(input: initializer, recurrent: initializer)
    options.outputInitializer = initializer
    // Uniform weights of a given range are a recipe for all weights; otherwise the vectors of symbols are no matrix
    // that is multiplied, and start as normal numbers.
    options.embeddingInitializer = model.initializerRange == nil ? nil : initializer
    var generator = RandomGenerator(seed: configuration.training.seed)
    self.init(options, using: &generator)
  }
}

extension ModelConfiguration {
  /// How weights start.
  var weightInitializer: Layers.Initializer {
    switch initializer {
    case .uniform: .uniform(range: initializerRange ?? 1 / Double(hiddenSize).squareRoot())
    case .xavier: .xavier
    case .he: .he
    case .orthogonal: .orthogonal
    case .zeros: .zeros
    }
  }
}
