internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Evaluate: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Say how well a trained model does on data that it has not learned from.")

    @OptionGroup var trainedRun: TrainedRunOptions

    @Option(
      name: [.customLong("data"), .customLong("text")],
      help: ArgumentHelp(
        "A file of the form that the run learned from. (default: what the run holds out: its test data, else its "
          + "validation data)", valueName: "file"))
    var data: String?

    @Option(
      name: [.customLong("labels"), .customLong("target")],
      help: ArgumentHelp(
        "The labels of --data where that does not hold them: a file for images, numbers of series for blocks, the "
          + "translations of sentences. (default: for images the file beside it, for blocks the run's numbers)",
        valueName: "labels"))
    var labels: String?

    @Option(
      name: .customLong("set"),
      help: ArgumentHelp(
        "A setting of the run's section decoding to use another value of: --set decoding.beam=5.",
        valueName: "key=value"))
    var settings: [String] = []

    @Flag(
      help: "Of translations that are given, only say how probable each is: JSON, an object a line."
    )
    var force = false

    @Flag(
      help: ArgumentHelp(
        "Of a model of five classes of trees, very negative to very positive, say how well it tells negative from "
          + "positive: by sums of probabilities, where labels are not neutral."))
    var binary = false

    @Option(
      parsing: .unconditional,
      help: "Places of a text to read side by side: more is faster, 1 is exact. (default: 1)")
    var lanes: Int?

    func validate() throws {
      if labels != nil, data == nil {
        throw ValidationError("--labels are those of --data, and --target has its translations")
      }
      if force, binary { throw ValidationError("--force and --binary ask for different things") }
      if let lanes, lanes < 1 { throw ValidationError("--lanes must be at least 1, got \(lanes)") }
    }

    func run() throws {
      let folder = try trainedRun.open()
      try evaluate(TaskKind.read(file: folder.configuration).configuration, folder)
    }

    private var form: EvaluationForm { force ? .probabilities : binary ? .twoClasses : .report }

    private func evaluate<Configuration: RunnableConfiguration>(
      _ type: Configuration.Type, _ folder: RunFolder
    ) throws {
      let run = try Configuration.read(file: folder.configuration).values
      let configuration = try Configuration.read(
        file: folder.configuration, settings: settings.map { try Setting(parsing: $0) }
      ).values
      if let difference = configuration.firstConflict(evaluating: run) {
        throw TaskError.fixedSetting(folder: folder.path, setting: difference.path)
      }
      try evaluate(configuration.taskType, folder, configuration)
    }

    private func evaluate<Task: CommandLineTask>(
      _ task: Task.Type, _ folder: RunFolder, _ configuration: Task.Configuration
    ) throws {
      let trained = try TrainedModel<Task>(folder, configuration)
      let file = data.map { EvaluationFile($0, labels: labels) }
      try show(try Task.evaluation(of: trained, on: file, lanes: lanes, as: form))
    }
  }
}
