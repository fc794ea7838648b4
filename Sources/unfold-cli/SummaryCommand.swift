internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct SummaryCommand: ParsableCommand {
    static let name = "summary"
    static let configuration = CommandConfiguration(
      commandName: name,
      abstract: "Show a model's layers, their output shapes and numbers of parameters.",
      discussion: "Of a configuration, of a run, or of a folder that 'unfold import' wrote.")

    @OptionGroup var options: ConfigurationOptions

    @Option(
      name: .customLong("run"),
      help: "A folder of a run or of an imported model, instead of a configuration.")
    var folder: String?

    @Option(
      parsing: .unconditional,
      help: "The number of different tokens. (default: as the run or the text has)")
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
      if let folder, ModelFolder.isOne(folder) {
        guard vocabularySize == nil else {
          throw ValidationError("--vocabulary-size is for a language model that is not made yet")
        }
        return try show("\(ModelFolder(reading: folder).stack.summary)")
      }
      let run = try folder.map { try RunFolder(reading: $0) }
      let task = try options.task(default: run?.configuration)
      guard let vocabularySize else { return try summarize(task.configuration, run) }
      guard task == .languageModel else {
        throw ValidationError(
          "--vocabulary-size is for a language model, but the task is \(task.rawValue)")
      }
      let configured = try options.read(
        LanguageModelConfiguration.self, default: run?.configuration)
      try summarize(
        configured.values.model.recurrent.cell.type, configured.values, vocabularySize)
    }

    private func summarize<C: ConfigurableCell>(
      _ cell: C.Type, _ configuration: LanguageModelConfiguration, _ vocabularySize: Int
    ) throws {
      try configuration.checkMemory(vocabularySize: vocabularySize, isTraining: false)
      let model = LanguageModel<C>(configuration, vocabularySize: vocabularySize)
      try show("\(model.summary)")
    }

    private func summarize<Configuration: RunnableConfiguration>(
      _ type: Configuration.Type, _ run: RunFolder?
    ) throws {
      let configured = try options.read(type, default: run?.configuration)
      if run == nil { try Configuration.schema.checkFiles(of: configured) }
      try summarize(configured.values.taskType, configured.values, run)
    }

    private func summarize<Task: CommandLineTask>(
      _ task: Task.Type, _ configuration: Task.Configuration, _ run: RunFolder?
    ) throws {
      let artefacts =
        try run.map { try Task.artefacts(in: $0) }
        ?? Task.artefacts(from: configuration)
      try Task.checkMemory(configuration, artefacts, isTraining: false)
      try show("\(Task.summary(of: Task.model(configuration, artefacts)))")
    }
  }
}
