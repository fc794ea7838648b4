public import Datasets

extension TaggingConfiguration {
  /// The sentences a tagger learns from, and where their words and tags stand.
  public struct Data: DataFiles, Equatable, Sendable {
    /// The form of the files.
    public enum Format: String, ConfigurationChoice { case conllu, columns }

    /// The column of CoNLL-U that holds the tags.
    public enum Column: String, ConfigurationChoice { case lemma, upos, xpos, feats, deprel }

    /// The sentences to train on; an absolute path.
    public var train = ""
    /// The sentences that decide which parameters are best; `nil` for none.
    public var validation: String?
    /// The sentences that are looked at once, at the end.
    public var test: String?
    /// The form of the files.
    public var format = Format.conllu
    /// The column of CoNLL-U that holds the tags.
    public var column = Column.upos
    /// The column that holds the words, the first being 1.
    public var wordColumn = 1
    /// The column that holds the tags; `nil` is the last.
    public var tagColumn: Int?
    /// How tags mark phrases; `nil` when each tag is about its word alone.
    public var scheme: PhraseScheme?
    /// Whether words that differ in case alone share a vector.
    public var lowercase = true
    /// Words seen fewer times than this in the training sentences share one vector.
    public var minimumCount = 1

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      .requiredFile("train", \.train, "The sentences to train on, UTF-8, plain or gzip."),
      .file(
        "validation", \.validation,
        "The sentences that tell which parameters are best; none keeps the last ones."),
      .file("test", \.test, "The sentences that are looked at once, at the end."),
      Field(
        "format", \.format, "The form of the files: CoNLL-U, or columns divided by white space."),
      Field(
        "column", \.column, "The column of CoNLL-U that holds the tags.",
        when: Condition("data.format is conllu") { $0.format == .conllu }),
      Field(
        "word-column", \.wordColumn, .from(1, to: 1000),
        "The column that holds the words, the first being 1.", when: isColumns),
      Field(
        "tag-column", \.tagColumn, .from(1, to: 1000),
        "The column that holds the tags, the first being 1; none is the last.", when: isColumns),
      Field(
        "scheme", \.scheme,
        "How tags mark phrases, which are then counted as conlleval does; none for tags of words."),
      Field("lowercase", \.lowercase, "Let words that differ in case alone share a vector."),
      Field(
        "minimum-count", \.minimumCount, .from(1, to: 1_000_000_000),
        "Words seen fewer times than this in the training sentences share one vector."),
    ]

    private static let isColumns = Condition<Self>("data.format is columns") {
      $0.format == .columns
    }

    var schemeViolation: String? {
      scheme != nil && format != .columns
        ? "must be none unless data.format is columns, but it is \(format.rawValue)" : nil
    }

    var columnViolation: String? {
      tagColumn == wordColumn ? "must not be data.word-column, but both are \(wordColumn)" : nil
    }
  }
}
