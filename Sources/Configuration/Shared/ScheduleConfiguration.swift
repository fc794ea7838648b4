/// How the learning rate changes over time.
///
/// Every kind starts with a linear warm-up over ``warmupSteps``, if there are any.
public struct ScheduleConfiguration: Equatable, Sendable {
  /// What happens after the warm-up.
  public enum Kind: String, ConfigurationChoice {
    /// Nothing.
    case constant
    /// From epoch ``ScheduleConfiguration/afterEpoch`` on, a factor every epoch.
    case step
    /// A factor after more than ``ScheduleConfiguration/patience`` epochs without a better loss.
    case plateau
    /// Half a cosine, from the learning rate to the minimum, until the last step.
    case cosine
  }

  /// What happens after the warm-up.
  public var kind = Kind.constant
  /// Epochs at the full rate, before the first ``factor`` of a step schedule.
  public var afterEpoch = 5
  /// What the learning rate is multiplied by.
  public var factor = 0.5
  /// Epochs without a better validation loss that a plateau bears; the next one brings the factor.
  public var patience = 2
  /// Steps over which the rate rises from zero.
  public var warmupSteps = 0
  /// The learning rate never falls below this, once warm.
  public var minimum = 0.0

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] = [
    Field("kind", \.kind, "How the learning rate changes over time.", option: "schedule"),
    Field(
      "after-epoch", \.afterEpoch, .from(0, to: 1_000_000),
      "Epochs at the full rate, before the factor applies every epoch.",
      when: Condition("training.schedule.kind is step") { $0.kind == .step }),
    Field(
      "factor", \.factor, .above(0, to: 1), "What the learning rate is multiplied by.",
      option: "schedule-factor",
      when: Condition("training.schedule.kind is step or plateau") {
        [.step, .plateau].contains($0.kind)
      }),
    Field(
      "patience", \.patience, .from(0, to: 1_000_000),
      "Epochs without a better validation loss that are borne; the next one brings the factor.",
      option: "schedule-patience",
      when: Condition("training.schedule.kind is plateau") { $0.kind == .plateau }),
    Field(
      "warmup-steps", \.warmupSteps, .from(0, to: 1_000_000_000),
      "Steps over which the learning rate rises from zero."),
    Field(
      "minimum", \.minimum, .from(0, to: 1000), "The learning rate never falls below this.",
      option: "schedule-minimum",
      when: Condition("training.schedule.kind is not constant") { $0.kind != .constant }),
  ]

  func minimumViolation(under learningRate: Double) -> String? {
    guard kind != .constant, minimum > learningRate else { return nil }
    return "must not be above training.optimizer.learning-rate, but they are \(minimum) and "
      + "\(learningRate)"
  }
}
