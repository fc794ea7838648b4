/// Everything that determines a training run of task `trees`.
public struct TreeConfiguration: TaskConfiguration {
  public static let task = TaskKind.trees

  /// The trees and their labels.
  public var data = Data()
  /// The network.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// How trees are put into batches.
  public var batches = BatchConfiguration()
  /// What the loss is a mean of.
  public var loss = Loss()

  /// What the loss is a mean of; settings of the section `training`.
  public struct Loss: Equatable, Sendable {
    /// How many nodes a root counts for.
    public var rootWeight = 1.0

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field(
        "root-weight", \.rootWeight, .above(0, to: 1_000_000),
        "How many nodes a root counts for in the loss, the mean over all labelled nodes.")
    ]
  }

  /// The defaults; only the trees to train on are still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("training", \.batches, BatchConfiguration.fields)
      + Field.section("training", \.loss, Loss.fields),
    rules: [.init("data.classes") { $0.data.classesViolation }] + trainingRules,
    defaults: { TreeConfiguration() })

  public var holdsOutValidation: Bool { data.validation != nil }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    if hasCheckpoint { data.move(to: other.data) }
  }
}
