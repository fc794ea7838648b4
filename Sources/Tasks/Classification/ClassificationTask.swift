public import Configuration
internal import Datasets
internal import Files
internal import Layers
public import Models
public import Runs
public import Tensors
public import Training
public import Unfolding

/// A classifier of texts or of series of numbers.
public struct ClassificationTask<C: ConfigurableCell>: TrainingTask {
  /// Examples of one file that are used in one way.
  public struct Part: Sendable {
    let examples: EncodedExamples
    let labels: [String]
    /// Which of the file's examples these are.
    let chosen: [Int]

    /// The length of each of them.
    var lengths: [Int] { chosen.map { examples.lengths[$0] } }
    /// The label of each of them.
    var chosenLabels: [String] { chosen.map { labels[$0] } }
  }

  public let artefacts: ClassificationVocabulary
  public let fingerprint: UInt64
  public let data: DividedData<Part>
  private let configuration: ClassificationConfiguration
  private let batches: ShuffledBatches
  /// The classes of the examples to train on, by number.
  private let targets: [Int32]

  public static var unit: ProgressUnit { .init("steps") }
  public static var lossUnit: String { "nats per example" }

  public init(
    _ configuration: ClassificationConfiguration, artefacts: ClassificationVocabulary?
  ) throws {
    let files = configuration.data
    self.configuration = configuration
    let file = try ExampleFile(
      contentsOf: files.train, files, counts: files.trainCounts, columns: artefacts?.columns)
    let held = HeldOutExamples(
      count: file.count, fraction: files.validation == nil ? files.validationFraction : 0,
      seed: configuration.training.seed)
    if artefacts == nil {
      try checkClasses(held.train.lazy.compactMap { file.labels?[$0] }, of: file.path)
    }
    let vocabulary = artefacts ?? Self.vocabulary(of: file, held.train, files)
    self.artefacts = vocabulary
    let others = try [
      files.validation.map { ($0, files.validationCounts) },
      files.test.map { ($0, files.testCounts) },
    ].map { part in
      try part.map {
        try ExampleFile(contentsOf: $0.0, files, counts: $0.1, columns: vocabulary.columns)
      }
    }
    let examples = try EncodedExamples(file, vocabulary)
    func part(_ chosen: [Int]) -> Part {
      Part(examples: examples, labels: file.labels ?? [], chosen: chosen)
    }
    let train = part(held.train)
    data = DividedData(
      train: train,
      validation: try others[0].map { try Part($0, vocabulary) }
        ?? (held.validation.isEmpty ? nil : part(held.validation)),
      test: try others[1].map { try Part($0, vocabulary) })
    // Of another file than the run began with, a label may be unknown; its fingerprint is checked before it is used.
    targets = train.labels.map { vocabulary.labels.number(of: $0) ?? 0 }
    batches = ShuffledBatches(
      lengths: train.lengths, batchSize: configuration.training.batchSize,
      seed: configuration.training.seed,
      hasSimilarLengths: configuration.batches.hasSimilarLengths)
    var fingerprint = Fingerprint()
    for part in [file] + others {
      if let part { part.add(to: &fingerprint) } else { fingerprint.add(0) }
    }
    self.fingerprint = fingerprint.value
  }

  private static func vocabulary(
    of file: ExampleFile, _ chosen: [Int], _ data: ClassificationConfiguration.Data
  ) -> ClassificationVocabulary {
    let labels = SymbolTable(
      of: chosen.compactMap { file.labels?[$0] }, hasUnknown: false)
    // The order of labels that are counted is of no interest; by name they are found again in tables.
    let sorted = SymbolTable(symbols: labels.symbols.sorted(), hasUnknown: false)
    switch file.content {
    case .texts(let texts):
      let symbols = SymbolTable(
        of: chosen.lazy.flatMap { texts[$0] }, minimumCount: data.minimumCount, hasUnknown: true)
      return ClassificationVocabulary(symbols: symbols, scaling: nil, labels: sorted)
    case .series(let series):
      return ClassificationVocabulary(
        symbols: nil, scaling: .init(of: series, chosen), columns: series.columns, labels: sorted)
    }
  }

