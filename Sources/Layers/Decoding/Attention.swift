public import Tensors
public import Unfolding

/// Where to look: a weighted mean of encoded positions, the weights found by comparing each with a query (Goodfellow et al.
/// 2016, §12.4.5.1).
///
///     eₛ = v · tanh(W q + U hₛ + b + w_c Σ αₛ + (F ∗ α)ₛ)      additive, concat; the last two if asked for
///     eₛ = q · hₛ, q · (U hₛ)                                  dot, general
///     α = softmax(e)
///     c = Σ αₛ hₛ
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``queryWeight`` | `[A, H]` |
/// | U | ``keyWeight`` | `[A, C]`; general: `[H, C]` |
/// | b | ``bias`` | `[A]`, zero at the start; concat: none |
/// | v | ``scoreWeight`` | `[A]` |
/// | w_c | ``coverageWeight`` | `[A]` |
/// | F | ``locationWeight`` | `[2r + 1, A]`, from r positions before to r after |
/// | W_p, v_p | ``positionLayer``, ``positionWeight`` | `[A, H]`, `[A]` |
///
/// Sources: Bahdanau, Cho and Bengio (2015), <https://arxiv.org/abs/1409.0473>; Luong, Pham and Manning (2015),
/// <https://arxiv.org/abs/1508.04025>; and those of ``AttentionOptions``.
public struct Attention: Module {
  /// What was chosen.
  public let options: AttentionOptions
  /// H.
  public let querySize: Int
  /// C.
  public let valueSize: Int
  /// W; `nil` for dot and general.
  public var queryWeight: Tensor?
  /// U; `nil` for dot.
  public var keyWeight: Tensor?
  /// b.
  public var bias: Tensor?
  /// v.
  public var scoreWeight: Tensor?
  /// w_c.
  public var coverageWeight: Tensor?
  /// F.
  public var locationWeight: Tensor?
  /// W_p.
  public var positionLayer: Tensor?
  /// v_p.
  public var positionWeight: Tensor?

  /// An attention of fresh weights.
  ///
  /// - Parameters:
  ///   - querySize: H.
  ///   - valueSize: C; for a dot product H.
  ///   - options: What else can be chosen.
  ///   - generator: Where the weights' numbers come from.
  ///   - scalarType: The parameters' type.
  public init(
    querySize: Int, valueSize: Int, options: AttentionOptions = .init(),
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    demand(
      options.score != .dot || querySize == valueSize,
      "Attention: a dot product needs queries of \(valueSize), got \(querySize)")
    demand(
      options.hasHiddenLayer || !options.hasCoverage && options.locationRadius == nil,
      "Attention: coverage and locations are added within the tanh of an additive score")
    switch options.window {
    case .none: break
    case .monotonic(let halfWidth):
      demand(halfWidth >= 0, "Attention: a window of half width \(halfWidth)")
    case .predictive(let halfWidth):
      demand(halfWidth >= 1, "Attention: a window of half width \(halfWidth)")
    }
    self.options = options
    self.querySize = querySize
    self.valueSize = valueSize
    let size = options.size ?? querySize
    demand(size >= 1, "Attention: a hidden layer of \(size) units")
    func weight(_ shape: Shape) -> Tensor {
      Initializer.xavier(shape, using: &generator, scalarType: scalarType)
    }
    func vector(_ size: Int) -> Tensor { weight([1, size]).reshaped(to: [size]) }
    switch options.score {
    case .additive, .concat:
      queryWeight = weight([size, querySize])
      keyWeight = weight([size, valueSize])
      bias = options.score == .additive ? .zeros([size], scalarType: scalarType) : nil
      scoreWeight = vector(size)
    case .general: keyWeight = weight([querySize, valueSize])
    case .dot: break
    }
    if options.hasCoverage { coverageWeight = vector(size) }
    if let radius = options.locationRadius {
      demand(radius >= 0, "Attention: a radius of \(radius) positions")
      locationWeight = weight([2 * radius + 1, size])
    }
    if case .predictive = options.window {
      positionLayer = weight([size, querySize])
      positionWeight = vector(size)
    }
  }

  /// Encoded sequences made ready to be looked at: keys are computed here, once for all steps.
  ///
  /// - Parameter encoded: Values `[N, C]`.
  /// - Returns: The memory, of as many sequences.
  public func memory(of encoded: SequenceBatch) -> AttentionMemory {
    demand(
      encoded.values.shape[1] == valueSize,
      "Attention: values must be [N, \(valueSize)], got \(encoded.values.shape)")
    let values = encoded.padded()
    let keys = keyWeight.map { values.matmulTransposed($0) } ?? values
    return AttentionMemory(
      keys: bias.map { keys + $0 } ?? keys, values: values, lengths: encoded.lengths)
  }

