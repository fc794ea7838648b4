public import Configuration
public import Datasets
public import Models
public import Runs
internal import Training

/// A trained language model with what is needed to use it: read from a run's folder.
public struct TrainedLanguageModel<C: ConfigurableCell>: Sendable {
  /// The configuration as used.
  public let configuration: LanguageModelConfiguration
  /// The units and their numbers.
  public let vocabulary: Vocabulary
  /// The parameters with the lowest validation loss.
  public let model: LanguageModel<C>
  /// Optimiser steps made when these were the parameters.
  public let step: Int
  private let folder: String
  private let fingerprint: UInt64

  /// Reads the best parameters of a run.
  ///
  /// - Parameters:
  ///   - folder: The run.
  ///   - configuration: Its configuration, which names the cell C.
  /// - Throws: When a file of the run is missing or damaged, or does not fit the configuration.
  public init(_ folder: RunFolder, _ configuration: LanguageModelConfiguration) throws {
    self.configuration = configuration
    vocabulary = try Vocabulary(contentsOf: folder.vocabulary)
    let checkpoint = try Checkpoint(
      contentsOf: folder.best, kind: LanguageModelTrainer<C>.kind)
    try configuration.checkMemory(vocabularySize: vocabulary.count, isTraining: false)
    var model = LanguageModel<C>(configuration, vocabularySize: vocabulary.count)
    try checkpoint.load(into: &model, vocabulary: folder.vocabulary)
    self.model = model
    step = checkpoint.header.step
    self.folder = folder.path
    fingerprint = try checkpoint.payload(as: TrainerState.self).fingerprint
  }

  /// The text of the run, divided as it was for training: what it holds out, the model has not learned from.
  ///
  /// - Throws: ``TaskError/otherText(folder:file:)`` if the files have changed since; errors of reading them.
  public func corpus() throws -> TextCorpus {
    let corpus = try TextCorpus(configuration.data, vocabulary: vocabulary)
    guard corpus.fingerprint == fingerprint else {
      throw TaskError.otherText(folder: folder, file: configuration.data.train)
    }
    return corpus
  }

  /// Whether a prompt has units that the model has never seen, which it reads as `<unk>`.
  public func hasUnknownUnits(in prompt: String) throws -> Bool {
    guard let unknown = vocabulary.unknown else { return false }
    return try vocabulary.encode(readable(prompt)).contains(unknown)
  }

  /// A prompt as the training text was read.
  private func readable(_ prompt: String) -> String {
    configuration.data.lowercase ? prompt.lowercased() : prompt
  }

  /// Writes text: reads `prompt`, then hands each piece of what it draws to `body`, as whole characters.
  ///
  /// - Parameters:
  ///   - prompt: What the model reads first.
  ///   - length: The most units to draw.
  ///   - sampling: How units are drawn.
  ///   - seed: Decides every draw.
  ///   - stop: A unit after which to stop; `nil` for none.
  ///   - body: Takes the text as it comes.
  /// - Throws: ``TaskError/unknownSymbol(_:)`` if `stop` is no unit; what encoding the prompt throws.
  public func write(
    prompt: String = "", length: Int, sampling: Sampling = Sampling(), seed: UInt64 = 0,
    stop: String? = nil, _ body: (String) throws -> Void
  ) throws {
    var last: Int32?
    if let stop {
      guard let id = vocabulary.id(of: stop) ?? (stop == "\n" ? vocabulary.endOfLine : nil) else {
        throw TaskError.unknownSymbol(stop)
      }
      last = id
    }
    var excluded: Set<Int> = []
    // A placeholder for characters never seen is no character; among words it is one of the text's own.
    if vocabulary.unit != .word, let unknown = vocabulary.unknown { excluded.insert(Int(unknown)) }
    var generation = Generation(
      model, sampling: sampling, excluding: excluded, seed: seed)
    // A line of words ends by itself only when the text says so.
    var tokens = try vocabulary.encode(readable(prompt))
    if vocabulary.unit == .word, !prompt.hasSuffix("\n"), tokens.last == vocabulary.endOfLine,
      vocabulary.endOfLine != nil
    {
      tokens.removeLast()
    }
    // Nothing to go on from: a line's end is where new text begins.
    let start = tokens.isEmpty ? vocabulary.endOfLine ?? vocabulary.id(of: "\n") : nil
    generation.read(start.map { [$0] } ?? tokens)
    var previous = tokens.last ?? vocabulary.endOfLine
    var decoder = CharacterDecoder()
    for _ in 0..<length {
      let token = generation.next()
      try body(decoder.add(vocabulary.bytes(of: token, after: previous)))
      previous = token
      if token == last { break }
    }
    try body(decoder.finish())
  }
}
