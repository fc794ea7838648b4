public import Configuration
internal import Datasets
internal import Layers
public import Models
public import Runs
public import Tensors
public import Training
public import Unfolding

/// A classifier of texts or of series of numbers.
public struct ClassificationTask<C: ConfigurableCell>: TrainingTask {
  /// Examples of one file that are used in one way.
  struct Part: Sendable {
    let examples: EncodedExamples
    let labels: [String]
    /// Which of the file's examples these are.
    let chosen: [Int]

    /// The length of each of them.
    var lengths: [Int] { chosen.map { examples.lengths[$0] } }
  }

  public let artefacts: ClassificationVocabulary
  public let fingerprint: UInt64
  let train: Part
  let validation: Part?
  let test: Part?
  private let configuration: ClassificationConfiguration
  private let batches: ShuffledBatches
  /// The classes of the examples to train on, by number.
  private let targets: [Int32]

  public static var unit: ProgressUnit { .init("steps") }
  public static var lossUnit: String { "nats per example" }

  public init(
    _ configuration: ClassificationConfiguration, artefacts: ClassificationVocabulary?
  ) throws {
    let data = configuration.data
    self.configuration = configuration
    let file = try ExampleFile(contentsOf: data.train, data, counts: data.trainCounts)
    let others = try [
      data.validation.map { ($0, data.validationCounts) }, data.test.map { ($0, data.testCounts) },
    ].map { part in
      try part.map { try ExampleFile(contentsOf: $0.0, data, counts: $0.1) }
    }
    let held = HeldOutExamples(
      count: file.count, fraction: data.validation == nil ? data.validationFraction : 0,
      seed: configuration.training.seed)
    let vocabulary = artefacts ?? Self.vocabulary(of: file, held.train, data)
    self.artefacts = vocabulary
    let examples = try EncodedExamples(file, vocabulary)
    train = Part(examples: examples, labels: file.labels ?? [], chosen: held.train)
    func part(_ file: ExampleFile?) throws -> Part? {
      try file.map {
        Part(
          examples: try EncodedExamples($0, vocabulary), labels: $0.labels ?? [],
          chosen: Array(0..<$0.count))
      }
    }
    validation =
      try part(others[0])
      ?? (held.validation.isEmpty
        ? nil : Part(examples: examples, labels: file.labels ?? [], chosen: held.validation))
    test = try part(others[1])
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
        symbols: nil, scaling: .init(of: series, chosen), labels: sorted)
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
  public var sampleCount: Int { train.chosen.count }
  public var choices: Int? { artefacts.labels.count }
  public var criterion: Criterion { .greatest("accuracy") }

  public func epoch(_ number: Int) -> [[Int]] {
    batches.epoch(number).map { $0.map { train.chosen[$0] } }
  }

  public func size(of batch: [Int]) -> Int { batch.count }

  public func loss(
    of batch: [Int], by model: SequenceModel<C>, from states: inout [[Tensor]],
    randomness: Randomness
  ) -> Tensor {
    let read = train.examples.batch(batch, for: model, identities: batch.map(UInt64.init))
    return model(read, randomness: randomness).crossEntropy(
      IndexTensor(batch.map { targets[$0] })
    ).mean()
  }

  public func evaluate(_ model: SequenceModel<C>, on part: HeldOut) throws -> Figures? {
    guard let part = part == .validation ? validation : test else { return nil }
    return Self.evaluation(of: model, artefacts, on: part).figures
  }

  static func evaluation(
    of model: SequenceModel<C>, _ vocabulary: ClassificationVocabulary, on part: Part
  ) -> ClassificationEvaluation {
    ClassificationEvaluation(
      labels: vocabulary.labels, expected: part.chosen.map { part.labels[$0] },
      lengths: part.lengths
    ) { rows in
      model(part.examples.batch(rows.map { part.chosen[$0] }, for: model))
    }
  }

  public static func text(_ figures: Figures) -> String {
    ClassificationEvaluation.text(figures, of: "examples")
  }

  public var sizes: String {
    let parts = [("to train on", train), ("for validation", validation), ("for test", test)]
      .compactMap { use, part in
        part.map {
          "\($0.chosen.count) examples of \($0.lengths.reduce(0, +)) steps \(use)"
        }
      }
    let known =
      artefacts.symbols.map { "\($0.count) different words or characters" }
      ?? "frames of \(artefacts.scaling?.width ?? 0) numbers"
    return "\(known), \(artefacts.labels.count) labels; \(parts.joined(separator: ", "))"
  }

  /// What giving every example the most frequent label reaches.
  public func baseline() -> String? {
    guard let validation else { return nil }
    var counts: [String: Int] = [:]
    for example in train.chosen { counts[train.labels[example], default: 0] += 1 }
    let common = counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    let right = validation.chosen.count { validation.labels[$0] == common }
    return "most frequent label: accuracy "
      + "\(percent(Double(right) / Double(validation.chosen.count))) %"
  }
}
