internal import Configuration
public import Datasets
public import Models

/// A trained language model.
public typealias TrainedLanguageModel<C: ConfigurableCell> = TrainedModel<LanguageModelTask<C>>

extension TrainedModel where Task.Artefacts == Vocabulary {
  /// The units and their numbers.
  public var vocabulary: Vocabulary { artefacts }
}

extension TrainedModel {
  /// Whether a prompt has units that the model has never seen, which it reads as `<unk>`.
  public func hasUnknownUnits<C>(in prompt: String) throws -> Bool
  where Task == LanguageModelTask<C> {
    guard let unknown = vocabulary.unknown else { return false }
    return try vocabulary.encode(readable(prompt)).contains(unknown)
  }

  /// A prompt as the training text was read.
  private func readable<C>(_ prompt: String) -> String where Task == LanguageModelTask<C> {
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
  public func write<C>(
    prompt: String = "", length: Int, sampling: Sampling = Sampling(), seed: UInt64 = 0,
    stop: String? = nil, _ body: (String) throws -> Void
  ) throws where Task == LanguageModelTask<C> {
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
