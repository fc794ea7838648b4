internal import ArgumentParser
internal import Unfold

extension UnfoldCommand {
  struct Sample: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Let a trained model write, as it draws.",
      discussion: "Text goes to standard output; music goes to the MIDI file that --output names.")

    @OptionGroup var trainedRun: TrainedRunOptions

    @Option(
      help:
        "Text that the model reads first; it is written too. Of music, a file whose first piece is gone on with."
    )
    var prompt = ""

    @Option(
      parsing: .unconditional,
      help: "The most tokens to draw, or the steps of a piece. (default: 500, or 64 steps)")
    var length: Int?

    @Option(
      parsing: .unconditional,
      help:
        "What the scores are divided by: below 1 is safer, above 1 bolder, 0 takes the most probable token."
    )
    var temperature = 1.0

    @Option(parsing: .unconditional, help: "Draw among this many of the most probable tokens only.")
    var topK: Int?

    @Option(
      parsing: .unconditional,
      help: "Draw among the fewest tokens that have this probability together, in (0, 1].")
    var nucleus: Double?

    @Option(parsing: .unconditional, help: "Decides every draw.")
    var seed: UInt64 = 0

    @Option(help: "Stop after this token; '\\n' is the end of a line.")
    var end: String?

    @Option(
      name: .shortAndLong, help: "The MIDI file to write a piece to.", completion: .file())
    var output: String?

    @Option(parsing: .unconditional, help: "Quarter notes a minute, of a piece.")
    var tempo = 90.0

    @Option(parsing: .unconditional, help: "Steps of a quarter note, of a piece.")
    var stepsPerQuarter = 1

    /// Hours of music; the times of a MIDI file have 28 bits.
    private static let mostSteps = 100_000

    func validate() throws {
      func check(_ isRight: Bool, _ sentence: String) throws {
        if !isRight { throw ValidationError(sentence) }
      }
      try check(
        length.map { $0 >= 0 } ?? true, "--length must not be negative, got \(length ?? 0)")
      try check(
        (3.58...60_000_000).contains(tempo), "--tempo must be from 3.58 to 60000000, got \(tempo)")
      try check(
        (1...480).contains(stepsPerQuarter),
        "--steps-per-quarter must be from 1 to 480, got \(stepsPerQuarter)")
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
      let task = try TaskKind.read(file: folder.configuration)
      guard task == .music || task == .languageModel else {
        throw TaskError.otherTask(
          folder: folder.path, found: task.rawValue, expected: "language-model or music")
      }
      if task == .music {
        let configuration = try trainedRun.configuration(MusicConfiguration.self, of: folder)
        return try compose(configuration.model.recurrent.cell.type, folder, configuration)
      }
      if output != nil { throw ValidationError("--output is for music, but the run writes text") }
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
        prompt: prompt, length: length ?? 500,
        sampling: Sampling(temperature: temperature, topK: topK, nucleus: nucleus), seed: seed,
        stop: end == "\\n" ? "\n" : end
      ) { try show($0, terminator: "") }
      try show("")
    }

    private func compose<C: ConfigurableCell>(
      _ cell: C.Type, _ folder: RunFolder, _ configuration: MusicConfiguration
    ) throws {
      guard let output else {
        throw ValidationError("name the MIDI file to write the piece to: --output piece.mid")
      }
      guard topK == nil, nucleus == nil, end == nil else {
        throw ValidationError(
          "--top-k, --nucleus and --end are for text, but the run writes music")
      }
      let length = length ?? 64
      guard length <= Self.mostSteps else {
        throw ValidationError("a piece has at most \(Self.mostSteps) steps, --length is \(length)")
      }
      let trained = try TrainedModel<MusicTask<C>>(folder, configuration)
      let start = prompt.isEmpty ? PianoRoll(steps: []) : try trained.firstPiece(of: prompt)
      let piece = trained.piece(
        after: start, length: length, temperature: temperature, seed: seed)
      try MIDIFile(tempo: tempo, stepsPerQuarter: stepsPerQuarter).write(piece, to: output)
    }
  }
}
