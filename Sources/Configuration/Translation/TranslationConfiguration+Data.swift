public import Datasets

extension TranslationConfiguration {
  /// The pairs that a translator learns from, how files hold them, and what sentences are divided into.
  public struct Data: Equatable, Sendable {
    /// The form of the files.
    public enum Format: String, ConfigurationChoice {
      /// Two files: line i of one translates line i of the other.
      case files
      /// A row a pair.
      case table
      /// A JSON object a pair.
      case jsonLines = "json-lines"
      /// No files: strings that are drawn, to be copied or reversed.
      case strings
    }

    /// The sentences to translate, or the pairs, to train on; an absolute path, `nil` for strings alone.
    public var train: String?
    /// The translations of ``train``, line by line.
    public var trainTarget: String?
    /// The pairs that decide which parameters are best; `nil` takes a part of ``train``.
    public var validation: String?
    /// The translations of ``validation``.
    public var validationTarget: String?
    /// The pairs that are looked at once, at the end; `nil` takes a part of ``train``.
    public var test: String?
    /// The translations of ``test``.
    public var testTarget: String?
    /// The part of the sentences of ``train`` that is kept for validation when there is no ``validation``.
    public var validationFraction = 0.0
    /// The part of the sentences of ``train`` that is kept for the test when there is no ``test``.
    public var testFraction = 0.0
    /// The form of the files.
    public var format = Format.files
    /// What stands between the columns of a table.
    public var separator = "\t"
    /// Whether a field of a table may stand in double quotes.
    public var hasQuotes = false
    /// Whether the first row of a table names the columns.
    public var header = false
    /// The column, or the key, of the sentences; `nil` is the first, or `source`.
    public var sourceColumn: String?
    /// The column, or the key, of their translations; `nil` is the second, or `target`.
    public var targetColumn: String?
    /// Whether white space at both ends of a sentence is left out.
    public var trims = false
    /// Pairs with more words than this on either side, by white space, are left out; `nil` keeps all.
    public var maximumWords: Int?
    /// A sentence of more units than this is refused.
    public var maximumLength = 1000
    /// The strings that are drawn.
    public var strings = Strings()

    /// What one unit is.
    public var unit = TextUnit.word
    /// How words are told apart.
    public var tokenizer = Tokenizer.Method.plain
    /// Whether capital letters become small ones first.
    public var lowercase = false
    /// How many byte-pair merges are learned from both sides; 0 leaves words whole.
    public var merges = 0
    /// A file of merges in the place of learned ones.
    public var mergesFile: String?
    /// Whether both sides have one vocabulary.
    public var sharesVocabulary = false
    /// Units seen fewer times than this become `<unk>`; pieces fall into smaller ones.
    public var minimumCount = 1
    /// The most units a vocabulary may have, the frequent ones first; `nil` is no limit.
    public var maximumVocabulary: Int?

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] =
      files + form + units
      + Field.section(
        "strings", \.strings, Strings.fields,
        when: Condition("data.format is strings") { $0.format == .strings })

    private static let files: [Field<Self>] = [
      .file(
        "train", \.train,
        "The sentences to train on, or pairs of sentences in one file; UTF-8, plain or gzip.",
        when: hasFiles),
      .file("train-target", \.trainTarget, "Their translations, line by line.", when: isFiles),
      .file(
        "validation", \.validation,
        "What tells which parameters are best; none takes validation-fraction.", when: hasFiles),
      .file("validation-target", \.validationTarget, "Its translations.", when: isFiles),
      .file(
        "test", \.test, "What is looked at once, at the end; none takes test-fraction.",
        when: hasFiles),
      .file("test-target", \.testTarget, "Its translations.", when: isFiles),
      Field(
        "validation-fraction", \.validationFraction, .from(0, below: 1),
        "The part of the different sentences to train on, drawn by the seed, that is kept for validation.",
        when: Condition("there is no data.validation") {
          $0.validation == nil && $0.format != .strings
        }),
      Field(
        "test-fraction", \.testFraction, .from(0, below: 1),
        "The part of the different sentences to train on, drawn by the seed, that is kept for the test.",
        when: Condition("there is no data.test") { $0.test == nil && $0.format != .strings }),
    ]

