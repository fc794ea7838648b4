public import Configuration
public import Datasets
public import Layers
public import Models
internal import Tensors

extension LanguageModelConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<LanguageModelConfiguration>.Type {
    func type<C: ConfigurableCell>(
      _ cell: C.Type
    ) -> any CommandLineTask<LanguageModelConfiguration>.Type {
      LanguageModelTask<C>.self
    }
    return type(model.recurrent.cell.type)
  }
}

extension LanguageModelTask: CommandLineTask {
  public static func summary(of model: LanguageModel<C>) -> Summary { model.summary }

  public static func artefacts(from configuration: LanguageModelConfiguration) throws -> Vocabulary
  {
    try TextCorpus(configuration.data).vocabulary
  }

  public static var leastArtefacts: Vocabulary { Vocabulary(of: "a", unit: .character) }

  public static func layers(of model: LanguageModel<C>) -> [UnfoldedLayer] {
    model.recurrent.layers.enumerated().map { UnfoldedLayer("layer \($0 + 1)", $1.cell) }
  }

  public static var examples: String { "text" }
  public static var readsInLanes: Bool { true }

  public static func part(
    of file: EvaluationFile, for trained: TrainedModel<Self>
  ) throws -> TextCorpus.Part {
    try TextCorpus.part(
      of: file.path, trained.configuration.data, vocabulary: trained.vocabulary)
  }

  public static func report(
    _ name: String, on part: TextCorpus.Part, by trained: TrainedModel<Self>, lanes: Int
  ) throws -> String {
    let result = try TextEvaluation.of(trained.model, on: part.tokens, lanes: lanes)
    return "\(name): \(result.tokens) tokens, \(text(part.figures(result.loss)))"
  }

  /// Draws the text that the configuration asks for.
  public static func conclude(
    _ trained: TrainedModel<Self>, _ show: (String) throws -> Void
  ) throws {
    let sample = trained.configuration.sample
    guard sample.length > 0 else { return }
    try show("\n")
    try show(sample.prompt)
    try trained.write(
      prompt: sample.prompt, length: sample.length,
      sampling: Sampling(temperature: sample.temperature),
      seed: trained.configuration.training.seed,
      show)
    try show("\n")
  }
}
