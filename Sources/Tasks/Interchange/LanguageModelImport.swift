public import Configuration
public import Datasets
internal import Files
public import Interchange
internal import Layers
internal import Models
public import Runs
internal import Tensors
internal import Training

/// A language model that comes from elsewhere, as a run: what `sample`, `evaluate` and `export` use.
///
/// An embedding, recurrent layers in one direction and a dense layer, which may end in a softmax, are one.
public struct LanguageModelImport {
  /// What determines a run that would have made such a model.
  public let configuration: LanguageModelConfiguration
  private let file: StackFile
  private let output: LayerDescription.Dense
  private let table: LayerDescription.Embedding
  private let layers: LayerDescription.Recurrent

  /// Looks whether layers are a language model's.
  ///
  /// - Parameters:
  ///   - file: The model.
  ///   - text: The text that it was trained on.
  ///   - unit: What it reads as one symbol.
  /// - Throws: `InterchangeError.noLanguageModel` if they are not.
  public init(_ file: StackFile, text: String, unit: TextUnit) throws {
    var stack = file.stack.description.layers
    // A softmax is where a language model's scores become probabilities in any case.
    if file.stack.description.finalSoftmax != nil { stack.removeLast() }
    guard stack.count == 3, case .embedding(let table) = stack[0],
      case .recurrent(let layers) = stack[1], case .dense(let output) = stack[2],
      output.outputs == table.vocabulary, !layers.bidirectional
    else {
      throw InterchangeError.noLanguageModel(path: file.path)
    }
    var configuration = LanguageModelConfiguration()
    configuration.data.train = text
    configuration.data.unit = unit
    // Nothing is trained, so the text need not be long enough for lanes.
    configuration.training.batchSize = 1
    configuration.model.embeddingSize = table.size
    configuration.model.tieWeights = output.tiedTo != nil
    configuration.model.recurrent.hiddenSize = layers.hidden
    configuration.model.recurrent.layers = layers.layers
    configuration.model.recurrent.cell = CellConfiguration(layers)
    (self.file, self.table, self.layers, self.output) = (file, table, layers, output)
    self.configuration = configuration
  }

  /// Writes the run.
  ///
  /// - Parameters:
  ///   - path: Its folder.
  ///   - vocabulary: The symbols, in the order of the embedding's rows.
  ///   - vocabularyPath: The file that they stand in, for errors.
  ///   - mode: What to do about a run that is there already.
  /// - Throws: Whatever is wrong, as one sentence, before the folder is touched; `InterchangeError.difference` if the run
  ///   would not give the outputs of the file's probe, or without one those of the layers.
  /// - Returns: How far apart they are.
  public func write(
    to path: String, vocabulary: Vocabulary, from vocabularyPath: String, mode: RunFolder.Mode
  ) throws -> Certificate {
    guard vocabulary.count == table.vocabulary else {
      throw TaskError.otherVocabulary(
        path: vocabularyPath, found: vocabulary.count, expected: table.vocabulary)
    }
    var configuration = configuration
    configuration.data.endOfLine = vocabulary.endOfLine != nil
    let corpus = try TextCorpus(configuration.data, vocabulary: vocabulary)
    return try write(
      configuration.model.recurrent.cell.type, configuration, corpus, to: path, mode: mode)
  }

  private func write<C: ConfigurableCell>(
    _ cell: C.Type, _ configuration: LanguageModelConfiguration, _ corpus: TextCorpus,
    to path: String, mode: RunFolder.Mode
  ) throws -> Certificate {
    try configuration.checkMemory(vocabularySize: table.vocabulary, isTraining: false)
    var model = LanguageModel<C>(configuration, vocabularySize: table.vocabulary)
    let weights = Dictionary(
      uniqueKeysWithValues: file.stack.parameters.map { ($0.name, $0.tensor) })
    let names = [table.name: "embedding", layers.name: "rnn", output.name: "output"]
    let renamed = Dictionary(
      uniqueKeysWithValues: weights.map { name, tensor in
        let layer = names.keys.first { name.hasPrefix($0 + ".") } ?? ""
        return ((names[layer] ?? "") + name.dropFirst(layer.count), tensor)
      })
    model.updateParameters { name, tensor in
      // A layer without a bias is one whose bias is zero.
      tensor = renamed[name] ?? .zeros(tensor.shape)
    }
    let certificate = try check(model)
    let folder = try RunFolder(claiming: path, mode: mode)
    try corpus.vocabulary.write(to: folder.vocabulary)
    try AtomicFile.write(file.stack.description.json + "\n", to: folder.layers)
    let state = TrainerState(
      stopping: EarlyStopping(), divergence: DivergenceMonitor(), fingerprint: corpus.fingerprint)
    try Checkpoint.save(
      model, header: .init(kind: TaskKind.languageModel.rawValue, step: 0, epoch: 0),
      payload: state, to: folder.best)
    // Last: without it the folder is no run.
    try AtomicFile.write(configuration.yaml, to: folder.configuration)
    return certificate
  }

  /// Compares the model with the file's probe, or else with the layers.
  private func check<C>(_ model: LanguageModel<C>) throws -> Certificate {
    let probe = try file.probe ?? Probe(of: file.stack)
    guard case .symbols(let symbols) = probe.input.values else {
      throw InterchangeError.probe(path: file.path, reason: "its input is no symbols")
    }
    let (batch, steps) = (symbols.shape[0], symbols.shape[1])
    let logits = model(
      IndexTensor(symbols.elements), lengths: Array(repeating: steps, count: batch)
    ).logits
    let last = file.stack.description.layers.last
    let output =
      last == .function(.softmax)
      ? logits.softmax() : last == .function(.logSoftmax) ? logits.logSoftmax() : logits
    return try Certificate(
      output.reshaped(to: [batch, steps, table.vocabulary]), probe.output, path: file.path)
  }
}

extension CellConfiguration {
  /// The cell of recurrent layers.
  fileprivate init(_ layers: LayerDescription.Recurrent) {
    self.init()
    switch layers.cell {
    case .rnn: kind = .elman
    case .lstm: kind = .lstm
    case .gru: kind = .gru
    }
    activation = layers.activation
    if layers.cell != .rnn { gateActivation = layers.gateActivation }
    if layers.cell == .gru { reset = layers.reset == .before ? .before : .after }
    projectionSize = layers.projection
    biases = layers.biases
  }
}
