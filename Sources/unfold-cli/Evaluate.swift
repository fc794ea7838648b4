internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how well a trained model predicts a text.")

    @OptionGroup var trainedRun: TrainedRunOptions

    @Option(
      help:
        "A text file. (default: what the run holds out: its test text, else its validation text)")
    var text: String?

    @Option(help: "Places of the text to read side by side: more is faster, 1 is exact.")
    var lanes = 1

    func validate() throws {
      guard lanes >= 1 else { throw ValidationError("--lanes must be at least 1, got \(lanes)") }
    }

    func run() throws {
      let (folder, configuration) = try trainedRun.open()
      try evaluate(configuration.model.cell.type, folder, configuration)
    }

    private func evaluate<C: ConfigurableCell>(
      _ cell: C.Type, _ folder: RunFolder, _ configuration: LanguageModelConfiguration
    ) throws {
      let trained = try TrainedLanguageModel<C>(folder, configuration)
      let (name, part) = try heldOut(trained)
      let result = try TextEvaluation.of(trained.model, on: part.tokens, lanes: lanes)
      try show("\(name): \(result.tokens) tokens, \(part.figures(result.loss))")
    }

    private func heldOut<C: ConfigurableCell>(
      _ trained: TrainedLanguageModel<C>
    ) throws -> (name: String, part: TextCorpus.Part) {
      if let text {
        let part = try TextCorpus.part(
          of: text, trained.configuration.data, vocabulary: trained.vocabulary)
        return (text, part)
      }
      let data = trained.configuration.data
      guard data.holdsOutTest || data.holdsOutValidation else {
        throw TaskError.nothingHeldOut(folder: trainedRun.path)
      }
      let corpus = try trained.corpus()
      if let test = corpus.test { return ("test text", test) }
      if let validation = corpus.validation { return ("validation text", validation) }
      throw TaskError.nothingHeldOut(folder: trainedRun.path)
    }
  }
}
