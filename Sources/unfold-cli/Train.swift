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

    @Flag(
      help: ArgumentHelp(
        "Make no run: say what it would take. Parameters, work and time of a step, of an epoch and of all, memory, disk; "
          + "by some steps on a model that is thrown away."))
    var dryRun = false

    @Option(
      parsing: .unconditional,
      help:
        "How long to make steps for --dry-run, besides one look at the validation data. (default: 15)"
    )
    var drySeconds: Double?

    /// A machine that others share is faster in one second than in the next.
    private static let usualDrySeconds = 15.0

    @Flag(help: "With --dry-run: as one JSON object.")
    var json = false

    @Flag(
      inversion: .prefixedNo,
      help:
        "Refuse to train where the memory that can be had would not suffice for the largest batch.")
    var memoryCheck = true

    @Flag(help: "List every setting with its default and meaning, and stop.")
    var listKeys = false

    func validate() throws {
      if resume && overwrite {
        throw ValidationError("--resume goes on with a run and --overwrite removes it: give one")
      }
      if !dryRun, json || drySeconds != nil {
        throw ValidationError("--json and --dry-seconds are for --dry-run only")
      }
      if let drySeconds, !(0...3600).contains(drySeconds) {
        throw ValidationError("--dry-seconds must be from 0 to 3600, got \(drySeconds)")
      }
    }

    func run() throws {
      if listKeys { return try show(reference(options.task().configuration)) }
      let path = try folder ?? "runs/\(runName)"
      // Going on needs no configuration but the run's own.
      let kept = resume ? try RunFolder(reading: path).configuration : nil
      try train(options.task(default: kept).configuration, kept, in: path)
    }

    private var runName: String {
      get throws {
        try options.file.map { URL(filePath: $0).deletingPathExtension().lastPathComponent }
          ?? options.task().rawValue
      }
    }

    private func reference<Configuration: TaskConfiguration>(_ type: Configuration.Type) -> String {
      Configuration.schema.reference()
    }

    private func train<Configuration: RunnableConfiguration>(
      _ type: Configuration.Type, _ kept: String?, in path: String
    ) throws {
      let configured = try options.read(type, default: kept)
      try Configuration.schema.checkFiles(of: configured)
      if let threads = configured.values.training.threads { Threads.use(threads) }
      Interrupt.install()
      try train(configured.values.taskType, configured.values, in: path)
    }

    private func train<Task: CommandLineTask>(
      _ task: Task.Type, _ configuration: Task.Configuration, in path: String
    ) throws {
      let mode: RunFolder.Mode = resume ? .resume : overwrite ? .overwrite : .create
      if dryRun {
        let estimate = try TrainingRun<Task>.estimate(
          configuration, at: path, mode: mode, seconds: drySeconds ?? Self.usualDrySeconds,
          available: memoryCheck ? .now : nil)
        return try show(json ? estimate.json : "\(estimate)")
      }
      var run = try TrainingRun<Task>(
        configuration, at: path, mode: mode, available: memoryCheck ? .now : nil)
      let reporter = ProgressReporter()
      reporter.message(run.introduction)
      guard try run.trainer.run(reporter: reporter, shouldStop: { Interrupt.isRequested }) else {
        reporter.finish()
        throw Interruption(
          step: run.trainer.step, resumeCommand: "unfold train --resume --run \(path)")
      }
      reporter.finish()
      try show(try run.report(width: Terminal.width(of: 1) ?? 80))
      try Task.conclude(run.trained) { try show($0, terminator: "") }
    }
  }
}
