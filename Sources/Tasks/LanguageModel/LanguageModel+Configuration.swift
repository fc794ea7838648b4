public import Configuration
internal import Layers
public import Models
internal import Tensors

extension LanguageModel where C: ConfigurableCell {
  /// The model that a configuration describes, with fresh weights drawn from the run's seed.
  public init(_ configuration: LanguageModelConfiguration, vocabularySize: Int) {
    let model = configuration.model
    let recurrent = model.recurrent
    var options = Options(
      vocabularySize: vocabularySize, embeddingSize: model.embeddingSize,
      hiddenSize: recurrent.hiddenSize, cell: C.options(recurrent.cell))
    options.layers = recurrent.layers
    options.dropout = Dropout(recurrent.dropout, isVariational: recurrent.variational)
    options.embeddingDropout = model.embeddingDropout
    options.weightDropout = recurrent.weightDropout
    options.hasTiedWeights = model.tieWeights
    let initializer = recurrent.weightInitializer
    options.cellInitializer = CellInitializer(input: initializer, recurrent: initializer)
    options.outputInitializer = initializer
    // Uniform weights of a given range are a recipe for all weights; otherwise the vectors of symbols are no matrix
    // that is multiplied, and start as normal numbers.
    options.embeddingInitializer = recurrent.initializerRange == nil ? nil : initializer
    var generator = RandomGenerator(seed: configuration.training.seed)
    self.init(options, using: &generator)
  }
}
