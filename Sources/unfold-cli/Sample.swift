internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a trained model write, as it draws.")

    @OptionGroup var trainedRun: TrainedRunOptions

    @Option(help: "Text that the model reads first; it is written too.")
    var prompt = ""

    @Option(help: "The most tokens to draw.")
    var length = 500

    @Option(
      help:
        "What the scores are divided by: below 1 is safer, above 1 bolder, 0 takes the most probable token."
    )
    var temperature = 1.0

    @Option(help: "Draw among this many of the most probable tokens only.")
    var topK: Int?

    @Option(help: "Draw among the fewest tokens that have this probability together, in (0, 1].")
    var nucleus: Double?

    @Option(help: "Decides every draw.")
    var seed: UInt64 = 0

    @Option(help: "Stop after this token; '\\n' is the end of a line.")
    var end: String?

    func validate() throws {
      func check(_ isRight: Bool, _ sentence: String) throws {
        if !isRight { throw ValidationError(sentence) }
      }
      try check(length >= 0, "--length must not be negative, got \(length)")
      try check(
        temperature >= 0 && temperature.isFinite,
        "--temperature must not be negative, got \(temperature)")
      try check(topK.map { $0 >= 1 } ?? true, "--top-k must be at least 1, got \(topK ?? 0)")
      try check(
        nucleus.map { $0 > 0 && $0 <= 1 } ?? true,
        "--nucleus must be in (0, 1], got \(nucleus ?? 0)")
    }

    func run() throws {
      let folder = try trainedRun.open()
      let configuration = try trainedRun.configuration(LanguageModelConfiguration.self, of: folder)
      try write(configuration.model.recurrent.cell.type, folder, configuration)
    }

    private func write<C: ConfigurableCell>(
      _ cell: C.Type, _ folder: RunFolder, _ configuration: LanguageModelConfiguration
    ) throws {
      let trained = try TrainedLanguageModel<C>(folder, configuration)
      if try trained.hasUnknownUnits(in: prompt), configuration.data.unit != .word {
        note("warning: the prompt has characters that the model has never seen")
      }
      try show(prompt, terminator: "")
      try trained.write(
        prompt: prompt, length: length,
        sampling: Sampling(temperature: temperature, topK: topK, nucleus: nucleus), seed: seed,
        stop: end == "\\n" ? "\n" : end
      ) { try show($0, terminator: "") }
      try show("")
    }
  }
}
