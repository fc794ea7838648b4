/// Everything that determines a training run of one task.
public protocol TaskConfiguration: Equatable, Sendable {
  /// The defaults; what a task reads is still to be set.
  init()

  /// Every setting, and the rules that hold between them.
  static var schema: Schema<Self> { get }
  /// The value of the key `task` that tells this kind of configuration from others.
  static var task: TaskKind { get }

  /// How the network learns.
  var training: TrainingConfiguration { get set }
  /// Whether there is data to validate on.
  var holdsOutValidation: Bool { get }

  /// Takes from another configuration what may change when a run goes on.
  ///
  /// - Parameters:
  ///   - other: The configuration to go on with.
  ///   - hasCheckpoint: Whether the run has one, which knows what the files of its data held: they may then be elsewhere.
  mutating func allowChanges(of other: Self, hasCheckpoint: Bool)

  /// Takes from another configuration what may be otherwise when a trained model is evaluated; unless given, nothing.
  mutating func allowEvaluation(of other: Self)
}

extension TaskConfiguration {
  /// Reads a configuration file and applies options over it.
  ///
  /// - Parameters:
  ///   - file: A YAML file; `nil` starts from the defaults.
  ///   - settings: Options, in order.
  /// - Returns: The settings, and where each came from.
  /// - Throws: The first thing that is wrong, as one sentence.
  public static func read(
    file: String?, settings: [Setting] = []
  ) throws(ConfigurationError) -> Configured<Self> {
    try schema.read(file: file, settings: settings)
  }

  public mutating func allowEvaluation(of other: Self) {}

  /// The first setting that differs from a run's and is not about how its model is evaluated; `nil` when there is none.
  public func firstConflict(evaluating run: Self) -> Schema<Self>.Difference? {
    var allowed = run
    allowed.allowEvaluation(of: self)
    return Self.schema.firstDifference(between: self, and: allowed)
  }

  /// The configuration as used, as YAML that reads back equal.
  public var yaml: String { Self.schema.yaml(for: self) }

  /// The first setting that decides what a run computes and differs from the run's: what cannot change when it goes on.
  ///
  /// - Parameters:
  ///   - run: The run's configuration.
  ///   - hasCheckpoint: Whether the run has one.
  /// - Returns: The setting and its two values; `nil` when the run can go on.
  public func firstConflict(with run: Self, hasCheckpoint: Bool) -> Schema<Self>.Difference? {
    var allowed = run
    allowed.training.allowChanges(of: training)
    allowed.allowChanges(of: self, hasCheckpoint: hasCheckpoint)
    return Self.schema.firstDifference(between: self, and: allowed)
  }

  /// What must hold between the settings of ``training``, and between them and the data.
  static var trainingRules: [Schema<Self>.Rule] {
    [
      .init("training.patience") { configuration in
        configuration.training.patience != nil && !configuration.holdsOutValidation
          ? "needs data to validate on, but none is held out" : nil
      },
      .init("training.schedule.kind") { configuration in
        configuration.training.schedule.kind == .plateau && !configuration.holdsOutValidation
          ? "plateau needs data to validate on, but none is held out" : nil
      },
      .init("training.optimizer.nesterov") { $0.training.optimizer.nesterovViolation },
      .init("training.schedule.minimum") { configuration in
        configuration.training.schedule.minimumViolation(
          under: configuration.training.optimizer.learningRate)
      },
    ]
  }
}
