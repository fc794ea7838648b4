public import Configuration
internal import Datasets
internal import Files
public import Layers
public import Models

extension TranslationConfiguration: RunnableConfiguration {
  public var taskType: any CommandLineTask<TranslationConfiguration>.Type {
    func type<C: ConfigurableCell>(
      _ cell: C.Type
    ) -> any CommandLineTask<TranslationConfiguration>.Type {
      TranslationTask<C>.self
    }
    return type(model.recurrent.cell.type)
  }
}

extension TranslationTask: CommandLineTask {
  public static func summary(of model: Translator<C>) -> Summary { model.summary }

  public static func artefacts(
    from configuration: TranslationConfiguration
  ) throws -> TranslationVocabulary {
    try TranslationTask(configuration, artefacts: nil).artefacts
  }

  public static var leastArtefacts: TranslationVocabulary { .least }

  public static func layers(of model: Translator<C>) -> [UnfoldedLayer] { model.unfoldedLayers }

  public static var examples: String { "pairs" }

  public static func hasLabelsElsewhere(_ configuration: TranslationConfiguration) -> Bool {
    configuration.data.format == .files
  }

  public static func part(
    of file: EvaluationFile, for trained: TrainedModel<Self>
  ) throws -> SentencePairs {
    let data = trained.configuration.data
    return try SentencePairs(
      ParallelCorpus(contentsOf: file.path, target: file.labels, data), trained.artefacts,
      limit: data.maximumLength)
  }

  public static func report(
    _ name: String, on part: SentencePairs, by trained: TrainedModel<Self>, lanes: Int
  ) -> String {
    let evaluation = TranslationEvaluation(
      of: trained.model, trained.artefacts, on: part, by: trained.search(),
      bleu: trained.configuration.decoding.bleu, runsFree: true)
    return "\(name): \(part.count) pairs, \(text(evaluation.figures))\n\n\(evaluation.table)"
  }

  public static func probabilities(
    of part: SentencePairs, by trained: TrainedModel<Self>
  ) -> String {
    let losses = TranslationReader(trained.model, trained.artefacts).losses(part)
    let (source, target) = (part.corpus.source, part.corpus.target)
    return losses.indices.map { pair in
      "{\"line\":\(source.lines[pair]),\"source\":\(source.texts[pair].quotedAsJSON),"
        + "\"target\":\(target.texts[pair].quotedAsJSON),"
        + "\"log-probability\":\(-losses[pair]),\"symbols\":\(part.targets[pair].count)}"
    }.joined(separator: "\n")
  }
}
