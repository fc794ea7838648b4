/// Everything that determines a training run of task `language-model`.
public struct LanguageModelConfiguration: Equatable, Sendable {
  /// What is trained.
  public enum Task: String, ConfigurationChoice {
    case languageModel = "language-model"
  }

  /// What is trained; the key that tells one kind of configuration from another.
  public var task = Task.languageModel
  /// The text and how it is cut into tokens.
  public var data = DataConfiguration()
  /// The network.
  public var model = ModelConfiguration()
  /// How the network learns.
  public var training = TrainingConfiguration()
  /// The text that is drawn when training ends.
  public var sample = SampleConfiguration()

  /// The defaults; only the text to train on is still to be set.
  public init() {}

  /// Every setting, and the rules that hold between them.
  public static let schema = Schema(
    [Field("task", \.task, "What to train.")]
      + Field.section("data", \.data, DataConfiguration.fields)
      + Field.section("model", \.model, ModelConfiguration.fields)
      + Field.section("training", \.training, TrainingConfiguration.fields)
      + Field.section("sample", \.sample, SampleConfiguration.fields),
    rules: [
      .init("data.validation-fraction") { $0.data.fractionViolation },
      .init("training.patience") { configuration in
        configuration.training.patience != nil && !configuration.data.holdsOutValidation
          ? "needs a text to validate on, but none is held out" : nil
      },
      .init("training.schedule.kind") { configuration in
        configuration.training.schedule.kind == .plateau && !configuration.data.holdsOutValidation
          ? "plateau needs a text to validate on, but none is held out" : nil
      },
      .init("model.tie-weights") { $0.model.tyingViolation },
      .init("model.projection-size") { $0.model.projectionViolation },
      .init("training.optimizer.nesterov") { $0.training.optimizer.nesterovViolation },
      .init("training.schedule.minimum") { configuration in
        configuration.training.schedule.minimumViolation(
          under: configuration.training.optimizer.learningRate)
      },
    ],
    defaults: { LanguageModelConfiguration() })

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

  /// The configuration as used, as YAML that reads back equal.
  public var yaml: String { Self.schema.yaml(for: self) }
}
