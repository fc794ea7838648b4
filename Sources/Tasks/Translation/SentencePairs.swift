public import Datasets
internal import Models

/// Pairs of sentences that are used in one way, as texts and as the numbers of their units.
public struct SentencePairs: Sendable {
  /// The texts.
  public let corpus: ParallelCorpus
  /// The units of each sentence to translate, `<eos>` at the end.
  public let sources: [[Int32]]
  /// The units of each translation, `<eos>` at the end.
  public let targets: [[Int32]]
  /// Whether they are looked at again and again while training.
  let isValidation: Bool

  /// Encodes pairs.
  ///
  /// - Parameters:
  ///   - corpus: The texts.
  ///   - vocabulary: The numbers of their units.
  ///   - limit: The most units of a sentence.
  ///   - isValidation: Whether they are looked at again and again while training.
  /// - Throws: `ParallelCorpusError` for a sentence that is too long, which is named by its line.
  init(
    _ corpus: ParallelCorpus, _ vocabulary: TranslationVocabulary, limit: Int,
    isValidation: Bool = false
  ) throws {
    self.corpus = corpus
    self.isValidation = isValidation
    sources = try vocabulary.source.encode(corpus.source, limit: limit)
    targets = try vocabulary.target.encode(corpus.target, limit: limit)
  }

  /// How many pairs there are.
  public var count: Int { corpus.count }
  /// The symbols of all sentences to translate, their ends counted.
  public var sourceCount: Int { sources.reduce(0) { $0 + $1.count } }
  /// The symbols of all translations, their ends counted.
  public var targetCount: Int { targets.reduce(0) { $0 + $1.count } }

  /// Some of the pairs, as a model reads them.
  func batch(_ chosen: [Int], identities: [UInt64]? = nil) -> PairBatch {
    PairBatch(
      sources: chosen.map { sources[$0] }, targets: chosen.map { targets[$0] },
      identities: identities)
  }
}
