extension TreeConfiguration {
  /// The trees a classifier learns from, and what their labels mean.
  public struct Data: DataFiles, Equatable, Sendable {
    /// The trees to train on; an absolute path.
    public var train = ""
    /// The trees that decide which parameters are best; `nil` for none.
    public var validation: String?
    /// The trees that are looked at once, at the end.
    public var test: String?
    /// The number of classes, whose labels are 0, 1, …; `nil` takes the labels of ``train``.
    public var classes: Int?
    /// Whether the labels 0 and 1 are to be told from 3 and 4, and 2 is no label.
    public var binary = false
    /// Whether words that differ in case alone share a vector.
    public var lowercase = false
    /// Words seen fewer times than this in the training trees share one vector.
    public var minimumCount = 1

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      .requiredFile(
        "train", \.train, "The trees to train on, in brackets, UTF-8, plain or gzip."),
      .file(
        "validation", \.validation,
        "The trees that tell which parameters are best; none keeps the last ones."),
      .file("test", \.test, "The trees that are looked at once, at the end."),
      Field(
        "classes", \.classes, .from(2, to: 1_000_000),
        "The number of classes, whose labels are 0, 1, …; none takes the labels of the training trees."
      ),
      Field(
        "binary", \.binary,
        "Tell labels 0 and 1 from 3 and 4; nodes labelled 2 are not learned from, and such roots not counted."
      ),
      Field("lowercase", \.lowercase, "Let words that differ in case alone share a vector."),
      Field(
        "minimum-count", \.minimumCount, .from(1, to: 1_000_000_000),
        "Words seen fewer times than this in the training trees share one vector."),
    ]

    var classesViolation: String? {
      guard binary, let classes, classes != 5 else { return nil }
      return "must be 5 or none with data.binary, but it is \(classes)"
    }
  }
}
