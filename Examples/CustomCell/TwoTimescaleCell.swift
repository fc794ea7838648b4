public import Unfold

/// A cell that no toolkit ships: a multiplicative, normalised, gated fast state beside a slow one that leaks.
///
///     m     = (W_m x) ⊙ (U f)
///     g, c  = LN(W x + M m + S s)
///     f′    = f + σ(g) ⊙ (tanh(c) − f)
///     s′    = s + σ(λ) ⊙ (f − s)
///
/// f is the fast state, s the slow one, whose units each have a time constant of their own, 1/σ(λ) steps.
public struct TwoTimescaleCell: Cell, Module {
  public struct State: CellState {
    public var fast: Tensor  // [B, H]
    public var slow: Tensor  // [B, H]
    public var output: Tensor { .concatenate([fast, slow], axis: -1) }
    public var tensors: [Tensor] { [fast, slow] }

    public init(fast: Tensor, slow: Tensor) { (self.fast, self.slow) = (fast, slow) }
    public init(tensors: [Tensor]) { self.init(fast: tensors[0], slow: tensors[1]) }
  }

  let hiddenSize: Int
  var inputWeight: Tensor  // [3H, D]: m, g, c
  var fastWeight: Tensor  // [H, H]
  var mixedWeight: Tensor  // [2H, H]: g, c
  var slowWeight: Tensor  // [2H, H]: g, c
  var norm: LayerNorm  // [2H]
  var leak: Tensor  // [H]

  public func step(_ x: Tensor, from state: State) -> State {
    let (f, s) = (state.fast, state.slow)
    let fromInput = x.matmulTransposed(inputWeight)
    let m = fromInput.slice(0..<hiddenSize, axis: -1) * f.matmulTransposed(fastWeight)
    let a = norm(
      fromInput.slice(hiddenSize..<3 * hiddenSize, axis: -1)
        + m.matmulTransposed(mixedWeight) + s.matmulTransposed(slowWeight)
    ).split(2)
    return State(fast: f + a[0].sigmoid() * (a[1].tanh() - f), slow: s + leak.sigmoid() * (f - s))
  }

  public func initialState(batch: Int) -> State {
    let zeros = Tensor.zeros([batch, hiddenSize], scalarType: leak.scalarType)
    return State(fast: zeros, slow: zeros)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_input", &inputWeight)
    try visitor.parameter("weight_fast", &fastWeight)
    try visitor.parameter("weight_mixed", &mixedWeight)
    try visitor.parameter("weight_slow", &slowWeight)
    try visitor.child("norm", &norm)
    try visitor.parameter("leak", &leak)
  }
}

extension TwoTimescaleCell {
  /// A fresh cell whose slow units have time constants from about 3 to about 50 steps, evenly spread in λ.
  public init(
    inputSize: Int, hiddenSize: Int, using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    func weight(_ rows: Int, _ columns: Int) -> Tensor {
      Initializer.xavier([rows, columns], using: &generator, scalarType: scalarType)
    }
    self.hiddenSize = hiddenSize
    inputWeight = weight(3 * hiddenSize, inputSize)
    fastWeight = weight(hiddenSize, hiddenSize)
    mixedWeight = weight(2 * hiddenSize, hiddenSize)
    slowWeight = weight(2 * hiddenSize, hiddenSize)
    norm = LayerNorm(2 * hiddenSize, scalarType: scalarType)
    leak = Tensor(
      (0..<hiddenSize).map { -0.7 - 3.2 * Double($0) / Double(max(hiddenSize - 1, 1)) },
      shape: [hiddenSize], scalarType: scalarType)
  }
}