  public static func checkMemory(
    _ configuration: ClassificationConfiguration, _ artefacts: ClassificationVocabulary,
    isTraining: Bool
  ) throws {
    let model = configuration.model
    // Every example of a batch has a step at least.
    let activations =
      4 * Double(configuration.training.batchSize) * Double(model.encoder.recurrent.layers)
      * Double(model.encoder.outputSize)
    try configuration.training.checkMemory(
      parameters: model.parameterCount(artefacts), activations: activations,
      isTraining: isTraining)
  }

  public static func model(
    _ configuration: ClassificationConfiguration, _ artefacts: ClassificationVocabulary
  ) -> SequenceModel<C> {
    let model = configuration.model
    var options = SequenceModel<C>.Options(
      inputSize: artefacts.scaling?.width ?? model.embeddingSize,
      encoder: .init(model.encoder), outputSize: artefacts.labels.count)
    options.symbols = artefacts.symbols?.count
    options.pooling = model.pooling.kind
    options.inputDropout = Dropout(
      model.inputDropout, isVariational: model.encoder.recurrent.variational)
    var generator = RandomGenerator(seed: configuration.training.seed)
    return SequenceModel(options, using: &generator)
  }

  public static func load(
    _ checkpoint: Checkpoint, into model: inout SequenceModel<C>, of folder: RunFolder
  ) throws {
    try checkpoint.load(
      into: &model, vocabulary: folder.vocabulary, rows: ["embedding.weight", "output.weight"])
  }

  public var trainingFile: String { configuration.data.train }
  public var sampleCount: Int { data.train.chosen.count }
  public var choices: Int? { artefacts.labels.count }
  public var criterion: Criterion { .greatest("accuracy") }

  public func epoch(_ number: Int) -> [[Int]] {
    batches.epoch(number).map { $0.map { data.train.chosen[$0] } }
  }

  public func size(of batch: [Int]) -> Int { batch.count }

  public func extent(of batch: [Int]) -> Int {
    batch.reduce(0) { $0 + data.train.examples.lengths[$1] }
  }

  public func loss(
    of batch: [Int], by model: SequenceModel<C>, from states: inout [[Tensor]],
    randomness: Randomness
  ) -> Tensor {
    let read = data.train.examples.batch(batch, for: model, identities: batch.map(UInt64.init))
    return model(read, randomness: randomness).crossEntropy(
      IndexTensor(batch.map { targets[$0] })
    ).mean()
  }

  public func figures(of model: SequenceModel<C>, on part: Part) -> Figures {
    Self.evaluation(of: model, artefacts, on: part).figures
  }

  static func evaluation(
    of model: SequenceModel<C>, _ vocabulary: ClassificationVocabulary, on part: Part
  ) -> ClassificationEvaluation {
    ClassificationEvaluation(
      labels: vocabulary.labels, expected: part.chosenLabels,
      lengths: part.lengths
    ) { rows in
      model(part.examples.batch(rows.map { part.chosen[$0] }, for: model))
    }
  }

  public static func text(_ figures: Figures) -> String {
    ClassificationEvaluation.text(figures, of: "examples")
  }

  public var sizes: String {
    let known =
      artefacts.symbols.map { "\($0.count) different words or characters" }
      ?? "frames of \(counted(artefacts.scaling?.width ?? 0, "number"))"
    return "\(known), \(artefacts.labels.count) labels; "
      + data.sizes {
        "\(counted($0.chosen.count, "example")) of \(counted($0.lengths.reduce(0, +), "step"))"
      }
  }

  /// What giving every example the most frequent label reaches.
  public func baseline() -> String? {
    data.validation.flatMap {
      data.train.chosenLabels.mostFrequentBaseline(on: $0.chosenLabels)
    }
  }
}

extension ClassificationTask.Part {
  /// All examples of a file.
  init(_ file: ExampleFile, _ vocabulary: ClassificationVocabulary) throws {
    self.init(
      examples: try EncodedExamples(file, vocabulary), labels: file.labels ?? [],
      chosen: Array(0..<file.count))
  }
}
