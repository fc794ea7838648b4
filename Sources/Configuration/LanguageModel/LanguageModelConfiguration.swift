/// Everything that determines a training run of task `language-model`.
public struct LanguageModelConfiguration: TaskConfiguration {
  public static let task = TaskKind.languageModel

  /// The text and how it is cut into tokens.
  public var data = Data()
  /// The network.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// How the text is cut for training.
  public var windows = Windows()
  /// The text that is drawn when training ends.
  public var sample = Sample()

  /// The defaults; only the text to train on is still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("training", \.windows, Windows.fields)
      + Field.section("sample", \.sample, Sample.fields),
    rules: [
      .init("data.validation-fraction") { $0.data.fractionViolation },
      .init("model.tie-weights") { $0.model.tyingViolation },
    ] + RecurrentConfiguration.rules { $0.model.recurrent } + trainingRules,
    defaults: { LanguageModelConfiguration() })

  public var holdsOutValidation: Bool { data.holdsOutValidation }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    sample = other.sample
    if hasCheckpoint { data.move(to: other.data) }
  }
}
