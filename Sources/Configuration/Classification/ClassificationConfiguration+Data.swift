public import Datasets

extension ClassificationConfiguration {
  /// The examples a classifier learns from, and how files hold them.
  public struct Data: DataFiles, Equatable, Sendable {
    /// The form of the files.
    public enum Format: String, ConfigurationChoice {
      /// Texts, a row an example, divided by commas.
      case csv
      /// Texts, a row an example, divided by tabs.
      case tsv
      /// Texts, a JSON object an example.
      case jsonLines = "json-lines"
      /// Series, a row a frame, divided by commas.
      case seriesCSV = "series-csv"
      /// Series, a line a frame, with a blank line or one of ones after each, as ``seriesEnd`` says.
      case seriesBlocks = "series-blocks"

      /// Whether examples are series of numbers.
      public var isSeries: Bool { self == .seriesCSV || self == .seriesBlocks }
    }

    /// What stands after each series of a file of blocks.
    public typealias SeriesEnd = LabelledSeries.BlockEnd

    /// What one step of a text is.
    public enum Unit: String, ConfigurationChoice { case word, character }

    /// The examples to train on; an absolute path.
    public var train = ""
    /// The examples that decide which parameters are best; `nil` takes a part of ``train``.
    public var validation: String?
    /// The examples that are looked at once, at the end.
    public var test: String?
    /// The part of ``train`` that is kept for validation, drawn by the seed, when there is no ``validation`` file.
    public var validationFraction = 0.0
    /// The form of the files.
    public var format = Format.csv
    /// Whether the first row names the columns.
    public var header = true
    /// The column, or the key, of the texts: its name, or its number from 1 on.
    public var textColumn = "text"
    /// The column, or the key, of the labels.
    public var labelColumn = "label"
    /// The column of the names by which the frames of a series belong together.
    public var sequenceColumn = "sequence"
    /// What stands after each series of a file of blocks.
    public var seriesEnd = SeriesEnd.blank
    /// How many series of ``train`` in a row have each label.
    public var trainCounts: LabelCounts?
    /// How many series of ``validation`` in a row have each label.
    public var validationCounts: LabelCounts?
    /// How many series of ``test`` in a row have each label.
    public var testCounts: LabelCounts?
    /// What one step of a text is.
    public var unit = Unit.word
    /// Whether texts are put in lower case first.
    public var lowercase = true
    /// Words or characters seen fewer times than this in the training texts share one vector.
    public var minimumCount = 1

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      .requiredFile("train", \.train, "The examples to train on, UTF-8, plain or gzip."),
      .file(
        "validation", \.validation,
        "The examples that tell which parameters are best; none takes validation-fraction."),
      .file("test", \.test, "The examples that are looked at once, at the end."),
      Field(
        "validation-fraction", \.validationFraction, .from(0, below: 1),
        "The part of the training examples, drawn by the seed, that is kept for validation.",
        when: Condition("there is no data.validation") { $0.validation == nil }),
      Field(
        "format", \.format,
        "The form of the files: texts as CSV, TSV or JSON, or series with a frame a row or a line."),
      Field("header", \.header, "The first row names the columns.", when: isTable),
      Field(
        "text-column", \.textColumn,
        "The column of the texts, by name or by number from 1 on; for JSON the key.", when: isText),
      Field(
        "label-column", \.labelColumn,
        "The column of the labels, by name or by number from 1 on; for JSON the key.",
        when: Condition("data.format is not series-blocks") { $0.format != .seriesBlocks }),
      Field(
        "sequence-column", \.sequenceColumn, "The column that names the series a frame belongs to.",
        when: Condition("data.format is series-csv") { $0.format == .seriesCSV }),
      Field(
        "series-end", \.seriesEnd,
        "What ends a series: a blank line, a line of nothing but ones (then no frame), or either.",
        when: isBlocks),
      Field(
        "train-counts", \.trainCounts,
        "How many training series in a row have the label 1, how many then 2, and so on.",
        when: isBlocks),
      Field(
        "validation-counts", \.validationCounts, "The same of the validation series.",
        when: isBlocks),
      Field("test-counts", \.testCounts, "The same of the test series.", when: isBlocks),
      Field("unit", \.unit, "What one step of a text is.", when: isText),
      Field("lowercase", \.lowercase, "Put texts in lower case first.", when: isText),
      Field(
        "minimum-count", \.minimumCount, .from(1, to: 1_000_000_000),
        "Words or characters seen fewer times than this in the training texts share one vector.",
        when: isText),
    ]

    private static let isText = Condition<Self>("data.format is csv, tsv or json-lines") {
      !$0.format.isSeries
    }
    private static let isTable = Condition<Self>("data.format is csv, tsv or series-csv") {
      [.csv, .tsv, .seriesCSV].contains($0.format)
    }
    private static let isBlocks = Condition<Self>("data.format is series-blocks") {
      $0.format == .seriesBlocks
    }

    /// Whether there are examples to validate on.
    public var holdsOutValidation: Bool { validation != nil || validationFraction > 0 }

    var countsViolation: String? {
      guard format == .seriesBlocks else { return nil }
      if trainCounts == nil { return "must be given for series-blocks" }
      let missing =
        validation != nil && validationCounts == nil
        ? "validation" : test != nil && testCounts == nil ? "test" : nil
      return missing.map { "needs data.\($0)-counts beside it, because there is a data.\($0)" }
    }
  }
}
