internal import ArgumentParser
internal import Foundation
internal import Unfold

extension UnfoldCommand {
  struct Train: ParsableCommand {
    static let name = "train"
    static let configuration = CommandConfiguration(
      commandName: name,
      abstract: "Train a model and keep the run in a folder.",
      discussion: """
        The folder holds the configuration as used, the vocabulary, the best and the last parameters, and the \
        metrics. A run that was interrupted or killed goes on with --resume, and ends as if it had not been.
        """)

    @OptionGroup var options: ConfigurationOptions

    @Option(name: .customLong("run"), help: "The run's folder. (default: runs/<configuration>)")
    var folder: String?

    @Flag(help: "Go on with the run in the folder.")
    var resume = false

    @Flag(help: "Replace the run in the folder.")
    var overwrite = false

    @Flag(help: "List every setting with its default and meaning, and stop.")
    var listKeys = false

    func validate() throws {
      if resume && overwrite {
        throw ValidationError("--resume goes on with a run and --overwrite removes it: give one")
      }
    }

    func run() throws {
      if listKeys { return try show(LanguageModelConfiguration.schema.reference()) }
      let path = folder ?? "runs/\(runName)"
      // Going on needs no configuration but the run's own.
      let kept = resume ? try RunFolder(reading: path).configuration : nil
      let configured = try options.read(default: kept)
      try LanguageModelConfiguration.schema.checkFiles(of: configured)
      if let threads = configured.values.training.threads { Threads.use(threads) }
      let command = "unfold train --resume --run \(path)"
      Interrupt.install()
      try train(
        configured.values.model.cell.type, configured.values, in: path, resumeCommand: command)
    }

    private var runName: String {
      options.file.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
        ?? "language-model"
    }

    private func train<C: ConfigurableCell>(
      _ cell: C.Type, _ configuration: LanguageModelConfiguration, in path: String,
      resumeCommand: String
    ) throws {
      var run = try LanguageModelRun<C>(
        configuration, at: path, mode: resume ? .resume : overwrite ? .overwrite : .create)
      let reporter = ProgressReporter()
      reporter.message(run.trainer.introduction)
      guard try run.trainer.run(reporter: reporter, shouldStop: { Interrupt.isRequested }) else {
        reporter.finish()
        throw Interruption(step: run.trainer.step, resumeCommand: resumeCommand)
      }
      reporter.finish()
      try finish(&run)
    }

    private func finish<C: ConfigurableCell>(_ run: inout LanguageModelRun<C>) throws {
      try show(try run.report(width: Terminal.width(of: 1) ?? 80))
      let sample = run.configuration.sample
      guard sample.length > 0 else { return }
      try show("")
      try show(sample.prompt, terminator: "")
      try run.trained.write(
        prompt: sample.prompt, length: sample.length,
        sampling: Sampling(temperature: sample.temperature), seed: run.configuration.training.seed
      ) { try show($0, terminator: "") }
      try show("")
    }
  }
}
