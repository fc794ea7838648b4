import Configuration
import Datasets
import Layers
import Models
import Runs
import Tasks
import Tensors
import TestSupport
import Unfolding

/// A run that takes a moment: a small text, a small model, and all that it said.
struct TinyRun {
  let folder: TemporaryFolder
  var configuration: LanguageModelConfiguration
  let messages = Messages()

  /// What a reporter was told, line by line.
  final class Messages {
    var text = ""
    var reporter: ProgressReporter {
      ProgressReporter(
        output: .init(width: { nil }, unicode: false, write: { [self] in text += $0 }))
    }
  }

  /// Sentences with something to learn in them, all by a formula.
  static func text(lines: Int, from start: Int = 0) -> String {
    let who = ["the cat", "a bird", "my uncle", "the moon"]
    let does = ["sees", "sings to", "follows", "forgets", "paints"]
    let what = ["the sea", "a stone", "an old song"]
    return (start..<start + lines).map {
      "\(who[$0 * 7 % 4]) \(does[$0 * 3 % 5]) \(what[$0 * $0 % 3]).\n"
    }.joined()
  }

  /// A configuration by its settings, as a command line gives them, over small sizes.
  static func configuration(
    _ settings: [String], text: String
  ) throws -> LanguageModelConfiguration {
    let small = [
      "model.embedding-size=6", "model.hidden-size=8", "model.layers=1", "training.batch-size=3",
      "training.window=7", "training.epochs=2", "training.log-every=5",
      "training.optimizer.learning-rate=0.01", "training.seed=3", "data.train=\(text)",
    ]
    return try LanguageModelConfiguration.read(
      file: nil, settings: (small + settings).map { try Setting(parsing: $0) }
    ).values
  }

  init(_ settings: [String] = [], text: String = Self.text(lines: 24)) throws {
    folder = try TemporaryFolder()
    let file = try folder.write(text, to: "text.txt")
    configuration = try Self.configuration(settings, text: file)
  }

  /// The same with other settings, over the same text and in a folder of its own.
  func sibling(_ settings: [String]) throws -> TinyRun {
    var other = try TinyRun()
    other.configuration = try Self.configuration(settings, text: configuration.data.train)
    return other
  }

  var path: String { folder.file("run") }

  func bytes(_ name: String) throws -> [UInt8] { try folder.bytes(of: "run/\(name)") }

  func write(_ bytes: [UInt8], to name: String) throws {
    try folder.write(bytes, to: "run/\(name)")
  }

  /// Trains until the end, or until `steps` steps have been made by this call.
  @discardableResult
  func train(_ mode: RunFolder.Mode = .create, stoppingAfter steps: Int? = nil) throws -> Bool {
    let cell: any ConfigurableCell.Type = configuration.model.recurrent.cell.type
    return try trainRun(of: cell, mode, stoppingAfter: steps)
  }

  private func trainRun<C: ConfigurableCell>(
    of cell: C.Type, _ mode: RunFolder.Mode, stoppingAfter steps: Int?
  ) throws -> Bool {
    var run = try TrainingRun<LanguageModelTask<C>>(configuration, at: path, mode: mode)
    var made = 0
    let isFinished = try run.trainer.run(reporter: messages.reporter) {
      made += 1
      return made == steps
    }
    if isFinished { _ = try run.report(width: 60) }
    return isFinished
  }

  func trained<C: ConfigurableCell>(_ cell: C.Type) throws -> TrainedLanguageModel<C> {
    try TrainedLanguageModel<C>(RunFolder(reading: path), configuration)
  }

  func metrics() throws -> [MetricsRecord] { try MetricsLog.read(path + "/metrics.jsonl") }
}
