/// Everything that determines a training run of task `images`.
public struct ImageConfiguration: TaskConfiguration {
  public static let task = TaskKind.images

  /// The images and their labels.
  public var data = Data()
  /// The network.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()

  /// The files of images and labels.
  public struct Data: Equatable, Sendable {
    /// The images to train on; an absolute path.
    public var train = ""
    /// Their labels; an absolute path.
    public var trainLabels = ""
    /// The images that are looked at once, at the end.
    public var test: String?
    /// Their labels.
    public var testLabels: String?
    /// The part of the training images that is kept for validation, drawn by the seed.
    public var validationFraction = 0.0

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      .requiredFile("train", \.train, "The images to train on: IDX, plain or gzip."),
      .requiredFile("train-labels", \.trainLabels, "Their labels: IDX, plain or gzip."),
      .file("test", \.test, "The images that are looked at once, at the end."),
      .file("test-labels", \.testLabels, "Their labels."),
      Field(
        "validation-fraction", \.validationFraction, .from(0, below: 1),
        "The part of the training images, drawn by the seed, that is kept for validation."),
    ]

    var labelsViolation: String? {
      (test == nil) == (testLabels == nil)
        ? nil : "belongs to data.test: give both or neither"
    }
  }

  /// The defaults; only the images to train on are still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields),
    rules: [
      .init("data.test-labels") { $0.data.labelsViolation },
      .init("model.cell") { $0.model.cornersViolation },
      .init("model.bidirectional") {
        $0.model.gridViolation("a grid is walked from every side", \.isBidirectional)
      },
      .init("model.variational") {
        $0.model.gridViolation("the nodes of a grid have a mask each", \.recurrent.variational)
      },
      .init("model.weight-dropout") {
        $0.model.gridViolation("the walks over a grid keep all weights", \.dropsWeights)
      },
    ] + RecurrentConfiguration.rules { $0.model.encoder.recurrent } + trainingRules,
    defaults: { ImageConfiguration() })

  public var holdsOutValidation: Bool { data.validationFraction > 0 }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    guard hasCheckpoint else { return }
    data.train = other.data.train
    data.trainLabels = other.data.trainLabels
    // Files and none are not the same setting.
    if data.test != nil, other.data.test != nil {
      data.test = other.data.test
      data.testLabels = other.data.testLabels
    }
  }
}
