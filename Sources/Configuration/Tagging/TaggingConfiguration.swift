/// Everything that determines a training run of task `tagging`.
public struct TaggingConfiguration: TaskConfiguration {
  public static let task = TaskKind.tagging

  /// The sentences, and where their words and tags stand.
  public var data = Data()
  /// The network.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// How sentences are put into batches.
  public var batches = BatchConfiguration()

  /// The defaults; only the sentences to train on are still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("training", \.batches, BatchConfiguration.fields),
    rules: [
      .init("data.tag-column") { $0.data.columnViolation },
      .init("data.scheme") { $0.data.schemeViolation },
    ] + RecurrentConfiguration.rules { $0.model.recurrent } + trainingRules,
    defaults: { TaggingConfiguration() })

  public var holdsOutValidation: Bool { data.validation != nil }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    if hasCheckpoint { data.move(to: other.data) }
  }
}
