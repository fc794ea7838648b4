/// Everything that determines a training run of task `generated`: sequences that are drawn as they are needed.
public struct GeneratedConfiguration: TaskConfiguration {
  public static let task = TaskKind.generated

  /// What is drawn.
  public var data = Data()
  /// The layers over the steps of a sequence.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()

  /// What is drawn, and how much of it.
  public struct Data: Equatable, Sendable {
    /// The problem.
    public enum Problem: String, ConfigurationChoice {
      /// The sum of the two marked numbers among many.
      case adding
      /// Ten symbols, to be said again after a long time.
      case copyMemory = "copy-memory"
    }

    /// The problem.
    public var problem = Problem.adding
    /// T: the steps of a sequence to add, or the steps to remember symbols for.
    public var length = 100
    /// The sequences of an epoch, fresh ones every epoch.
    public var trainCount = 10_000
    /// The sequences to validate on.
    public var validationCount = 500
    /// The sequences that are looked at once, at the end.
    public var testCount = 1000

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field("problem", \.problem, "What is drawn: the adding problem, or copy memory."),
      Field(
        "length", \.length, .from(2, to: 1_000_000),
        "The steps of a sequence to add, or the steps to remember symbols for."),
      Field(
        "train-count", \.trainCount, .from(1, to: 1_000_000_000),
        "The sequences of an epoch; every epoch has fresh ones."),
      Field(
        "validation-count", \.validationCount, .from(1, to: 1_000_000),
        "The sequences to validate on."),
      Field(
        "test-count", \.testCount, .from(1, to: 1_000_000),
        "The sequences that are looked at once, at the end."),
    ]
  }

  /// The network: recurrent layers, read after the last step to add, and at every step to copy.
  public struct Model: Equatable, Sendable {
    /// The layers.
    public var recurrent = RecurrentConfiguration()
    /// The size of a symbol's vector; of no use to the adding problem.
    public var embeddingSize = 16

    /// The defaults.
    public init() { recurrent.layers = 1 }

    static let fields: [Field<Self>] =
      Field.including(\.recurrent, RecurrentConfiguration.fields) + [
        Field(
          "embedding-size", \.embeddingSize, RecurrentConfiguration.sizes,
          "The size of a symbol's vector; of no use to the adding problem.")
      ]
  }

  /// The defaults.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields),
    rules: RecurrentConfiguration.rules { $0.model.recurrent } + trainingRules,
    defaults: { GeneratedConfiguration() })

  public var holdsOutValidation: Bool { true }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {}
}
