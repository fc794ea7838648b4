public import Configuration
public import Datasets
public import Drawing
internal import Files
public import Models

/// What a translator made of a sentence.
public struct Translation: Sendable, Equatable {
  /// The translation.
  public let text: String
  /// Its units, as the model wrote them.
  public let units: [String]
  /// ln p of its units and of its end, in nats.
  public let logProbability: Double
  /// What the search ranks it by.
  public let score: Double
  /// How the units of the sentence, its end the last, were looked at when each unit and at last the end was written;
  /// empty unless asked for, and without attention.
  public let weights: [[Float]]

  /// A JSON object on a line.
  ///
  ///     {"line":1,"rank":1,"source":"a b","target":"c","score":-0.5,"log-probability":-0.7,"units":["c"]}
  ///
  /// - Parameters:
  ///   - source: The sentence.
  ///   - line: Its number.
  ///   - rank: The number of the translation among those of the sentence, the first being 1.
  /// - Returns: The line with its end.
  public func json(of source: String, line: Int, rank: Int) -> String {
    let list = units.map(\.quotedAsJSON).joined(separator: ",")
    return "{\"line\":\(line),\"rank\":\(rank),\"source\":\(source.quotedAsJSON),"
      + "\"target\":\(text.quotedAsJSON),\"score\":\(score),"
      + "\"log-probability\":\(logProbability),\"units\":[\(list)]}\n"
  }

  /// A picture of ``weights``, by the units of the sentence.
  public func alignment(with source: [String]) -> AlignmentPicture {
    AlignmentPicture(
      text, source: source + [Self.end], target: units + [Self.end], weights: weights)
  }

  /// What the end of a sentence is called.
  private static var end: String { "<eos>" }
}

extension TrainedModel {
  /// The most probable translations that a beam finds.
  ///
  /// - Parameters:
  ///   - settings: How it searches; `nil` is as the run's configuration says.
  ///   - count: How many translations of a sentence are wanted; the beam is no narrower.
  /// - Returns: A way to translate.
  public func search<C>(
    _ settings: TranslationConfiguration.Decoding? = nil, count: Int = 1
  ) -> DecodingMethod where Task == TranslationTask<C> {
    let settings = settings ?? configuration.decoding
    var search = settings.search(
      beam: max(settings.beam, count), excluding: artefacts.excluded)
    search.count = count
    return .search(search)
  }

  /// Translations that are drawn.
  ///
  /// - Parameters:
  ///   - sampling: How a symbol is drawn.
  ///   - settings: What may be written; `nil` is as the run's configuration says.
  ///   - count: How many translations of a sentence are drawn.
  ///   - seed: Decides every draw.
  /// - Returns: A way to translate.
  public func drawing<C>(
    _ sampling: Sampling, _ settings: TranslationConfiguration.Decoding? = nil, count: Int = 1,
    seed: UInt64
  ) -> DecodingMethod where Task == TranslationTask<C> {
    let settings = settings ?? configuration.decoding
    return .drawing(
      SampledDecoding(
        sampling, count: count, seed: seed,
        constraints: settings.constraints(excluding: artefacts.excluded)))
  }

  /// Translates sentences.
  ///
  /// - Parameters:
  ///   - sentences: The sentences, as a file has them.
  ///   - method: How translations are found; `nil` is the search of the run's configuration.
  ///   - batchSize: How many sentences are translated side by side. The result does not depend on it.
  ///   - first: The number of the first sentence, by which sentences are told apart where translations are drawn.
  /// - Returns: For each sentence its translations, the best first; of an empty one an empty one.
  /// - Throws: `ParallelCorpusError` for a sentence of more units than the run's configuration allows.
  public func translate<C>(
    _ sentences: Sentences, by method: DecodingMethod? = nil, batchSize: Int = 64,
    numberedFrom first: Int = 0
  ) throws -> [[Translation]] where Task == TranslationTask<C> {
    let numbers = try encode(sentences)
    return TranslationReader(model, artefacts).translations(
      of: numbers, by: method ?? search(), batchSize: batchSize, numberedFrom: first
    ).map { found in
      found.map { hypothesis in
        Translation(
          text: artefacts.target.decode(hypothesis.symbols),
          units: artefacts.target.units(of: hypothesis.symbols),
          logProbability: hypothesis.logProbability, score: hypothesis.score,
          weights: hypothesis.weights)
      }
    }
  }

  /// The numbers of the units of sentences, or what is wrong with one of them.
  private func encode<C>(
    _ sentences: Sentences
  ) throws -> [[Int32]] where Task == TranslationTask<C> {
    let data = configuration.data
    return try artefacts.source.encode(
      data.trims ? sentences.trimmed : sentences, limit: data.maximumLength)
  }

  /// Makes sure that sentences can be translated.
  ///
  /// - Throws: `ParallelCorpusError` for a sentence of more units than the run's configuration allows.
  public func check<C>(_ sentences: Sentences) throws where Task == TranslationTask<C> {
    _ = try encode(sentences)
  }

  /// The units of sentences as the model reads them, those that it does not know as they are.
  public func units<C>(of sentences: Sentences) -> [[String]] where Task == TranslationTask<C> {
    (configuration.data.trims ? sentences.trimmed : sentences).texts.map {
      artefacts.source.units(of: $0)
    }
  }
}
