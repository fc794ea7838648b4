/// Everything that determines a training run of task `translation`.
public struct TranslationConfiguration: TaskConfiguration {
  public static let task = TaskKind.translation

  /// The sentences, their translations, and how both are divided.
  public var data = Data()
  /// The network.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// How pairs are put into batches, and what decides which parameters are best.
  public var pairs = Pairs()
  /// How translations are written when they are judged, and by default.
  public var decoding = Decoding()

  /// The defaults; only the sentences to train on are still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("training", \.pairs, Pairs.fields)
      + Field.section("decoding", \.decoding, Decoding.fields),
    rules: [
      .init("data.train") { $0.data.trainViolation },
      .init("data.train-target") { $0.data.targetViolation("train", $0.data.trainTarget) },
      .init("data.validation-target") {
        $0.data.targetViolation("validation", $0.data.validationTarget)
      },
      .init("data.test-target") { $0.data.targetViolation("test", $0.data.testTarget) },
      .init("data.strings.lengths") { Data.Strings.lengthsViolation($0.data.strings.lengths) },
      .init("data.strings.test-lengths") {
        Data.Strings.lengthsViolation($0.data.strings.testLengths)
      },
      .init("data.validation-fraction") { $0.data.fractionViolation },
      .init("data.unit") { $0.data.unitViolation },
      .init("data.merges-file") { $0.data.mergesViolation },
      .init("data.separator") { $0.data.separatorViolation },
      .init("model.tie") { $0.tyingViolation },
      .init("model.decoder.reads-context") { $0.model.contextViolation },
      .init("model.decoder.bridge") { $0.model.bridgeViolation },
      .init("model.attention.score") { $0.model.scoreViolation },
      .init("training.forcing.k") { $0.pairs.forcing.rateViolation },
      .init("training.criterion") { $0.criterionViolation },
      .init("decoding.minimum-length") { $0.decoding.lengthViolation },
    ] + RecurrentConfiguration.rules { $0.model.encoderLayers }
      + RecurrentConfiguration.rules { $0.model.decoderLayers } + trainingRules,
    defaults: { TranslationConfiguration() })

  public var holdsOutValidation: Bool { data.holdsOutValidation }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    if hasCheckpoint { data.move(to: other.data) }
    // What is written for validation may decide which parameters are best.
    if pairs.criterion.needsDecoding {
      decoding.beam = other.decoding.beam
    } else {
      decoding = other.decoding
    }
  }

  public mutating func allowEvaluation(of other: Self) { decoding = other.decoding }

  private var criterionViolation: String? {
    pairs.criterion != .loss && !holdsOutValidation
      ? "needs data to validate on, but none is held out" : nil
  }

  private var tyingViolation: String? {
    if model.tie == .all && !data.sharesVocabulary {
      return "all needs data.shared-vocabulary, so that both sides have the same symbols"
    }
    return model.tyingViolation
  }
}
