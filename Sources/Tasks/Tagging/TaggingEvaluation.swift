public import Datasets
public import Layers
public import Models
internal import Tensors
internal import Unfolding

/// How well a tagger does on sentences whose tags are known.
public struct TaggingEvaluation: Sendable {
  /// Words with a tag that the model should have given and one that it gave.
  public struct Pair: Sendable, Hashable {
    /// The tag in the file.
    public let expected: String
    /// The tag by the model.
    public let found: String
  }

  /// How many words have each pair of tags.
  public let pairs: [Pair: Int]
  /// −ln p(tag) of a word whose tag the model knows, in nats, its mean.
  public let loss: Double
  /// The tags that the model does not know, with the number of their words; each counts as an error.
  public let unseen: [String: Int]
  /// The phrases, as conlleval counts them; `nil` where tags mark none.
  public let phrases: PhraseScore?

  /// Lets a model tag sentences.
  ///
  /// - Parameters:
  ///   - model: The model, used without dropout.
  ///   - vocabulary: What it knows.
  ///   - sentences: Words and tags.
  ///   - countingPhrases: Whether the tags mark phrases.
  public init<C: RecurrentCell>(
    of model: Tagger<C>, _ vocabulary: TaggingVocabulary, on sentences: TaggedSentences,
    countingPhrases: Bool
  ) {
    var pairs: [Pair: Int] = [:]
    var unseen: [String: Int] = [:]
    var phrases = countingPhrases ? PhraseScore() : nil
    var (sum, known) = (0.0, 0)
    let reader = TagReader(model, vocabulary)
    reader.read(sentences.words) { sentence, scores, found in
      let expected = sentences.tags[sentence]
      for (index, tag) in expected.enumerated() {
        pairs[Pair(expected: tag, found: found[index]), default: 0] += 1
        if vocabulary.tags.number(of: tag) == nil { unseen[tag, default: 0] += 1 }
      }
      phrases?.add(found: found, expected: expected)
      let numbers = expected.map { vocabulary.tags.number(of: $0) }
      // Of a sentence with an unknown tag, a random field gives no part a probability.
      let isWhole = model.field == nil || !numbers.contains(nil)
      let rows = numbers.indices.filter { isWhole && numbers[$0] != nil }.map(Int32.init)
      guard !rows.isEmpty else { return }
      let losses = model.loss(
        ofScores: SequenceBatch(scores.gatherRows(IndexTensor(rows)), lengths: [rows.count]),
        tags: IndexTensor(rows.compactMap { numbers[Int($0)] }))
      sum += losses.item * Double(rows.count)
      known += rows.count
    }
    self.pairs = pairs
    self.unseen = unseen
    self.phrases = phrases
    loss = known == 0 ? .nan : sum / Double(known)
  }

  /// All words.
  public var words: Int { pairs.values.reduce(0, +) }

  /// The part of the words that have the right tag; a tag that the model does not know is never right.
  public var accuracy: Double {
    let right = pairs.reduce(0) { $0 + ($1.key.expected == $1.key.found ? $1.value : 0) }
    return Double(right) / Double(max(words, 1))
  }

  /// How often a tag is expected, found and right.
  public func counts(of tag: String) -> PhraseScore.Counts {
    var counts = PhraseScore.Counts()
    for (pair, number) in pairs {
      if pair.expected == tag { counts.expected += number }
      if pair.found == tag { counts.found += number }
      if pair.expected == tag, pair.found == tag { counts.correct += number }
    }
    return counts
  }

  /// Every tag that is expected or found, in order of the alphabet.
  public var tags: [String] {
    Set(pairs.keys.flatMap { [$0.expected, $0.found] }).sorted()
  }

  /// The mistakes that are made most often, the commonest first.
  public func mistakes(_ count: Int) -> [(pair: Pair, words: Int)] {
    let wrong = pairs.filter { $0.key.expected != $0.key.found }.map {
      (pair: $0.key, words: $0.value)
    }
    return Array(
      wrong.sorted {
        ($1.words, $0.pair.expected, $0.pair.found) < ($0.words, $1.pair.expected, $1.pair.found)
      }.prefix(count))
  }

  /// The figures by name: `loss`, `accuracy`, `unseen`, and where tags mark phrases `precision`, `recall`, `f1`.
  public var figures: Figures {
    var figures = [
      "loss": loss, "accuracy": accuracy, "unseen": Double(unseen.values.reduce(0, +)),
    ]
    if let all = phrases?.all {
      figures.merge(["precision": all.precision, "recall": all.recall, "f1": all.f1]) { $1 }
    }
    return figures
  }
}
