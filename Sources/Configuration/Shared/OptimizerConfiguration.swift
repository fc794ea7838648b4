/// The rule that turns gradients into steps.
public struct OptimizerConfiguration: Equatable, Sendable {
  /// The rule.
  public enum Kind: String, ConfigurationChoice { case sgd, rmsprop, adagrad, adam, adamw }

  /// The rule.
  public var kind = Kind.adam
  /// The step size, before the schedule.
  public var learningRate = 0.002
  /// The part of the last step that is taken again; SGD and RMSProp.
  public var momentum = 0.0
  /// Whether SGD looks ahead along its momentum.
  public var nesterov = false
  /// The memory of RMSProp's mean square, α.
  public var decay = 0.99
  /// The memory of Adam's mean.
  public var beta1 = 0.9
  /// The memory of Adam's mean square.
  public var beta2 = 0.999
  /// What is added to the root of the mean square so that nothing is divided by zero.
  public var epsilon = 1e-8
  /// The pull of the weights towards zero: added to the gradient, or in AdamW applied to the weight.
  public var weightDecay = 0.0

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] = [
    Field(
      "kind", \.kind, "The rule that turns gradients into steps.", option: "optimizer"),
    Field(
      "learning-rate", \.learningRate, .above(0, to: 1000), "The step size, before the schedule."),
    Field(
      "momentum", \.momentum, memory, "The part of the last step that is taken again.",
      when: Condition("training.optimizer.kind is sgd or rmsprop") {
        [.sgd, .rmsprop].contains($0.kind)
      }),
    Field(
      "nesterov", \.nesterov, "Look ahead along the momentum.",
      when: Condition("training.optimizer.kind is sgd") { $0.kind == .sgd }),
    Field(
      "decay", \.decay, memory, "The memory of the mean square.",
      when: Condition("training.optimizer.kind is rmsprop") { $0.kind == .rmsprop }),
    Field("beta1", \.beta1, memory, "The memory of the mean.", when: isAdam),
    Field("beta2", \.beta2, memory, "The memory of the mean square.", when: isAdam),
    Field(
      "epsilon", \.epsilon, .above(0, to: 1),
      "What is added to the root of the mean square, against division by zero.",
      when: Condition("training.optimizer.kind is not sgd") { $0.kind != .sgd }),
    Field(
      "weight-decay", \.weightDecay, .from(0, to: 100), "The pull of the weights towards zero."),
  ]

  private static let memory = Bounds<Double>.from(0, below: 1)
  private static let isAdam = Condition<Self>("training.optimizer.kind is adam or adamw") {
    [.adam, .adamw].contains($0.kind)
  }

  var nesterovViolation: String? {
    nesterov && momentum == 0 ? "needs training.optimizer.momentum above 0" : nil
  }
}
