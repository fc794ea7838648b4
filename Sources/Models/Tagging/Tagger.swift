public import Layers
public import Tensors
public import Unfolding

/// A model that gives each word of a sentence a tag, from the words on both of its sides.
///
///     xₜ = [E[wₜ]; the character encoder's vector of wₜ]
///     hₜ = the uppermost bidirectional layer over x₁ … x_T
///     oₜ = V hₜ + c
///     p(yₜ) = softmax(oₜ)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | E | ``words`` | `[V, E]` |
/// | V, c | ``output`` | `[K, 2H]`, `[K]` |
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
  /// The scores of the tags.
  public var output: Dense
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
    /// On the words' vectors.
    public var inputDropout = Dropout(0)
    /// Between layers, and before the output.
    public var dropout = Dropout(0)
    /// The share of recurrent weights dropped, in [0, 1).
    public var weightDropout = 0.0
    /// For the recurrent layers' weights.
    public var cellInitializer = CellInitializer()

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
    output = Dense(
      recurrent.outputSize, options.tagCount, using: &generator, scalarType: scalarType)
    inputDropout = options.inputDropout
  }

  /// K.
  public var tagCount: Int { output.weight.shape[0] }

  /// The scores of every tag for every word, `[N, K]`.
  ///
  /// - Parameters:
  ///   - batch: The sentences.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: The scores, as sequences of the words.
  public func scores(_ batch: SentenceBatch, randomness: Randomness? = nil) -> SequenceBatch {
    var vectors = words(IndexTensor(batch.words))
    if let characters {
      let spelled = characters(batch.spellings).gatherRows(IndexTensor(batch.spelling))
      vectors = Tensor.concatenate([vectors, spelled], axis: 1)
    }
    let input = inputDropout(
      SequenceBatch(vectors, lengths: batch.lengths, identities: batch.identities),
      randomness: randomness?.stream(0x696e))
    let (read, _) = recurrent(input, randomness: randomness?.stream(0x726e))
    let dropped = recurrent.dropout(read, randomness: randomness?.stream(0x6f75))
    return dropped.replacing(values: output(dropped.values))
  }

  /// −ln p(tags) in nats, a word.
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
    return scores(batch, randomness: randomness).values.crossEntropy(tags).mean()
  }

  /// The most probable tag of each word, `[N]`.
  public func tags(_ batch: SentenceBatch) -> [Int32] {
    scores(batch).values.argmax().elements
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("words", &words)
    try visitor.child("characters", &characters)
    try visitor.child("rnn", &recurrent)
    try visitor.child("output", &output)
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
    summary.add(output)
    summary.add("Softmax")
    return summary
  }
}