  /// What earlier steps looked at, as far as the scores see it.
  struct Past {
    /// The last step's weights, `[B, S]`.
    let weights: Tensor
    /// The sum of all steps' weights, `[B, S]`.
    let coverage: Tensor?
    /// The number of steps so far, `[B, 1]`.
    let steps: Tensor?
  }

  /// Looks once.
  ///
  /// - Parameters:
  ///   - query: `[B, H]`.
  ///   - memory: Of B sequences.
  ///   - past: What earlier steps looked at.
  /// - Returns: The weights `[B, S]`, which sum to 1, and the mean `[B, C]`.
  func look(_ query: Tensor, in memory: AttentionMemory, after past: Past) -> (
    weights: Tensor, found: Tensor
  ) {
    let rows = query.shape[0], width = memory.width
    let scores = scores(query, memory, past) + memory.penalty
    let weights = windowed(scores, query, memory, past).softmax()
    let found = weights.reshaped(to: [rows, 1, width]).matmul(memory.values)
    return (weights, found.reshaped(to: [rows, valueSize]))
  }

  private func scores(_ query: Tensor, _ memory: AttentionMemory, _ past: Past) -> Tensor {
    let rows = query.shape[0], width = memory.width
    guard let queryWeight, let scoreWeight else {
      return memory.keys.matmul(query.reshaped(to: [rows, querySize, 1]))
        .reshaped(to: [rows, width])
    }
    let size = scoreWeight.count
    var hidden = memory.keys + query.matmulTransposed(queryWeight).reshaped(to: [rows, 1, size])
    if let coverageWeight, let coverage = past.coverage {
      hidden = hidden + coverage.reshaped(to: [rows, width, 1]) * coverageWeight
    }
    if let locationWeight {
      hidden =
        hidden
        + past.weights.matmul(Self.convolution(locationWeight, width))
        .reshaped(to: [rows, width, size])
    }
    return hidden.tanh().matmul(scoreWeight.reshaped(to: [size, 1])).reshaped(to: [rows, width])
  }

  /// A convolution over `width` positions as the matrix of a product, `[S, S · A]`: how much a position adds to each of the
  /// hidden units of each other.
  private static func convolution(_ filters: Tensor, _ width: Int) -> Tensor {
    let taps = filters.shape[0], size = filters.shape[1], radius = taps / 2
    let numbers = (0..<width).flatMap { from in
      (0..<width).map { to in
        let tap = from - to + radius
        return Int32((0..<taps).contains(tap) ? tap : taps)
      }
    }
    let zero = Tensor.zeros([1, size], scalarType: filters.scalarType)
    return Tensor.concatenate([filters, zero]).gatherRows(IndexTensor(numbers))
      .reshaped(to: [width, width * size])
  }

  /// Scores of which those outside of the window are so small that their weights are 0.
  private func windowed(
    _ scores: Tensor, _ query: Tensor, _ memory: AttentionMemory, _ past: Past
  ) -> Tensor {
    let positions = Tensor.generate([1, memory.width], scalarType: scores.scalarType) { Double($0) }
    switch options.window {
    case .none: return scores
    case .monotonic(let halfWidth):
      guard let steps = past.steps else { fatalError("Attention: steps were not counted") }
      let distance = positions - Tensor.minimum(steps, memory.lengths - 1)
      return scores + (distance.absolute() .> Double(halfWidth)) * -1e30
    case .predictive(let halfWidth):
      guard let positionLayer, let positionWeight else { return scores }
      let hidden = query.matmulTransposed(positionLayer).tanh()
      let centre =
        memory.lengths * (hidden * positionWeight).sum(axis: 1, keepingAxis: true).sigmoid()
      let distance = positions - centre, deviation = Double(halfWidth) / 2
      return scores + (distance.absolute() .> Double(halfWidth)) * -1e30
        - distance.squared() / (2 * deviation * deviation)
    }
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("query.weight", &queryWeight)
    try visitor.parameter("key.weight", &keyWeight)
    try visitor.parameter("bias", &bias)
    try visitor.parameter("score.weight", &scoreWeight)
    try visitor.parameter("coverage.weight", &coverageWeight)
    try visitor.parameter("location.weight", &locationWeight)
    try visitor.parameter("position.layer.weight", &positionLayer)
    try visitor.parameter("position.weight", &positionWeight)
  }
}
