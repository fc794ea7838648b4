public import Layers
public import Tensors
public import Unfolding

/// A model that gives each word of a sentence a tag, from the words on both of its sides.
///
///     xₜ = [E[wₜ]; the character encoder's vector of wₜ]
///     hₜ = the uppermost bidirectional layer over x₁ … x_T
///     oₜ = V hₜ + c
///     p(yₜ) = softmax(oₜ), or p(y₁ … y_T) by a conditional random field with the emissions oₜ
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | E | ``words`` | `[V, E]` |
/// | V, c | ``output`` | `[K, 2H]`, `[K]` |
///
/// Or a Jordan net over h says the tags, each after the one before it: p(yₜ) = softmax(c + V tanh(b + W yₜ₋₁ + U hₜ)).
/// It learns from the right tags before, all steps at once, and tags by the probabilities that it has said itself: the
/// second design pattern of Goodfellow, Bengio and Courville (2016), §10.2.1, figures 10.4 and 10.6.
///
/// Sources: Huang, Xu and Yu (2015), <https://arxiv.org/abs/1508.01991>; characters: Plank, Søgaard and Goldberg (2016),
/// <https://arxiv.org/abs/1604.05529>.
public struct Tagger<C: RecurrentCell>: Module {
  /// The vector of each word.
  public var words: Embedding
  /// What is known of a word from its spelling; `nil` when words are all that is read.
  public var characters: CharacterEncoder?
  /// Over the words of each sentence.
  public var recurrent: BidirectionalStack<C>
  /// The scores of the tags; `nil` when ``jordan`` says them.
  public var output: Dense?
  /// Which tags follow which; `nil` when each word's tag is chosen without the others.
  public var field: ConditionalRandomField?
  /// Says each tag after the one before it; `nil` when no tag waits for another.
  public var jordan: JordanCell?
  /// On the words' vectors.
  public var inputDropout: Dropout

  /// What can be chosen besides the cell's own options.
  public struct Options: Sendable {
    /// V.
    public var vocabularySize: Int
    /// E, the size of a word's vector.
    public var embeddingSize: Int
    /// H, the size of each direction's state.
    public var hiddenSize: Int
    /// K.
    public var tagCount: Int
    /// The cell's own options.
    public var cell: C.Options
    /// The number of bidirectional layers.
    public var layers = 1
    /// What is read of the spelling; `nil` for nothing.
    public var characters: Characters?
    /// How the tags of a sentence are chosen.
    public var choice = Choice.softmax
    /// On the words' vectors.
    public var inputDropout = Dropout(0)
    /// Between layers, and before the output.
    public var dropout = Dropout(0)
    /// The share of recurrent weights dropped, in [0, 1).
    public var weightDropout = 0.0
    /// For the recurrent layers' weights.
    public var cellInitializer = CellInitializer()

    /// How the tags of a sentence are chosen.
    public enum Choice: Sendable, Hashable {
      /// Each by itself.
      case softmax
      /// All together, by a conditional random field; `nil` when every tag may follow every other.
      case field(allowed: AllowedTransitions?)
      /// One after the other, by a Jordan net of H hidden units.
      case jordan
    }

    /// The sizes of a ``CharacterEncoder``.
    public struct Characters: Sendable {
      /// The number of different characters.
      public var count: Int
      /// The size of a character's vector.
      public var size: Int
      /// The size of each walk's state.
      public var hiddenSize: Int

      /// Sizes.
      public init(count: Int, size: Int, hiddenSize: Int) {
        self.count = count
        self.size = size
        self.hiddenSize = hiddenSize
      }
    }

    /// One layer over words alone, without dropout.
    public init(
      vocabularySize: Int, embeddingSize: Int, hiddenSize: Int, tagCount: Int, cell: C.Options
    ) {
      self.vocabularySize = vocabularySize
      self.embeddingSize = embeddingSize
      self.hiddenSize = hiddenSize
      self.tagCount = tagCount
      self.cell = cell
    }
  }

  /// A model of fresh weights.
  public init(
    _ options: Options, using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    words = Embedding(
      options.vocabularySize, options.embeddingSize, initializer: .vectors(options.embeddingSize),
      using: &generator, scalarType: scalarType)
    characters = options.characters.map {
      CharacterEncoder(
        characterCount: $0.count, size: $0.size, hiddenSize: $0.hiddenSize,
        initializer: options.cellInitializer, using: &generator, scalarType: scalarType)
    }
    recurrent = BidirectionalStack(
      layers: options.layers, inputSize: options.embeddingSize + (characters?.outputSize ?? 0),
      hiddenSize: options.hiddenSize, options: options.cell, initializer: options.cellInitializer,
      dropout: options.dropout, weightDropout: options.weightDropout, using: &generator,
      scalarType: scalarType)
    tagCount = options.tagCount
    if case .jordan = options.choice {
      var cell = JordanCell.Options()
      cell.outputSize = options.tagCount
      cell.outputFunction = .softmax
      jordan = JordanCell(
        inputSize: recurrent.outputSize, hiddenSize: options.hiddenSize, options: cell,
        initializer: options.cellInitializer, using: &generator, scalarType: scalarType)
    } else {
      output = Dense(
        recurrent.outputSize, options.tagCount, using: &generator, scalarType: scalarType)
    }
    if case .field(let allowed) = options.choice {
      field = ConditionalRandomField(
        tagCount: options.tagCount, allowed: allowed, scalarType: scalarType)
    }
    inputDropout = options.inputDropout
  }

