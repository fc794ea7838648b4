public import Layers
public import Tensors
public import Unfolding

/// A recurrent model of symbol sequences: p(y₁ … y_T) = Π p(yₜ | y₁ … yₜ₋₁) (Goodfellow et al. 2016, §10.2.3).
///
///     xₜ = E[yₜ₋₁]
///     hₜ = the uppermost recurrent layer over x₁ … xₜ
///     oₜ = V hₜ + c
///     p(yₜ) = softmax(oₜ)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | E | ``embedding`` | `[V, E]` |
/// | V | ``outputWeight`` | `[V, output size]`, or E itself when tied |
/// | c | ``outputBias`` | `[V]` |
///
/// Tied weights: Press and Wolf (2017), <https://arxiv.org/abs/1608.05859>.
public struct LanguageModel<C: RecurrentCell>: Module {
  /// The vector of each symbol.
  public var embedding: Embedding
  /// The recurrent layers.
  public var recurrent: RecurrentStack<C>
  /// One row a symbol; `nil` when the embedding serves.
  public var outputWeight: Tensor?
  /// What each symbol's score starts from.
  public var outputBias: Tensor
  /// The share of symbols whose vectors are zero in a training step, in [0, 1).
  public var embeddingDropout: Double

  /// The states of all layers, which carry what has been read so far.
  public typealias States = [C.State]

  /// What can be chosen besides the cell's own options.
  public struct Options: Sendable {
    /// V.
    public var vocabularySize: Int
    /// E.
    public var embeddingSize: Int
    /// H.
    public var hiddenSize: Int
    /// The number of recurrent layers.
    public var layers = 1
    /// The cell's own options.
    public var cell: C.Options
    /// Between layers, and before the output.
    public var dropout = Dropout(0)
    /// The share of symbols dropped, in [0, 1).
    public var embeddingDropout = 0.0
    /// The share of recurrent weights dropped, in [0, 1).
    public var weightDropout = 0.0
    /// Whether the output uses the embedding's vectors; the output size must then be E.
    public var hasTiedWeights = false
    /// For the recurrent layers' weights.
    public var cellInitializer = CellInitializer()
    /// For the embedding; `nil` for normal numbers.
    public var embeddingInitializer: Initializer?
    /// For the output's weights.
    public var outputInitializer = Initializer.xavier

    /// One layer without dropout.
    public init(vocabularySize: Int, embeddingSize: Int, hiddenSize: Int, cell: C.Options) {
      self.vocabularySize = vocabularySize
      self.embeddingSize = embeddingSize
      self.hiddenSize = hiddenSize
      self.cell = cell
    }
  }

  /// A model of fresh weights.
  public init(
    _ options: Options, using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    embedding = Embedding(
      options.vocabularySize, options.embeddingSize, initializer: options.embeddingInitializer,
      using: &generator, scalarType: scalarType)
    recurrent = RecurrentStack(
      layers: options.layers, inputSize: options.embeddingSize, hiddenSize: options.hiddenSize,
      options: options.cell, initializer: options.cellInitializer, dropout: options.dropout,
      weightDropout: options.weightDropout, using: &generator, scalarType: scalarType)
    demand(
      !options.hasTiedWeights || recurrent.outputSize == options.embeddingSize,
      "LanguageModel: tied weights need an output size of \(options.embeddingSize), got \(recurrent.outputSize)"
    )
    outputWeight =
      options.hasTiedWeights
      ? nil
      : options.outputInitializer(
        [options.vocabularySize, recurrent.outputSize], using: &generator, scalarType: scalarType)
    outputBias = .zeros([options.vocabularySize], scalarType: scalarType)
    embeddingDropout = options.embeddingDropout
  }

  /// V.
  public var vocabularySize: Int { embedding.weight.shape[0] }

  /// The states before the first symbol of each of `batch` sequences.
  public func initialStates(batch: Int) -> States { recurrent.initialStates(batch: batch) }

  /// The scores of the next symbol after each symbol.
  ///
  /// - Parameters:
  ///   - symbols: `[N]`, each in 0..<V.
  ///   - lengths: The symbols of each sequence; their sum is N.
  ///   - order: How the symbols are ordered.
  ///   - states: What was read before; `nil` for nothing.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: Logits `[N, V]`, and the states after the last symbols.
  public func callAsFunction(
    _ symbols: IndexTensor, lengths: [Int], order: NodeOrder = .sequenceMajor,
    from states: States? = nil, randomness: Randomness? = nil
  ) -> (logits: Tensor, states: States) {
    let (output, states) = outputs(
      symbols, lengths: lengths, order: order, from: states, randomness: randomness)
    return (logits(of: output), states)
  }

  /// The scores that the uppermost layer's outputs give, `[…, V]`.
  func logits(of output: Tensor) -> Tensor {
    output.matmulTransposed(outputWeight ?? embedding.weight) + outputBias
  }

  /// What the uppermost layer says after each symbol, `[N, output size]`, with dropout; and the states after the last
  /// symbols.
  private func outputs(
    _ symbols: IndexTensor, lengths: [Int], order: NodeOrder, from states: States?,
    randomness: Randomness?
  ) -> (values: Tensor, states: States) {
    let vectors = embedding(
      symbols, dropout: embeddingDropout, randomness: randomness?.stream(0x656d))
    let (output, layers) = recurrent(
      SequenceBatch(vectors, lengths: lengths, order: order), from: states,
      randomness: randomness?.stream(0x726e))
    let dropped = recurrent.dropout(output, randomness: randomness?.stream(0x6f75))
    return (dropped.values, layers.map(\.last))
  }

  /// −ln p(target) of each symbol's successor, in nats (eq. 10.14), without all logits in memory unless a gradient is
  /// taken.
  ///
  /// - Parameters:
  ///   - symbols: `[N]`, each in 0..<V.
  ///   - targets: `[N]`, what follows each symbol.
  ///   - lengths: The symbols of each sequence; their sum is N.
  ///   - order: How the symbols are ordered.
  ///   - states: What was read before; `nil` for nothing.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: `[N]`, and the states after the last symbols.
  public func losses(
    _ symbols: IndexTensor, targets: IndexTensor, lengths: [Int],
    order: NodeOrder = .sequenceMajor, from states: States? = nil, randomness: Randomness? = nil
  ) -> (losses: Tensor, states: States) {
    let (output, states) = outputs(
      symbols, lengths: lengths, order: order, from: states, randomness: randomness)
    let losses = output.crossEntropy(
      targets, weight: outputWeight ?? embedding.weight, bias: outputBias)
    return (losses, states)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("embedding", &embedding)
    try visitor.child("rnn", &recurrent)
    try visitor.parameter("output.weight", &outputWeight)
    try visitor.parameter("output.bias", &outputBias)
  }
}
