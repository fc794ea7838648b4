public import Configuration
public import Datasets
internal import Layers
public import Models
internal import Tensors

extension Tagger where C: ConfigurableCell {
  /// The model that a configuration describes, with fresh weights drawn from the run's seed.
  public init(_ configuration: TaggingConfiguration, _ vocabulary: TaggingVocabulary) {
    let model = configuration.model
    let recurrent = model.recurrent
    var options = Options(
      vocabularySize: vocabulary.words.count, embeddingSize: model.embeddingSize,
      hiddenSize: recurrent.hiddenSize, tagCount: vocabulary.tags.count,
      cell: C.options(recurrent.cell))
    options.layers = recurrent.layers
    if model.characters.size > 0 {
      options.characters = .init(
        count: vocabulary.characters.count, size: model.characters.size,
        hiddenSize: model.characters.hiddenSize)
    }
    options.choice =
      switch model.output {
      case .softmax: .softmax
      case .crf:
        .field(
          allowed: configuration.data.scheme.map { $0.allowedTransitions(among: vocabulary.tags) })
      case .jordan: .jordan
      }
    options.inputDropout = Dropout(model.inputDropout, isVariational: recurrent.variational)
    options.dropout = Dropout(recurrent.dropout, isVariational: recurrent.variational)
    options.weightDropout = recurrent.weightDropout
    let initializer = recurrent.weightInitializer
    options.cellInitializer = CellInitializer(input: initializer, recurrent: initializer)
    var generator = RandomGenerator(seed: configuration.training.seed)
    self.init(options, using: &generator)
  }
}

extension TaggingConfiguration {
  /// Makes sure that the machine has the memory for what the model needs at the very least, before any is asked for.
  ///
  /// - Throws: ``TaskError/tooLarge(parameters:needed:available:)``.
  func checkMemory(_ vocabulary: TaggingVocabulary, isTraining: Bool) throws {
    let recurrent = model.recurrent
    // Every sentence of a batch has a word at least.
    let activations =
      4 * Double(training.batchSize) * Double(recurrent.layers) * Double(recurrent.outputSize)
    try training.checkMemory(
      parameters: model.parameterCount(vocabulary), activations: activations,
      isTraining: isTraining)
  }
}

extension TaggingConfiguration.Model {
  /// The number of scalars in the parameters of the model, known before there is one; a `Double`, since it may be far
  /// beyond what can be addressed.
  public func parameterCount(_ vocabulary: TaggingVocabulary) -> Double {
    let (e, k) = (Double(embeddingSize), Double(vocabulary.tags.count))
    var count = Double(vocabulary.words.count) * e
    var input = e
    if characters.size > 0 {
      let (size, hidden) = (Double(characters.size), Double(characters.hiddenSize))
      count += Double(vocabulary.characters.count) * size + 8 * hidden * (size + hidden + 1)
      input += 2 * hidden
    }
    count += recurrent.parameterCount(inputSize: input, directions: 2)
    if output == .crf { count += k * (k + 2) }
    let read = 2 * Double(recurrent.outputSize)
    guard output == .jordan else { return count + k * (read + 1) }
    let hidden = Double(recurrent.hiddenSize)
    return count + hidden * (read + k + 1) + k * (hidden + 1)
  }
}

extension PhraseScheme {
  /// Which of some tags may follow which.
  fileprivate func allowedTransitions(among tags: SymbolTable) -> AllowedTransitions {
    AllowedTransitions(tagCount: tags.count) { previous, next in
      allows(next.map { tags.symbols[$0] }, after: previous.map { tags.symbols[$0] })
    }
  }
}
