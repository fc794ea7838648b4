internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how well a trained model predicts a text.")

    @Argument(help: ArgumentHelp("The run's folder.", valueName: "run"), completion: .directory)
    var path: String

    @Option(
      help:
        "A text file. (default: what the run holds out: its test text, else its validation text)")
    var text: String?

    @Option(help: "Places of the text to read side by side: more is faster, 1 is exact.")
    var lanes = 1

    @Option(help: "The number of threads. (default: one for each core)")
    var threads: Int?

    func validate() throws {
      guard lanes >= 1 else { throw ValidationError("--lanes must be at least 1, got \(lanes)") }
      if let threads, threads < 1 {
        throw ValidationError("--threads must be at least 1, got \(threads)")
      }
    }

    func run() throws {
      if let threads { Threads.use(threads) }
      let folder = try RunFolder(reading: path)
      let configuration = try LanguageModelConfiguration.read(file: folder.configuration).values
      try evaluate(configuration.model.cell.type, folder, configuration)
    }

    private func evaluate<C: ConfigurableCell>(
      _ cell: C.Type, _ folder: RunFolder, _ configuration: LanguageModelConfiguration
    ) throws {
      let trained = try TrainedLanguageModel<C>(folder, configuration)
      let (name, part) = try heldOut(folder, configuration, trained.vocabulary)
      let result = try TextEvaluation.of(trained.model, on: part.tokens, lanes: lanes)
      try show("\(name): \(result.tokens) tokens, \(part.figures(result.loss))")
    }

    private func heldOut(
      _ folder: RunFolder, _ configuration: LanguageModelConfiguration, _ vocabulary: Vocabulary
    ) throws -> (name: String, part: TextCorpus.Part) {
      if let text {
        return (
          text, try TextCorpus.part(of: text, configuration.data, vocabulary: vocabulary)
        )
      }
      let corpus = try TextCorpus(configuration.data, vocabulary: vocabulary)
      if let test = corpus.test { return ("test text", test) }
      if let validation = corpus.validation { return ("validation text", validation) }
      throw TaskError.nothingHeldOut(folder: folder.path)
    }
  }
}
