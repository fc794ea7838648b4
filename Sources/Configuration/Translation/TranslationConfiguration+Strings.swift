extension TranslationConfiguration.Data {
  /// Strings of letters that are drawn, to be copied or reversed.
  public struct Strings: Equatable, Sendable {
    /// What becomes of a string.
    public enum Problem: String, ConfigurationChoice { case copy, reverse }

    /// What becomes of a string.
    public var problem = Problem.reverse
    /// How many different letters there are.
    public var letters = 26
    /// The fewest and the most letters of a string, to train and to validate on.
    public var lengths = [5, 40]
    /// The same for the test.
    public var testLengths = [5, 40]
    /// The strings to train on.
    public var trainCount = 50_000
    /// The strings to validate on.
    public var validationCount = 1000
    /// The strings that are looked at once, at the end.
    public var testCount = 1000

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field("problem", \.problem, "What becomes of a string."),
      Field("letters", \.letters, .from(1, to: 26), "How many different letters there are."),
      Field(
        "lengths", \.lengths, each: .from(0, to: 100_000),
        "The fewest and the most letters of a string, to train and to validate on."),
      Field(
        "test-lengths", \.testLengths, each: .from(0, to: 100_000), "The same for the test."),
      Field(
        "train-count", \.trainCount, .from(1, to: 100_000_000), "The strings to train on."),
      Field(
        "validation-count", \.validationCount, .from(1, to: 1_000_000),
        "The strings to validate on."),
      Field(
        "test-count", \.testCount, .from(1, to: 1_000_000),
        "The strings that are looked at once, at the end."),
    ]

    static func lengthsViolation(_ lengths: [Int]) -> String? {
      lengths.count == 2 && lengths[0] <= lengths[1]
        ? nil : "must be two numbers of which the second is not smaller, but is \(lengths)"
    }
  }
}
