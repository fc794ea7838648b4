extension TranslationConfiguration {
  /// How often the decoder reads, while it is trained, the symbol that should have been written and not its own.
  public struct Forcing: Equatable, Sendable {
    /// How the share of such symbols falls from step to step, i counting them from 0.
    public enum Schedule: String, ConfigurationChoice {
      /// It is 1 throughout.
      case always
      /// 1 − slope · i.
      case linear
      /// kⁱ.
      case exponential
      /// k / (k + exp(i / k)).
      case inverseSigmoid = "inverse-sigmoid"
    }

    /// How the share falls.
    public var schedule = Schedule.always
    /// By how much it falls at each step.
    public var slope = 0.0001
    /// k: by default one that gives about a half after a few thousand steps.
    public var k: Double?
    /// What it does not fall below.
    public var minimum = 0.0

    /// The defaults.
    public init() {}

    /// k, where it is not given that of the schedule.
    public var rate: Double { k ?? (schedule == .exponential ? 0.9998 : 500) }

    static let fields: [Field<Self>] = [
      Field(
        "schedule", \.schedule,
        "How often the decoder reads what should have been written, not its own: always, or less from step to step.",
        option: "forcing"),
      Field(
        "slope", \.slope, .from(0, to: 1), "By how much the share falls at each step.",
        option: "forcing-slope",
        when: Condition("training.forcing.schedule is linear") { $0.schedule == .linear }),
      Field(
        "k", \.k, .above(0, to: 1e9),
        "The k of the share k^i, or k / (k + exp(i / k)), at step i; none is 0.9998, or 500.",
        option: "forcing-k",
        when: Condition("training.forcing.schedule is exponential or inverse-sigmoid") {
          [.exponential, .inverseSigmoid].contains($0.schedule)
        }),
      Field(
        "minimum", \.minimum, .from(0, to: 1), "What the share does not fall below.",
        option: "forcing-minimum",
        when: Condition("training.forcing.schedule is not always") { $0.schedule != .always }),
    ]

    var rateViolation: String? {
      switch schedule {
      case .exponential where rate >= 1: "must be below 1 for exponential, but is \(rate)"
      case .inverseSigmoid where rate < 1: "must be 1 or more for inverse-sigmoid, but is \(rate)"
      default: nil
      }
    }
  }
}
