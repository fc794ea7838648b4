public import Configuration
internal import Datasets
internal import Files
internal import Layers
public import Models
public import Runs
public import Tensors
public import Unfolding

/// A classifier of images.
public struct ImageTask<C: ConfigurableCell>: TrainingTask {
  /// Images of one file that are used in one way.
  public struct Part: Sendable {
    let images: LabelledImages
    /// Which of the file's images these are.
    let chosen: [Int]

    /// The pixels of an image of the file.
    func pixels(_ image: Int) -> ArraySlice<UInt8> {
      let size = images.height * images.width
      return images.pixels[image * size..<(image + 1) * size]
    }

    /// The label of each of them.
    var labels: [String] { chosen.map { "\(images.labels[$0])" } }
  }

  public let artefacts: ImageVocabulary
  public let fingerprint: UInt64
  public let data: DividedData<Part>
  private let configuration: ImageConfiguration
  private let reading: ImageReading
  private let batches: ShuffledBatches

  public static var unit: ProgressUnit { .init("images") }
  public static var lossUnit: String { "nats per image" }

  public init(_ configuration: ImageConfiguration, artefacts: ImageVocabulary?) throws {
    let files = configuration.data
    self.configuration = configuration
    let images = try Self.images(files.train, files.trainLabels)
    try ImageReading.check(configuration.model, height: images.height, width: images.width)
    let held = HeldOutExamples(
      count: images.count, fraction: files.validationFraction, seed: configuration.training.seed)
    if artefacts == nil {
      try checkClasses(held.train.lazy.map { "\(images.labels[$0])" }, of: files.trainLabels)
    }
    let vocabulary =
      artefacts
      ?? ImageVocabulary(
        height: images.height, width: images.width,
        labels: SymbolTable(
          symbols: Set(held.train.map { images.labels[$0] }).sorted().map { "\($0)" },
          hasUnknown: false))
    self.artefacts = vocabulary
    var test: Part?
    if let path = files.test, let labels = files.testLabels {
      test = try Self.part(path, labels, vocabulary)
    }
    data = DividedData(
      train: Part(images: images, chosen: held.train),
      validation: held.validation.isEmpty ? nil : Part(images: images, chosen: held.validation),
      test: test)
    reading = ImageReading(configuration.model, vocabulary)
    batches = ShuffledBatches(
      lengths: Array(repeating: reading.stepCount, count: held.train.count),
      batchSize: configuration.training.batchSize, seed: configuration.training.seed)
    var fingerprint = Fingerprint()
    for part in [images, test?.images].compactMap(\.self) {
      for number in [part.count, part.height, part.width] { fingerprint.add(UInt64(number)) }
      for label in part.labels { fingerprint.add(UInt64(label)) }
      for pixel in part.pixels { fingerprint.add(UInt64(pixel)) }
    }
    self.fingerprint = fingerprint.value
  }

  static func images(_ path: String, _ labels: String) throws -> LabelledImages {
    let images = try LabelledImages(images: path, labels: labels)
    if images.count == 0 { throw TaskError.noExamples(path: path, kind: "images") }
    return images
  }

  /// All images of a file, which have the size that the model is for.
  static func part(
    _ path: String, _ labels: String, _ vocabulary: ImageVocabulary
  ) throws -> Part {
    let images = try images(path, labels)
    try checkSize([images.height, images.width], path, vocabulary)
    return Part(images: images, chosen: Array(0..<images.count))
  }

  /// Makes sure that images have the size that the model was trained with.
  static func checkSize(_ size: [Int], _ path: String, _ vocabulary: ImageVocabulary) throws {
    guard size == [vocabulary.height, vocabulary.width] else {
      throw TaskError.imageSize(
        path: path, found: size, expected: [vocabulary.height, vocabulary.width])
    }
  }

  public static func checkMemory(
    _ configuration: ImageConfiguration, _ artefacts: ImageVocabulary, isTraining: Bool
  ) throws {
    try ImageReading.check(
      configuration.model, height: artefacts.height, width: artefacts.width)
    try configuration.checkMemory(artefacts, isTraining: isTraining)
  }

  public static func model(
    _ configuration: ImageConfiguration, _ artefacts: ImageVocabulary
  ) -> ImageClassifier<C> {
    ImageClassifier(configuration, artefacts)
  }

  public var trainingFile: String { configuration.data.train }
  public var sampleCount: Int { data.train.chosen.count }
  public var choices: Int? { artefacts.labels.count }
  public var criterion: Criterion { .greatest("accuracy") }

  public func epoch(_ number: Int) -> [[Int]] {
    batches.epoch(number).map { $0.map { data.train.chosen[$0] } }
  }

  public func size(of batch: [Int]) -> Int { batch.count }

  public func loss(
    of batch: [Int], by model: ImageClassifier<C>, from states: inout [[Tensor]],
    randomness: Randomness
  ) -> Tensor {
    let images = reading.batch(batch.map(data.train.pixels), identities: batch.map(UInt64.init))
    // Of another file than the run began with, a label may be unknown; its fingerprint is checked before it is used.
    let targets = batch.map {
      artefacts.labels.number(of: "\(data.train.images.labels[$0])") ?? 0
    }
    return model(images, randomness: randomness).crossEntropy(IndexTensor(targets)).mean()
  }

  public func figures(of model: ImageClassifier<C>, on part: Part) -> Figures {
    Self.evaluation(of: model, artefacts, reading, on: part).figures
  }

  static func evaluation(
    of model: ImageClassifier<C>, _ vocabulary: ImageVocabulary, _ reading: ImageReading,
    on part: Part
  ) -> ClassificationEvaluation {
    ClassificationEvaluation(
      labels: vocabulary.labels, expected: part.labels,
      lengths: Array(repeating: reading.stepCount, count: part.chosen.count)
    ) { rows in
      model(reading.batch(rows.map { part.pixels(part.chosen[$0]) }))
    }
  }

  public static func text(_ figures: Figures) -> String {
    ClassificationEvaluation.text(figures, of: "images")
  }

  public var sizes: String {
    "images of \(artefacts.height) × \(artefacts.width) pixels, read in "
      + "\(counted(reading.stepCount, "step")) of \(reading.stepSize), \(artefacts.labels.count) labels; "
      + data.sizes { "\($0.chosen.count)" }
  }

  /// What giving every image the most frequent label reaches.
  public func baseline() -> String? {
    data.validation.flatMap { data.train.labels.mostFrequentBaseline(on: $0.labels) }
  }
}
