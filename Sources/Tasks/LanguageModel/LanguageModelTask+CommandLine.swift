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

  public static func evaluation(
    of trained: TrainedModel<Self>, on file: String?, lanes: Int?
  ) throws -> String {
    let (name, part) = try part(trained, file)
    let result = try TextEvaluation.of(trained.model, on: part.tokens, lanes: lanes ?? 1)
    return "\(name): \(result.tokens) tokens, \(text(part.figures(result.loss)))"
  }

  private static func part(
    _ trained: TrainedModel<Self>, _ file: String?
  ) throws -> (name: String, part: TextCorpus.Part) {
    let data = trained.configuration.data
    if let file {
      return (file, try TextCorpus.part(of: file, data, vocabulary: trained.vocabulary))
    }
    guard data.holdsOutTest || data.holdsOutValidation else {
      throw TaskError.nothingHeldOut(folder: trained.folder)
    }
    let corpus = try trained.task().corpus
    if let test = corpus.test { return ("test text", test) }
    if let validation = corpus.validation { return ("validation text", validation) }
    throw TaskError.nothingHeldOut(folder: trained.folder)
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
