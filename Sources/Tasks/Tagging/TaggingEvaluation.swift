public import Datasets
public import Layers
public import Models
internal import Tensors
internal import Unfolding

/// How well a tagger does on sentences whose tags are known.
public struct TaggingEvaluation: Sendable {
  /// The tags of the words; one that the model does not know is never right.
  public let confusion: Confusion
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
    var confusion = Confusion()
    var unseen: [String: Int] = [:]
    var phrases = countingPhrases ? PhraseScore() : nil
    var (sum, known) = (0.0, 0)
    let reader = TagReader(model, vocabulary)
    reader.read(sentences.words) { sentence, scores, found in
      let expected = sentences.tags[sentence]
      for (index, tag) in expected.enumerated() {
        confusion.add(expected: tag, found: found[index])
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
    self.confusion = confusion
    self.unseen = unseen
    self.phrases = phrases
    loss = known == 0 ? .nan : sum / Double(known)
  }

  /// The figures by name: `loss`, `accuracy`, `unseen`, and where tags mark phrases `precision`, `recall`, `f1`.
  public var figures: Figures {
    var figures = [
      "loss": loss, "accuracy": confusion.accuracy,
      "unseen": Double(unseen.values.reduce(0, +)),
    ]
    if let all = phrases?.all {
      figures.merge(["precision": all.precision, "recall": all.recall, "f1": all.f1]) { $1 }
    }
    return figures
  }

  /// For a person: precision, recall and F1 of each tag, which are taken for which, and the same of each type of phrases;
  /// the tags that the model does not know.
  var table: String {
    let score = phrases.map { phrases in
      TextTable(
        ["phrases", "number"] + PhraseScore.Counts.columns,
        rows: phrases.byType.sorted { $0.key < $1.key }.map { $0.value.row($0.key) }
          + [phrases.all.row("all")]
      ).text
    }
    return [confusion.table("tag", of: "words"), score, unseenText(unseen)].compactMap(\.self)
      .joined(separator: "\n\n")
  }
}
