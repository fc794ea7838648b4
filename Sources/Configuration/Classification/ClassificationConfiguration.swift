/// Everything that determines a training run of task `classification`.
public struct ClassificationConfiguration: TaskConfiguration {
  public static let task = TaskKind.classification

  /// The examples and their labels.
  public var data = Data()
  /// The network.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// How examples are put into batches.
  public var batches = BatchConfiguration()

  /// The network: recurrent layers over a sequence, one vector for all of it, and a choice among the classes.
  public struct Model: Equatable, Sendable {
    /// The layers over the steps of a sequence.
    public var encoder = EncoderConfiguration()
    /// How the steps are joined.
    public var pooling = Pooling.last
    /// The size of the vector of a word or a character; of no use to series of numbers.
    public var embeddingSize = 100
    /// The probability that a unit of a step's vector is dropped before the first layer.
    public var inputDropout = 0.0

    /// How the steps of a sequence are joined into one vector.
    public enum Pooling: String, ConfigurationChoice { case last, mean, max, attention }

    /// The defaults.
    public init() { encoder.isBidirectional = true }

    static let fields: [Field<Self>] =
      Field.including(\.encoder, EncoderConfiguration.fields) + [
        Field(
          "pooling", \.pooling,
          "How the steps of a sequence are joined: the last states, their mean, maximum, or a learned mean."
        ),
        Field(
          "embedding-size", \.embeddingSize, RecurrentConfiguration.sizes,
          "The size of the vector of a word or a character; of no use to series of numbers."),
        Field(
          "input-dropout", \.inputDropout, RecurrentConfiguration.probability,
          "The probability that a unit of a step's vector is dropped before the first layer."),
      ]
  }

  /// The defaults; only the examples to train on are still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("training", \.batches, BatchConfiguration.fields),
    rules: [
      .init("data.train-counts") { $0.data.countsViolation }
    ] + RecurrentConfiguration.rules { $0.model.encoder.recurrent } + trainingRules,
    defaults: { ClassificationConfiguration() })

  public var holdsOutValidation: Bool { data.holdsOutValidation }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    if hasCheckpoint { data.move(to: other.data) }
  }
}
