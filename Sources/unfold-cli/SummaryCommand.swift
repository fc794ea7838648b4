internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct SummaryCommand: ParsableCommand {
    static let name = "summary"
    static let configuration = CommandConfiguration(
      commandName: name,
      abstract: "Show a model's layers, their output shapes and numbers of parameters.")

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .customLong("run"), help: "A run's folder, instead of a configuration.")
    var folder: String?

    @Option(help: "The number of different tokens. (default: as the run or the text has)")
    var vocabularySize: Int?

    func validate() throws {
      if let vocabularySize, !(1...100_000_000).contains(vocabularySize) {
        throw ValidationError(
          "--vocabulary-size must be from 1 to 100000000, got \(vocabularySize)")
      }
      if options.file != nil && folder != nil {
        throw ValidationError("give a configuration or --run, not both")
      }
    }

    func run() throws {
      let run = try folder.map { try RunFolder(reading: $0) }
      let configured = try options.read(default: run?.configuration)
      let size = try vocabularySize ?? size(run, configured)
      try summarize(configured.values.model.cell.type, configured.values, size)
    }

    private func size(
      _ run: RunFolder?, _ configured: Configured<LanguageModelConfiguration>
    ) throws -> Int {
      if let run { return try Vocabulary(contentsOf: run.vocabulary).count }
      try LanguageModelConfiguration.schema.checkFiles(of: configured)
      return try TextCorpus(configured.values.data).vocabulary.count
    }

    private func summarize<C: ConfigurableCell>(
      _ cell: C.Type, _ configuration: LanguageModelConfiguration, _ vocabularySize: Int
    ) throws {
      try configuration.checkMemory(vocabularySize: vocabularySize, isTraining: false)
      let model = LanguageModel<C>(configuration, vocabularySize: vocabularySize)
      try show("\(model.summary)")
    }
  }
}
