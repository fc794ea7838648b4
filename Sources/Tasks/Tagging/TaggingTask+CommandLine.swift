public import Configuration
public import Datasets
internal import Files
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

  public static var examples: String { "sentences" }

  public static func part(
    of file: EvaluationFile, for trained: TrainedModel<Self>
  ) throws -> TaggedSentences {
    try TaggedSentences(contentsOf: file.path, trained.configuration.data)
  }

  public static func report(
    _ name: String, on part: TaggedSentences, by trained: TrainedModel<Self>, lanes: Int
  ) -> String {
    let evaluation = TaggingEvaluation(
      of: trained.model, trained.artefacts, on: part,
      countingPhrases: trained.configuration.data.scheme != nil)
    return
      "\(name): \(counted(evaluation.confusion.count, "word")), \(text(evaluation.figures))\n\n\(evaluation.table)"
  }
}
