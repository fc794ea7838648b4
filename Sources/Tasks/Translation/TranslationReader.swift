internal import Datasets
internal import Layers
internal import Models
internal import Tensors

/// A translator at work on many sentences: some at a time, of similar lengths. The result does not depend on how many.
struct TranslationReader<C: RecurrentCell> {
  let model: Translator<C>
  let vocabulary: TranslationVocabulary

  init(_ model: Translator<C>, _ vocabulary: TranslationVocabulary) {
    self.model = model
    self.vocabulary = vocabulary
  }

  /// The symbols of either side that are read side by side.
  private static var batchTokens: Int { 2000 }

  /// −ln p of each translation, its end counted, in nats; with `runsFree` by a decoder that reads its own symbols, the most
  /// probable at each step, and not those of the translation.
  func losses(_ pairs: SentencePairs, runsFree: Bool = false) -> [Double] {
    let lengths = zip(pairs.sources, pairs.targets).map { max($0.count, $1.count) }
    var losses = Array(repeating: 0.0, count: pairs.count)
    var rest = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }[...]
    while let shortest = rest.first {
      // As many as fit if all were as long as the longest of them, which is found by halving what is too much.
      var count = max(1, Self.batchTokens / max(lengths[shortest], 1))
      while count > 1, count * lengths[rest.prefix(count).last ?? shortest] > Self.batchTokens {
        count /= 2
      }
      let batch = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
      let read = pairs.batch(batch)
      let reading = runsFree ? model.reading(read, keeping: 0, seed: 0) : nil
      let found = model.losses(read, reading: reading).scalars
      var first = 0
      for pair in batch {
        let end = first + pairs.targets[pair].count
        losses[pair] = found[first..<end].reduce(0, +)
        first = end
      }
    }
    return losses
  }

  /// Translates sentences.
  ///
  /// - Parameters:
  ///   - sources: Their units, `<eos>` at the end.
  ///   - method: How translations are found.
  ///   - batchSize: Sentences that are translated side by side.
  ///   - first: The number of the first sentence, by which sentences are told apart where translations are drawn.
  /// - Returns: For each sentence its translations, the best first; of a sentence without units an empty one.
  func translations(
    of sources: [[Int32]], by method: DecodingMethod, batchSize: Int = 64,
    numberedFrom first: Int = 0
  ) -> [[Hypothesis]] {
    let decoder = TranslationDecoder(model)
    return decoder.translations(
      of: sources, by: method, lengths: sources.map { $0.count - 1 },
      identities: sources.indices.map { UInt64(first + $0) }, batchSize: batchSize)
  }
}
