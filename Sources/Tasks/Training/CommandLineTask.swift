public import Configuration
public import Drawing
public import Layers

/// What the command line shows of a task besides its training.
public protocol CommandLineTask<Configuration>: TrainingTask {
  /// What a model is made of.
  static func summary(of model: Model) -> Summary
  /// What stands beside the parameters, from the data of a configuration that nothing was trained by yet.
  static func artefacts(from configuration: Configuration) throws -> Artefacts
  /// The least that can stand beside parameters: enough for a model whose layers can be looked at without data.
  static var leastArtefacts: Artefacts { get }
  /// The same for a configuration whose models differ from others by what their data are.
  static func leastArtefacts(of configuration: Configuration) -> Artefacts
  /// A model as a picture shows it.
  static func circuit(of model: Model) -> Circuit
  /// The unfolded layers of a model.
  static func layers(of model: Model) -> [UnfoldedLayer]
  /// Says how well a trained model does on a file, or on what its run holds out.
  ///
  /// - Parameters:
  ///   - trained: The model.
  ///   - file: Data of the form that the task learns from; `nil` for what the run holds out.
  ///   - lanes: How much is read side by side; `nil` for the task's own choice.
  /// - Returns: Lines for a person.
  /// - Throws: Whatever is wrong with the data, as one sentence.
  static func evaluation(
    of trained: TrainedModel<Self>, on file: String?, lanes: Int?
  ) throws -> String
  /// What the configuration asks for once training has ended.
  static func conclude(_ trained: TrainedModel<Self>, _ show: (String) throws -> Void) throws
}

extension CommandLineTask where Model: DrawnModel {
  public static func circuit(of model: Model) -> Circuit { model.circuit }
}

extension CommandLineTask {
  public static func leastArtefacts(of configuration: Configuration) -> Artefacts {
    leastArtefacts
  }

  public static func conclude(
    _ trained: TrainedModel<Self>, _ show: (String) throws -> Void
  ) throws {}
}

/// A configuration whose task can be run.
public protocol RunnableConfiguration: TaskConfiguration {
  /// The task, with the cell that the configuration names.
  var taskType: any CommandLineTask<Self>.Type { get }
}

extension TaskKind {
  /// The type of the task's configurations.
  public var configuration: any RunnableConfiguration.Type {
    switch self {
    case .languageModel: LanguageModelConfiguration.self
    case .tagging: TaggingConfiguration.self
    case .trees: TreeConfiguration.self
    case .classification: ClassificationConfiguration.self
    case .images: ImageConfiguration.self
    case .music: MusicConfiguration.self
    case .generated: GeneratedConfiguration.self
    }
  }
}
