public import Datasets

extension TranslationConfiguration {
  /// How translations are written, and how they are judged.
  public struct Decoding: Equatable, Sendable {
    /// What the log-probability of a translation is divided by.
    public enum LengthPenalty: String, ConfigurationChoice {
      /// 1.
      case none
      /// ((5 + length) / 6) to the power of ``Decoding/alpha``.
      case gnmt
      /// The length to the power of ``Decoding/alpha``.
      case power
    }

    /// K, how many translations of a sentence are pursued; 1 takes the most probable symbol at every step.
    public var beam = 1
    /// The same when validating while training.
    public var validationBeam = 1
    /// What the log-probability of a translation is divided by.
    public var lengthPenalty = LengthPenalty.gnmt
    /// How much length counts.
    public var alpha = 0.6
    /// How much it counts that every unit of the sentence has been looked at; 0 not at all.
    public var coveragePenalty = 0.0
    /// The fewest symbols of a translation, its end not counted.
    public var minimumLength = 0
    /// The most symbols of a translation; `nil` is twice as many as the sentence has, and fifty more.
    public var maximumLength: Int?
    /// No run of so many symbols comes twice in a translation; 0 for no such rule.
    public var noRepeat = 0
    /// How BLEU divides sentences into words.
    public var bleu = BLEU.Tokenization.mteval13a

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field(
        "beam", \.beam, .from(1, to: 1000),
        "How many translations of a sentence are pursued; 1 takes the most probable symbol at every step."
      ),
      Field(
        "validation-beam", \.validationBeam, .from(1, to: 1000),
        "The same when validating while training."),
      Field(
        "length-penalty", \.lengthPenalty,
        "What log-probabilities are divided by: nothing, ((5 + length) / 6)^alpha, or length^alpha."
      ),
      Field(
        "alpha", \.alpha, .from(0, to: 10), "How much length counts.",
        when: Condition("decoding.length-penalty is not none") { $0.lengthPenalty != .none }),
      Field(
        "coverage-penalty", \.coveragePenalty, .from(0, to: 1000),
        "How much it counts that every unit of the sentence has been looked at; 0 not at all."),
      Field(
        "minimum-length", \.minimumLength, .from(0, to: 1_000_000),
        "The fewest symbols of a translation."),
      Field(
        "maximum-length", \.maximumLength, .from(1, to: 1_000_000),
        "The most symbols of a translation; none is twice those of the sentence and fifty more.",
        option: "maximum-translation"),
      Field(
        "no-repeat", \.noRepeat, .from(0, to: 1000),
        "No run of so many symbols comes twice in a translation; 0 for no such rule."),
      Field(
        "bleu", \.bleu,
        "How BLEU divides sentences into words: as sacrebleu's 13a or intl, or at white space alone."
      ),
    ]

    /// The same with some settings over them, as options give them: `--beam`, `--maximum-length`.
    ///
    /// - Throws: The first thing that is wrong with them.
    public func with(_ settings: [Setting]) throws(ConfigurationError) -> Self {
      try Schema(
        Self.fields, rules: [.init("minimum-length") { $0.lengthViolation }], defaults: { self }
      ).read(file: nil, settings: settings).values
    }

    var lengthViolation: String? {
      guard let maximumLength, minimumLength > maximumLength else { return nil }
      return "must not be above decoding.maximum-length, but they are \(minimumLength) and "
        + "\(maximumLength)"
    }
  }
}