  /// K.
  public let tagCount: Int

  /// The scores of every tag for every word, `[N, K]`: of a Jordan net after what it said of the word before.
  ///
  /// - Parameters:
  ///   - batch: The sentences.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: The scores, as sequences of the words.
  public func scores(_ batch: SentenceBatch, randomness: Randomness? = nil) -> SequenceBatch {
    scores(batch, forcing: nil, randomness: randomness)
  }

  /// The scores of every tag; with right tags, those of a Jordan net after the right one before.
  private func scores(
    _ batch: SentenceBatch, forcing tags: IndexTensor?, randomness: Randomness?
  ) -> SequenceBatch {
    let read = read(batch, randomness: randomness)
    if let output { return read.replacing(values: output(read.values)) }
    guard let jordan else {
      fatalError("unfold: a tagger without an output layer or a Jordan net")
    }
    let hidden =
      if let tags {
        jordan.forced(
          read,
          targets: .oneHot(tags, columns: tagCount, scalarType: read.values.scalarType)
        ).hidden
      } else {
        Recurrent(jordan)(read).states.hidden
      }
    return read.replacing(values: jordan.scores(ofHidden: hidden))
  }

  /// The uppermost layer's outputs, dropped out: `[N, 2H]`.
  private func read(_ batch: SentenceBatch, randomness: Randomness?) -> SequenceBatch {
    var vectors = words(IndexTensor(batch.words))
    if let characters {
      let spelled = characters(batch.spellings).gatherRows(IndexTensor(batch.spelling))
      vectors = Tensor.concatenate([vectors, spelled], axis: 1)
    }
    let input = inputDropout(
      SequenceBatch(vectors, lengths: batch.lengths, identities: batch.identities),
      randomness: randomness?.stream(0x696e))
    let (read, _) = recurrent(input, randomness: randomness?.stream(0x726e))
    return recurrent.dropout(read, randomness: randomness?.stream(0x6f75))
  }

  /// −ln p(tags) in nats, a word; of a Jordan net each after the right tag before it.
  ///
  /// - Parameters:
  ///   - batch: The sentences, of at least one word.
  ///   - tags: `[N]`, each in 0..<K.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: The mean over all words, a scalar.
  public func loss(
    _ batch: SentenceBatch, tags: IndexTensor, randomness: Randomness? = nil
  ) -> Tensor {
    demand(
      tags.count == batch.wordCount,
      "Tagger: \(batch.wordCount) words need as many tags, got \(tags.count)")
    return loss(ofScores: scores(batch, forcing: tags, randomness: randomness), tags: tags)
  }

  /// −ln p(tags) in nats, a word, by scores that are known.
  ///
  /// - Parameters:
  ///   - scores: Of ``scores(_:randomness:)``, at least one word's.
  ///   - tags: `[N]`, each in 0..<K.
  /// - Returns: The mean over all words, a scalar.
  public func loss(ofScores scores: SequenceBatch, tags: IndexTensor) -> Tensor {
    let words = scores.values.shape[0]
    demand(tags.count == words, "Tagger: \(words) words need as many tags, got \(tags.count)")
    guard let field else { return scores.values.crossEntropy(tags).mean() }
    return -field.logLikelihood(of: tags, scores).sum() / Double(words)
  }

  /// The most probable tags, `[N]`: of each word, or with a conditional random field of each sentence.
  public func tags(_ batch: SentenceBatch) -> [Int32] { tags(byScores: scores(batch)) }

  /// The most probable tags, `[N]`, by scores that are known.
  public func tags(byScores scores: SequenceBatch) -> [Int32] {
    guard let field else { return scores.values.argmax().elements }
    return field.bestPaths(scores).flatMap(\.tags)
  }

  /// p(tag) of every tag for every word, `[N, K]`, by scores that are known: the softmax, or with a conditional random field
  /// the sum over all taggings of the sentence that give the word the tag.
  public func probabilities(byScores scores: SequenceBatch) -> Tensor {
    field?.marginals(scores) ?? scores.values.softmax()
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("words", &words)
    try visitor.child("characters", &characters)
    try visitor.child("rnn", &recurrent)
    try visitor.child("output", &output)
    try visitor.child("crf", &field)
    try visitor.child("jordan", &jordan)
  }
}

extension Tagger {
  /// The model's layers with output shapes and numbers of parameters, from the words `[B, T]` up.
  public var summary: Summary {
    var summary = Summary(input: ["B", "T"])
    summary.add(words)
    if let characters {
      summary.add([
        Summary.Row(
          "Characters", output: ["B", "T", .size(characters.outputSize)],
          parameterCount: characters.parameterCount),
        Summary.Row("Side by side", output: ["B", "T", .size(recurrent.layers[0].inputSize)]),
      ])
    }
    if inputDropout.rate > 0 { summary.add(inputDropout) }
    summary.add(recurrent)
    if recurrent.dropout.rate > 0 { summary.add(recurrent.dropout) }
    if let output { summary.add(output) }
    if let jordan {
      summary.add([
        Summary.Row(
          "Jordan", output: ["B", "T", .size(tagCount)], parameterCount: jordan.parameterCount)
      ])
    } else if let field {
      summary.add([
        Summary.Row(
          "Random field", output: summary.output, parameterCount: field.parameterCount)
      ])
    } else {
      summary.add("Softmax")
    }
    return summary
  }
}
