public import Tensors
internal import Unfolding

/// Recurrent layers that write a sequence given a context: an encoded sequence that they attend to, or one vector
/// (Goodfellow et al. 2016, §10.2.4 and §10.4).
///
///     h(t) = the uppermost layer's state, from x(t) with what else is read at a step
///     y(t) = tanh(W [h(t); c(t); x(t)] + b)
///
/// The context c(t) is what ``attention`` finds, or the vector at every step, or nothing. Where the last state asks, or the
/// context is a vector, it is an input of the layers beside x(t), and x(t) goes into the output too (Bahdanau, Cho and
/// Bengio 2015, appendix A.2, with tanh for maxout; Cho et al. 2014, <https://arxiv.org/abs/1406.1078>). Where this step's
/// state asks, the output is tanh(W [h(t); c(t)] + b), which may be fed to the next step beside x(t) ("input feeding": Luong,
/// Pham and Manning 2015, §3.3, <https://arxiv.org/abs/1508.04025>).
///
/// A decoder has parameters; ``cell(of:)`` makes the cell that is unfolded over a target sequence.
public struct Decoder<C: RecurrentCell>: Module {
  /// What can be chosen besides the sizes.
  public struct Options: Sendable {
    /// H, the size of each layer's state.
    public var hiddenSize: Int
    /// O, the size of y(t).
    public var outputSize: Int
    /// The cell's own options.
    public var cell: C.Options
    /// The number of layers.
    public var layers = 1
    /// How the encoded sequence is attended to; `nil` where the context is one vector or nothing.
    public var attention: AttentionOptions?
    /// Whether a context that is a vector is read at every step.
    public var readsContext = false
    /// Whether y(t) is an input of the next step.
    public var feedsOutput = false
    /// The share of values dropped between layers, a mask a step; in [0, 1).
    public var dropout = 0.0
    /// For the cells' weights.
    public var initializer = CellInitializer()

    /// One layer without attention.
    public init(hiddenSize: Int, outputSize: Int, cell: C.Options) {
      self.hiddenSize = hiddenSize
      self.outputSize = outputSize
      self.cell = cell
    }
  }

  /// The cells, from the input up.
  public var layers: [C]
  /// How the encoded sequence is attended to.
  public var attention: Attention?
  /// W and b, `[O, …]` and `[O]`.
  public var readout: Dense
  /// Whether a context that is a vector is read at every step.
  public let readsContext: Bool
  /// Whether y(t) is an input of the next step.
  public let feedsOutput: Bool
  /// The share of values dropped between layers.
  public let dropout: Double

  /// A decoder of fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: D, the size of x(t).
  ///   - contextSize: C, the size of an encoded position, or of the vector.
  ///   - options: What else can be chosen.
  ///   - generator: Where the weights' numbers come from.
  ///   - scalarType: The parameters' type.
  public init(
    inputSize: Int, contextSize: Int, _ options: Options, using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demand(options.layers >= 1, "Decoder: needs at least one layer, got \(options.layers)")
    demandShare(options.dropout, "Decoder: dropout")
    demand(
      options.attention == nil || !options.readsContext,
      "Decoder: a context is attended to or read as one vector, not both")
    let isReadBefore = options.readsContext || options.attention?.query == .before
    var layers: [C] = []
    for _ in 0..<options.layers {
      let size =
        inputSize + (isReadBefore ? contextSize : 0)
        + (options.feedsOutput ? options.outputSize : 0)
      layers.append(
        C(
          inputSize: layers.last?.outputSize ?? size, hiddenSize: options.hiddenSize,
          options: options.cell, initializer: options.initializer, using: &generator,
          scalarType: scalarType))
    }
    let stateSize = layers[layers.count - 1].outputSize
    self.layers = layers
    attention = options.attention.map {
      Attention(
        querySize: stateSize, valueSize: contextSize, options: $0, using: &generator,
        scalarType: scalarType)
    }
    let hasContext = isReadBefore || options.attention != nil
    readout = Dense(
      stateSize + (hasContext ? contextSize : 0) + (isReadBefore ? inputSize : 0),
      options.outputSize, using: &generator, scalarType: scalarType)
    readsContext = options.readsContext
    feedsOutput = options.feedsOutput
    dropout = options.dropout
  }

  /// O.
  public var outputSize: Int { readout.weight.shape[0] }

  /// What a decoder is given.
  public enum Context: Sendable {
    /// Encoded sequences, of ``memory(of:)``.
    case memory(AttentionMemory)
    /// A vector for each sequence, `[B, C]`, which is read at every step if the decoder does so.
    case vector(Tensor)

    /// B.
    public var count: Int {
      switch self {
      case .memory(let memory): memory.count
      case .vector(let vector): vector.shape[0]
      }
    }
  }

  /// The cell that writes sequences given their contexts.
  public func cell(of context: Context) -> DecoderCell<C> {
    if case .memory = context {
      demand(attention != nil, "Decoder: does not attend to what it is given")
    } else {
      demand(attention == nil, "Decoder: attends to encoded sequences, not to vectors")
    }
    return DecoderCell(decoder: self, context: context)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    for index in layers.indices { try layers[index].visit(&visitor, suffix: "_l\(index)") }
    try visitor.child("attention", &attention)
    try visitor.child("readout", &readout)
  }
}
