import Configuration
import Datasets
import Layers
import Runs
import Tasks
import TestSupport

/// A run of a small tagger over a few sentences by a formula.
struct TinyTagging {
  let folder: TemporaryFolder
  var configuration: TaggingConfiguration
  let messages = TinyRun.Messages()

  /// Sentences in which "can" is a noun after "the" and a verb after a noun.
  static func conllu(_ count: Int, from start: Int = 0) -> String {
    let who = ["the can", "the bird", "The Moon", "my uncle"]
    let does = ["sees", "can paint", "follows"]
    return (start..<start + count).map { number in
      let words = "\(who[number * 7 % 4]) \(does[number * number % 3]) \(who[number * 3 % 4]) ."
        .split(separator: " ")
      let lines = words.enumerated().map { index, word in
        let isNoun = index > 0 && ["the", "The", "my"].contains(words[index - 1])
        let tag =
          word == "."
          ? "PUNCT" : ["the", "The", "my"].contains(word) ? "DET" : isNoun ? "NOUN" : "VERB"
        return "\(index + 1)\t\(word)\t_\t\(tag)\t_\t_\t_\t_\t_\t_\n"
      }
      return "# sent_id = \(number)\n" + lines.joined() + "\n"
    }.joined()
  }

  /// The same sentences with chunks in two columns, in the scheme IOB2.
  static func columns(_ count: Int, from start: Int = 0) throws -> String {
    try CoNLLUFile(conllu(count, from: start), path: "").sentences.map { sentence in
      sentence.words.map { word in
        let chunk =
          switch word[.upos] {
          case "DET": "B-NP"
          case "NOUN": "I-NP"
          case "VERB": "B-VP"
          default: "O"
          }
        return "\(word[.form]) \(chunk)\n"
      }.joined() + "\n"
    }.joined()
  }

  /// A configuration by its settings, as a command line gives them, over small sizes.
  static func configuration(
    _ settings: [String], train: String, validation: String
  ) throws -> TaggingConfiguration {
    let small = [
      "task=tagging", "model.embedding-size=5", "model.hidden-size=6", "model.layers=1",
      "model.characters.size=3", "training.batch-size=4",
      "training.epochs=2", "training.log-every=3", "training.optimizer.learning-rate=0.02",
      "training.seed=3", "data.train=\(train)", "data.validation=\(validation)",
    ]
    let characters =
      settings.contains("model.characters.size=0") ? [] : ["model.characters.hidden-size=4"]
    return try TaggingConfiguration.read(
      file: nil, settings: (small + characters + settings).map { try Setting(parsing: $0) }
    ).values
  }

  init(_ settings: [String] = [], sentences: Int = 22) throws {
    folder = try TemporaryFolder()
    let isColumns = settings.contains("data.format=columns")
    let (train, validation) =
      try isColumns
      ? (Self.columns(sentences), Self.columns(7, from: 40))
      : (Self.conllu(sentences), Self.conllu(7, from: 40))
    configuration = try Self.configuration(
      settings, train: folder.write(train, to: "train.txt"),
      validation: folder.write(validation, to: "validation.txt"))
  }

  /// The same with other settings, over the same sentences and in a folder of its own.
  func sibling(_ settings: [String]) throws -> TinyTagging {
    var other = try TinyTagging()
    other.configuration = try Self.configuration(
      settings, train: configuration.data.train,
      validation: configuration.data.validation ?? "none")
    return other
  }

  var path: String { folder.file("run") }

  func bytes(_ name: String) throws -> [UInt8] { try folder.bytes(of: "run/\(name)") }

  /// Trains until the end, or until `steps` steps have been made by this call.
  @discardableResult
  func train(_ mode: RunFolder.Mode = .create, stoppingAfter steps: Int? = nil) throws -> Bool {
    let cell: any ConfigurableCell.Type = configuration.model.recurrent.cell.type
    return try trainRun(of: cell, mode, stoppingAfter: steps)
  }

  private func trainRun<C: ConfigurableCell>(
    of cell: C.Type, _ mode: RunFolder.Mode, stoppingAfter steps: Int?
  ) throws -> Bool {
    var run = try TrainingRun<TaggingTask<C>>(configuration, at: path, mode: mode)
    var made = 0
    let isFinished = try run.trainer.run(reporter: messages.reporter) {
      made += 1
      return made == steps
    }
    if isFinished { messages.text += try run.report(width: 60) }
    return isFinished
  }

  func trained<C: ConfigurableCell>(_ cell: C.Type) throws -> TrainedModel<TaggingTask<C>> {
    try TrainedModel(RunFolder(reading: path), configuration)
  }

  func metrics() throws -> [MetricsRecord] { try MetricsLog.read(path + "/metrics.jsonl") }
}
