public import Configuration
public import Datasets
internal import Files
internal import Layers
public import Models
public import Runs
public import Tensors
public import Training
public import Unfolding

/// A tagger, trained on sentences in which each word has its tag.
public struct TaggingTask<C: ConfigurableCell>: TrainingTask {
  public let data: DividedData<TaggedSentences>
  public let artefacts: TaggingVocabulary
  private let configuration: TaggingConfiguration
  private let batches: ShuffledBatches
  /// The sentences to train on, by numbers.
  private let sentences: [[(number: Int32, spelling: [Int32])]]
  private let tags: [[Int32]]
  /// With which probability each word of the vocabulary is read as an unknown one.
  private let dropping: [Double]

  public static var unit: ProgressUnit { .init("words") }
  public static var lossUnit: String { "nats per word" }

  public init(_ configuration: TaggingConfiguration, artefacts: TaggingVocabulary?) throws {
    let files = configuration.data
    self.configuration = configuration
    // A random field has no path through tags in an order that its scheme forbids.
    func read(_ path: String) throws -> TaggedSentences {
      try TaggedSentences(
        contentsOf: path, files, inOrder: configuration.model.output == .crf)
    }
    let train = try read(files.train)
    data = DividedData(
      train: train, validation: try files.validation.map(read), test: try files.test.map(read))
    if artefacts == nil {
      try checkClasses(train.tags.lazy.joined(), of: train.path, called: "tag")
    }
    let vocabulary =
      artefacts
      ?? TaggingVocabulary(
        words: train.words.flatMap(\.self), tags: train.tags.flatMap(\.self),
        lowercase: files.lowercase, minimumCount: files.minimumCount)
    self.artefacts = vocabulary
    sentences = vocabulary.numbers(of: train.words)
    // Of another file than the run began with, a tag may be unknown; its fingerprint is checked before it is used.
    tags = train.tags.map { $0.map { vocabulary.tags.number(of: $0) ?? 0 } }
    var counts = Array(repeating: 0.0, count: vocabulary.words.count)
    for sentence in sentences { for word in sentence { counts[Int(word.number)] += 1 } }
    let weight = configuration.model.wordDropout
    dropping = counts.map { weight > 0 ? weight / (weight + $0) : 0 }
    batches = ShuffledBatches(
      lengths: train.words.map(\.count), batchSize: configuration.training.batchSize,
      seed: configuration.training.seed,
      hasSimilarLengths: configuration.batches.hasSimilarLengths)
  }

  public static func artefacts(in folder: RunFolder) throws -> TaggingVocabulary {
    try TaggingVocabulary(contentsOf: folder.vocabulary)
  }

  public static func files(of artefacts: TaggingVocabulary) -> [RunFile] {
    [.vocabulary(artefacts.file)]
  }

  public static func checkMemory(
    _ configuration: TaggingConfiguration, _ artefacts: TaggingVocabulary, isTraining: Bool
  ) throws {
    try configuration.checkMemory(artefacts, isTraining: isTraining)
  }

  public static func model(
    _ configuration: TaggingConfiguration, _ artefacts: TaggingVocabulary
  ) -> Tagger<C> {
    Tagger(configuration, artefacts)
  }

  public static func load(
    _ checkpoint: Checkpoint, into model: inout Tagger<C>, of folder: RunFolder
  ) throws {
    try checkpoint.load(
      into: &model, vocabulary: folder.vocabulary,
      rows: [
        "words.weight", "characters.embedding.weight", "output.weight", "jordan.weight_ho",
      ])
  }

  public var fingerprint: UInt64 {
    var fingerprint = Fingerprint()
    for part in data.parts {
      fingerprint.add(UInt64(part?.words.count ?? 0))
      for list in (part?.words ?? []) + (part?.tags ?? []) {
        fingerprint.add(UInt64(list.count))
        for text in list { fingerprint.add(text) }
      }
    }
    return fingerprint.value
  }

  public var trainingFile: String { configuration.data.train }
  public var sampleCount: Int { data.train.wordCount }
  public var choices: Int? { artefacts.tags.count }

  /// Phrases are what matters where tags mark them.
  public var criterion: Criterion {
    .greatest(configuration.data.scheme == nil ? "accuracy" : "f1")
  }

  public func epoch(_ number: Int) -> [[Int]] { batches.epoch(number) }
  public func size(of batch: [Int]) -> Int { batch.reduce(0) { $0 + sentences[$1].count } }

  public func loss(
    of batch: [Int], by model: Tagger<C>, from states: inout [[Tensor]], randomness: Randomness
  ) -> Tensor {
    let read = SentenceBatch(
      batch.map { droppingWords(of: $0, randomness.stream(0x776f)) },
      identities: batch.map(UInt64.init))
    return model.loss(
      read, tags: IndexTensor(batch.flatMap { tags[$0] }), randomness: randomness)
  }

  /// A sentence in which some words are unknown, their spelling apart, rare ones more often than others: so the vector
  /// of unknown words is learned, and what to make of the words beside one.
  ///
  /// Source: Kiperwasser and Goldberg (2016), <https://arxiv.org/abs/1603.04351>.
  private func droppingWords(
    of sentence: Int, _ randomness: Randomness
  ) -> [(number: Int32, spelling: [Int32])] {
    guard configuration.model.wordDropout > 0 else { return sentences[sentence] }
    var draw = RandomGenerator(seed: randomness.key).stream(UInt64(sentence))
    return sentences[sentence].map { word in
      let isDropped = draw.nextUniform() < dropping[Int(word.number)]
      return (isDropped ? 0 : word.number, word.spelling)
    }
  }

  public func figures(of model: Tagger<C>, on part: TaggedSentences) -> Figures {
    TaggingEvaluation(
      of: model, artefacts, on: part, countingPhrases: configuration.data.scheme != nil
    ).figures
  }

  /// Loss, accuracy in percent, and the F1 of phrases where there are any.
  public static func text(_ figures: Figures) -> String {
    var parts = lossAndAccuracy(figures)
    if let precision = figures["precision"], let recall = figures["recall"],
      let f1 = figures["f1"]
    {
      parts.append(
        "precision \(percent(precision)) %, recall \(percent(recall)) %, F1 \(percent(f1)) %")
    }
    return (parts + unseenPart(figures, "words with tags")).joined(separator: ", ")
  }

  public var sizes: String {
    "\(artefacts.words.count) different words, \(artefacts.characters.count) characters, "
      + "\(artefacts.tags.count) tags; "
      + data.sizes { "\(counted($0.words.count, "sentence")) of \(counted($0.wordCount, "word"))" }
  }

  /// What giving each word its most frequent tag reaches.
  public func baseline() -> String? {
    guard let validation = data.validation else { return nil }
    var tags: [String: [String]] = [:]
    for (word, tag) in zip(data.train.words.joined(), data.train.tags.joined()) {
      tags[word, default: []].append(tag)
    }
    let common = data.train.tags.joined().mostFrequent
    let tagOf = tags.compactMapValues(\.mostFrequent)
    let right = zip(validation.words.joined(), validation.tags.joined()).count {
      (tagOf[$0] ?? common) == $1
    }
    return "most frequent tag of each word: accuracy "
      + "\(percent(Double(right) / Double(max(validation.wordCount, 1)))) %"
  }
}

extension TaggingVocabulary {
  /// The numbers of words and of their characters, sentence by sentence.
  func numbers(of sentences: [[String]]) -> [[(number: Int32, spelling: [Int32])]] {
    sentences.map { $0.map { (number(ofWord: $0), spelling(of: $0)) } }
  }
}
