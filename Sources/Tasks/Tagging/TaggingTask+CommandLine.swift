public import Configuration
public import Datasets
public import Layers
public import Models

extension TaggingConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<TaggingConfiguration>.Type {
    func type<C: ConfigurableCell>(_ cell: C.Type) -> any CommandLineTask<TaggingConfiguration>.Type
    {
      TaggingTask<C>.self
    }
    return type(model.recurrent.cell.type)
  }
}

extension TaggingTask: CommandLineTask {
  public static func summary(of model: Tagger<C>) -> Summary { model.summary }

  public static func artefacts(
    from configuration: TaggingConfiguration
  ) throws -> TaggingVocabulary {
    try TaggingTask(configuration, artefacts: nil).artefacts
  }

  public static var leastArtefacts: TaggingVocabulary {
    TaggingVocabulary(words: ["a"], tags: ["A"])
  }

  public static func layers(of model: Tagger<C>) -> [UnfoldedLayer] {
    let characters =
      model.characters.map { [UnfoldedLayer("characters", $0.recurrent.forward.cell)] } ?? []
    // Both directions have one plan.
    return characters
      + model.recurrent.layers.enumerated().map {
        UnfoldedLayer("layer \($0 + 1)", $1.forward.cell)
      }
  }

  public static func evaluation(
    of trained: TrainedModel<Self>, on file: String?, lanes: Int?
  ) throws -> String {
    if lanes != nil { throw TaskError.noLanes(task: kind) }
    let data = trained.configuration.data
    let (name, sentences) = try sentences(trained, file)
    let evaluation = TaggingEvaluation(
      of: trained.model, trained.artefacts, on: sentences, countingPhrases: data.scheme != nil)
    return "\(name): \(evaluation.words) words, \(text(evaluation.figures))\n\n\(evaluation.table)"
  }

  private static func sentences(
    _ trained: TrainedModel<Self>, _ file: String?
  ) throws -> (name: String, TaggedSentences) {
    let data = trained.configuration.data
    if let file { return (file, try TaggedSentences(contentsOf: file, data)) }
    guard data.test != nil || data.validation != nil else {
      throw TaskError.nothingHeldOut(folder: trained.folder)
    }
    let task = try trained.task()
    if let test = task.test { return ("test sentences", test) }
    if let validation = task.validation { return ("validation sentences", validation) }
    throw TaskError.nothingHeldOut(folder: trained.folder)
  }
}