    private static let form: [Field<Self>] = [
      Field(
        "format", \.format,
        "The form of the data: two files that pair line by line, a table, JSON lines, or strings that are drawn."
      ),
      Field(
        "separator", \.separator, "What stands between columns: a character of ASCII.",
        when: isTable),
      Field("quotes", \.hasQuotes, "Fields may stand in double quotes.", when: isTable),
      Field("header", \.header, "The first row names the columns.", when: isTable),
      Field(
        "source-column", \.sourceColumn,
        "The column of the sentences, by name or by number from 1 on, or the key; none is 1, or source.",
        when: isOneFile),
      Field(
        "target-column", \.targetColumn,
        "The column of their translations, or the key; none is 2, or target.", when: isOneFile),
      Field("trim", \.trims, "Leave out white space at both ends of a sentence."),
      Field(
        "maximum-words", \.maximumWords, .from(1, to: 1_000_000),
        "Pairs with more words, by white space, on either side are left out."),
      Field(
        "maximum-length", \.maximumLength, .from(1, to: 1_000_000),
        "A sentence of more units is refused, here and when it should be translated."),
    ]

    private static let units: [Field<Self>] = [
      Field(
        "unit", \.unit,
        "What one unit is: a word or its pieces, a Unicode scalar, a grapheme cluster, or a byte of UTF-8."
      ),
      Field(
        "tokenizer", \.tokenizer,
        "How words are told apart: in plain text of any script, or at white space as it is.",
        when: isWords),
      Field("lowercase", \.lowercase, "Put the text in lower case first."),
      Field(
        "merges", \.merges, .from(0, to: 1_000_000),
        "The byte-pair merges that divide words into pieces, learned from both sides; 0 leaves words whole.",
        when: isWords),
      .file(
        "merges-file", \.mergesFile,
        "Merges to take in the place of learned ones, as subword-nmt writes them.", when: isWords),
      Field("shared-vocabulary", \.sharesVocabulary, "Give both sides one vocabulary."),
      Field(
        "minimum-count", \.minimumCount, .from(1, to: 1_000_000_000),
        "Units seen fewer times than this become <unk>; pieces of words fall into smaller ones.",
        when: hasOpenVocabulary),
      Field(
        "maximum-vocabulary", \.maximumVocabulary, .from(4, to: 10_000_000),
        "The most units a vocabulary may have, the frequent ones first.", when: hasOpenVocabulary),
    ]

    private static let hasFiles = Condition<Self>("data.format is not strings") {
      $0.format != .strings
    }
    private static let isFiles = Condition<Self>("data.format is files") { $0.format == .files }
    private static let isTable = Condition<Self>("data.format is table") { $0.format == .table }
    private static let isOneFile = Condition<Self>("data.format is table or json-lines") {
      [.table, .jsonLines].contains($0.format)
    }
    private static let isWords = Condition<Self>("data.unit is word") { $0.unit == .word }
    private static let hasOpenVocabulary = Condition<Self>("data.unit is not byte") {
      $0.unit != .byte
    }

    /// Whether there are pairs to validate on.
    public var holdsOutValidation: Bool {
      format == .strings || validation != nil || validationFraction > 0
    }

    /// Whether words fall into pieces.
    public var hasPieces: Bool { unit == .word && (merges > 0 || mergesFile != nil) }

    mutating func move(to other: Self) {
      if train != nil, other.train != nil { train = other.train }
      for (path, target) in [
        (\Self.validation, \Self.validationTarget), (\Self.test, \Self.testTarget),
      ] where self[keyPath: path] != nil && other[keyPath: path] != nil {
        self[keyPath: path] = other[keyPath: path]
        self[keyPath: target] = other[keyPath: target]
      }
      if trainTarget != nil, other.trainTarget != nil { trainTarget = other.trainTarget }
      // What was read from it stands in the run's folder.
      if mergesFile != nil, other.mergesFile != nil { mergesFile = other.mergesFile }
    }

    var trainViolation: String? {
      (train == nil) == (format == .strings)
        ? nil : "is not set: expected the path of a file, or data.format strings"
    }

    func targetViolation(_ part: String, _ target: String?) -> String? {
      let path = [train, validation, test][part == "train" ? 0 : part == "validation" ? 1 : 2]
      guard format == .files, (path == nil) != (target == nil) else { return nil }
      return target == nil
        ? "must be given beside data.\(part), or data.format say that one file holds the pairs"
        : "needs data.\(part) beside it, which it translates"
    }

    var fractionViolation: String? {
      let validation = validation == nil ? validationFraction : 0
      return validation + (test == nil ? testFraction : 0) < 1
        ? nil : "with data.test-fraction it leaves nothing to train on"
    }

    var unitViolation: String? {
      format == .strings && unit == .word
        ? "must be character for data.format strings, whose strings are one word" : nil
    }

    var mergesViolation: String? {
      mergesFile != nil && merges > 0
        ? "takes the place of data.merges, which must be 0 beside it" : nil
    }

    var separatorViolation: String? {
      let isOne = separator.utf8.count == 1 && separator != "\"" && separator != "\n"
      return isOne && separator != "\r"
        ? nil : "must be one character of ASCII that is no quote and no line end"
    }
  }
}
