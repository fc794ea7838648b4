internal import Datasets
internal import Layers
internal import Models
internal import Tensors
internal import Unfolding

/// A tagger as it reads sentences: some at a time, of similar lengths.
struct TagReader<C: RecurrentCell> {
  let model: Tagger<C>
  let vocabulary: TaggingVocabulary

  /// Sentences read side by side. The result does not depend on it.
  private static var batchSize: Int { 64 }

  init(_ model: Tagger<C>, _ vocabulary: TaggingVocabulary) {
    self.model = model
    self.vocabulary = vocabulary
  }

  /// Hands over the scores `[T, K]` and the tags of every sentence, by the sentence's number, in any order.
  func read(
    _ sentences: [[String]], _ body: (_ sentence: Int, _ scores: Tensor, _ tags: [String]) -> Void
  ) {
    readBatches(sentences) { chosen, scores, tags in
      let tags = tags.map { vocabulary.tags.symbols[Int($0)] }
      var first = 0
      for sentence in chosen {
        let range = first..<first + sentences[sentence].count
        body(sentence, scores.values.slice(range), Array(tags[range]))
        first = range.upperBound
      }
    }
  }

  /// Hands over the scores and the tags of some sentences at a time.
  private func readBatches(
    _ sentences: [[String]],
    _ body: (_ chosen: ArraySlice<Int>, _ scores: SequenceBatch, _ tags: [Int32]) -> Void
  ) {
    let order = sentences.indices.sorted {
      (sentences[$0].count, $0) < (sentences[$1].count, $1)
    }
    for start in stride(from: 0, to: order.count, by: Self.batchSize) {
      let chosen = order[start..<min(start + Self.batchSize, order.count)]
      let batch = SentenceBatch(vocabulary.numbers(of: chosen.map { sentences[$0] }))
      let scores = model.scores(batch)
      body(chosen, scores, model.tags(byScores: scores))
    }
  }

  /// The tags of every sentence.
  func tags(_ sentences: [[String]]) -> [[String]] {
    var result = Array(repeating: [String](), count: sentences.count)
    read(sentences) { sentence, _, tags in result[sentence] = tags }
    return result
  }

  /// The tags of every sentence and the probability of each, words by themselves or as the whole sentence has it.
  func likelyTags(_ sentences: [[String]]) -> [[(tag: String, probability: Double)]] {
    var result = Array(repeating: [(tag: String, probability: Double)](), count: sentences.count)
    readBatches(sentences) { chosen, scores, tags in
      guard !tags.isEmpty else { return }
      let all = model.probabilities(byScores: scores).scalars
      var row = 0
      for sentence in chosen {
        for _ in sentences[sentence] {
          let tag = Int(tags[row])
          result[sentence].append((vocabulary.tags.symbols[tag], all[row * model.tagCount + tag]))
          row += 1
        }
      }
    }
    return result
  }
}
