/// Everything that determines a training run of task `music`.
public struct MusicConfiguration: TaskConfiguration {
  public static let task = TaskKind.music

  /// The pieces.
  public var data = Data()
  /// The layers over the steps of a piece.
  public var model = Model()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// How pieces are put into batches.
  public var batches = BatchConfiguration()

  /// The file of pieces, and its notes.
  public struct Data: Equatable, Sendable {
    /// Piano rolls; an absolute path.
    public var train = ""
    /// The lowest note.
    public var lowestNote = 21
    /// The highest note.
    public var highestNote = 108
    /// The most semitones by which a piece is moved up or down while training.
    public var transpose = 0

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      .requiredFile(
        "train", \.train,
        "Piano rolls in JSON: splits train, valid and test, or a list of pieces to train on alone."),
      Field("lowest-note", \.lowestNote, .from(0, to: 127), "The lowest note, by MIDI's number."),
      Field(
        "highest-note", \.highestNote, .from(0, to: 127), "The highest note, by MIDI's number."),
      Field(
        "transpose", \.transpose, .from(0, to: 24),
        "The most semitones by which a piece is moved up or down while training, another number every epoch."
      ),
    ]

    var rangeViolation: String? {
      lowestNote < highestNote
        ? nil : "must be above data.lowest-note, but they are \(highestNote) and \(lowestNote)"
    }
  }

  /// The network: recurrent layers that read a step's notes and foretell the next.
  public struct Model: Equatable, Sendable {
    /// The layers.
    public var recurrent = RecurrentConfiguration()
    /// The probability that a note is dropped before the first layer.
    public var inputDropout = 0.0

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] =
      Field.including(\.recurrent, RecurrentConfiguration.fields) + [
        Field(
          "input-dropout", \.inputDropout, RecurrentConfiguration.probability,
          "The probability that a note is dropped before the first layer.")
      ]
  }

  /// The defaults; only the pieces are still to be set.
  public init() {}

  public static let schema = Schema(
    [.task(task)]
      + Field.section("data", \.data, Data.fields)
      + Field.section("model", \.model, Model.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("training", \.batches, BatchConfiguration.fields),
    rules: [
      .init("data.highest-note") { $0.data.rangeViolation }
    ] + RecurrentConfiguration.rules { $0.model.recurrent } + trainingRules,
    defaults: { MusicConfiguration() })

  /// Whether there is a split to validate on is known when the file is read.
  public var holdsOutValidation: Bool { true }

  public mutating func allowChanges(of other: Self, hasCheckpoint: Bool) {
    if hasCheckpoint { data.train = other.data.train }
  }
}
