public import Layers
public import Tensors
public import Unfolding

/// Recurrent layers over sequences of symbols or of vectors, and what is read off them: at every step, or once a
/// sequence.
///
///     x(t) = E[w(t)], or the vector given
///     h(t) = the uppermost layer over x(1) … x(τ)
///     o(t) = V h(t) + c          at every step
///     o    = V pooling(h) + c    once a sequence
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | E | ``embedding`` | `[symbols, D]`; `nil` where vectors are given |
/// | V, c | ``output`` | `[K, H]`, `[K]` |
///
/// Source: Goodfellow et al. (2016), §10.2: figure 10.3 at every step, figure 10.5 once a sequence.
public struct SequenceModel<C: RecurrentCell>: Module {
  /// The vector of each symbol; `nil` where vectors are given.
  public var embedding: Embedding?
  /// Over the steps of each sequence.
  public var encoder: RecurrentEncoder<C>
  /// How the steps are joined; `nil` reads every step.
  public var pooling: Pooling?
  /// What is read off.
  public var output: Dense
  /// On the vectors of the steps.
  public var inputDropout: Dropout

  /// What can be chosen besides the layers' own options.
  public struct Options: Sendable {
    /// The number of symbols; `nil` where vectors are given.
    public var symbols: Int?
    /// D, the size of a step's vector.
    public var inputSize: Int
    /// The layers.
    public var encoder: RecurrentEncoder<C>.Options
    /// How the steps are joined; `nil` reads every step.
    public var pooling: Pooling.Kind?
    /// K, the numbers that are read off.
    public var outputSize: Int
    /// On the vectors of the steps.
    public var inputDropout = Dropout(0)

    /// Layers over vectors.
    public init(inputSize: Int, encoder: RecurrentEncoder<C>.Options, outputSize: Int) {
      self.inputSize = inputSize
      self.encoder = encoder
      self.outputSize = outputSize
    }
  }

  /// A model of fresh weights.
  public init(
    _ options: Options, using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    embedding = options.symbols.map {
      Embedding(
        $0, options.inputSize, initializer: .vectors(options.inputSize), using: &generator,
        scalarType: scalarType)
    }
    encoder = RecurrentEncoder(
      inputSize: options.inputSize, options.encoder, using: &generator, scalarType: scalarType)
    pooling = options.pooling.map { [size = encoder.outputSize] in
      Pooling($0, size: size, scalarType: scalarType)
    }
    output = Dense(
      encoder.outputSize, options.outputSize, using: &generator, scalarType: scalarType)
    inputDropout = options.inputDropout
  }

  /// The vectors of symbols, as sequences.
  ///
  /// - Parameters:
  ///   - symbols: Those of all sequences, `[N]`.
  ///   - lengths: How many each sequence has.
  ///   - identities: A number for each sequence; `nil` for 0, 1, …
  /// - Returns: A batch of values `[N, D]`.
  public func vectors(
    of symbols: [Int32], lengths: [Int], identities: [UInt64]? = nil
  ) -> SequenceBatch {
    demand(embedding != nil, "SequenceModel: reads vectors, not symbols")
    let values = embedding.map { $0(IndexTensor(symbols)) } ?? .zeros([symbols.count, 0])
    return SequenceBatch(values, lengths: lengths, identities: identities)
  }

  /// Unfolds the layers, and reads off what they say.
  ///
  /// - Parameters:
  ///   - batch: Sequences, values `[N, D]`.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: `[N, K]` at every step, `[B, K]` once a sequence.
  public func callAsFunction(_ batch: SequenceBatch, randomness: Randomness? = nil) -> Tensor {
    let input = inputDropout(batch, randomness: randomness?.stream(0x696e))
    let (steps, ends) = encoder(input, randomness: randomness?.stream(0x726e))
    let draws = randomness?.stream(0x6f75)
    guard let pooling else { return output(encoder.dropout(steps, randomness: draws).values) }
    let pooled = SequenceBatch(
      pooling(steps, ends: ends), lengths: Array(repeating: 1, count: batch.count),
      identities: batch.identities)
    return output(encoder.dropout(pooled, randomness: draws).values)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("embedding", &embedding)
    try visitor.child("rnn", &encoder)
    try visitor.child("pooling", &pooling)
    try visitor.child("output", &output)
  }
}

extension SequenceModel {
  /// The model's layers with output shapes and numbers of parameters, from the input up, and what is done with the
  /// outputs: "Softmax".
  public func summary(ending last: String? = nil) -> Summary {
    let inputSize = encoder.cells[0].inputSize
    var summary = Summary(input: ["B", "T"] + (embedding == nil ? [.size(inputSize)] : []))
    if let embedding { summary.add(embedding) }
    if inputDropout.rate > 0 { summary.add(inputDropout) }
    summary.add(encoder)
    if let pooling { summary.add(pooling) }
    if encoder.dropout.rate > 0 { summary.add(encoder.dropout) }
    summary.add(output)
    if let last { summary.add(last) }
    return summary
  }
}
