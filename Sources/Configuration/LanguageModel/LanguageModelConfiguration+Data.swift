public import Datasets

extension LanguageModelConfiguration {
  /// The text a language model learns, and how it is cut into tokens.
  public struct Data: DataFiles, Equatable, Sendable {
    /// The text to train on; an absolute path.
    public var train = ""
    /// The text that decides which parameters are best; `nil` takes the end of ``train``.
    public var validation: String?
    /// The text that is looked at once, at the end; `nil` takes the end of ``train``.
    public var test: String?
    /// The part of ``train`` that is kept for validation when there is no ``validation`` file. It
    /// stands after what is trained on and before the part for the test.
    public var validationFraction = 0.1
    /// The last part of ``train``, kept for the test when there is no ``test`` file.
    public var testFraction = 0.0
    /// What one token is.
    public var unit = TextUnit.character
    /// Whether the text is put in lower case first.
    public var lowercase = false
    /// Whether every line ends in the token `<eos>`; only for words.
    public var endOfLine = true
    /// Tokens seen fewer times than this in the training text become `<unk>`.
    public var minimumCount = 1
    /// The most tokens the vocabulary may have, the frequent ones first; `nil` is no limit.
    public var maximumVocabulary: Int?

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      .requiredFile("train", \.train, "The text to train on, UTF-8."),
      .file(
        "validation", \.validation,
        "The text that tells which parameters are best; none takes the end of the training text."),
      .file("test", \.test, "The text that is looked at once, at the end."),
      Field(
        "validation-fraction", \.validationFraction, .from(0, below: 1),
        "The part of the training text that is kept for validation, before the part for the test.",
        when: Condition("there is no data.validation") { $0.validation == nil }),
      Field(
        "test-fraction", \.testFraction, .from(0, below: 1),
        "The last part of the training text, kept for the test.",
        when: Condition("there is no data.test") { $0.test == nil }),
      Field(
        "unit", \.unit,
        "What one token is: a Unicode scalar, a grapheme cluster, a byte of UTF-8, or a word."),
      Field("lowercase", \.lowercase, "Put the text in lower case first."),
      Field(
        "end-of-line", \.endOfLine, "End every line in the token <eos>.",
        when: Condition("data.unit is word") { $0.unit == .word }),
      Field(
        "minimum-count", \.minimumCount, .from(1, to: 1_000_000_000),
        "Tokens seen fewer times than this become <unk>.", when: hasOpenVocabulary),
      Field(
        "maximum-vocabulary", \.maximumVocabulary, .from(2, to: 10_000_000),
        "The most tokens the vocabulary may have, the frequent ones first.",
        when: hasOpenVocabulary),
    ]

    private static let hasOpenVocabulary = Condition<Self>("data.unit is not byte") {
      $0.unit != .byte
    }

    /// Whether there is a text to validate on.
    public var holdsOutValidation: Bool { validation != nil || validationFraction > 0 }

    /// Whether there is a text to look at once, at the end.
    public var holdsOutTest: Bool { test != nil || testFraction > 0 }

    var fractionViolation: String? {
      let validation = validation == nil ? validationFraction : 0
      let held = validation + (test == nil ? testFraction : 0)
      return held < 1 ? nil : "with data.test-fraction it leaves nothing of the text to train on"
    }
  }
}
