public import Tensors
internal import Unfolding

/// A gated recurrent unit.
///
///     r = σ(Wᵣ x + Uᵣ h + bᵣ)
///     z = σ(W_z x + U_z h + b_z)
///     n = tanh(Wₙ x + Uₙ (r ⊙ h) + bₙ)            reset before the product
///     n = tanh(Wₙ x + bₙ + r ⊙ (Uₙ h + cₙ))        reset after the product
///     h′ = (1 − z) ⊙ n + z ⊙ h
///
/// Other activations may stand for σ and for tanh.
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``inputWeight`` | `[3H, D]`, rows stacked r, z, n |
/// | U | ``recurrentWeight`` | `[3H, H]`, same order |
/// | b | ``inputBias`` | `[3H]` |
/// | c | ``recurrentBias`` | `[3H]` |
///
/// Source: Cho et al. (2014), §2.3, <https://arxiv.org/abs/1406.1078>, and Goodfellow et al. (2016), eq. 10.45–10.47,
/// reset before (the book's u is z here, with the parts of 1 − z and z exchanged); reset after as in cuDNN, PyTorch and
/// Keras.
public struct GRUCell: RecurrentCell {
  public typealias State = HiddenState

  /// Where the reset gate acts.
  public enum Reset: String, Sendable, Hashable, CaseIterable {
    /// On h, before the product with U.
    case before
    /// On the product U h + c.
    case after
  }

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// What stands for σ.
    public var gateActivation: Activation = .sigmoid
    /// What stands for tanh.
    public var activation: Activation = .tanh
    /// Where the reset gate acts.
    public var reset: Reset = .after
    /// Which biases there are; with the reset after the product, two differ from one.
    public var biases: Biases = .two
    /// The share of h dropped on its way into U h while training, one mask a sequence; in [0, 1).
    public var recurrentDropout = 0.0

    /// Reset after the product, two biases, no dropout: PyTorch's.
    public init() {}
  }

  /// What was chosen.
  public let options: Options
  /// W, `[3H, D]`: the rows of r, then z, then n.
  public var inputWeight: Tensor
  /// U, `[3H, H]`: the rows of r, then z, then n.
  public var recurrentWeight: Tensor
  /// b, `[3H]`: r, z, n; `nil` without biases.
  public var inputBias: Tensor?
  /// c, `[3H]`: r, z, n; `nil` unless there are two biases.
  public var recurrentBias: Tensor?

  /// D.
  public var inputSize: Int { inputWeight.shape[1] }
  /// H.
  public var outputSize: Int { recurrentWeight.shape[1] }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demandShare(options.recurrentDropout, "GRUCell: recurrent dropout")
    self.options = options
    inputWeight = initializer.input.stacked(
      3, [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    recurrentWeight = initializer.recurrent.stacked(
      3, [hiddenSize, hiddenSize], using: &generator, scalarType: scalarType)
    let zeros = Tensor.zeros([3 * hiddenSize], scalarType: scalarType)
    inputBias = options.biases == .none ? nil : zeros
    recurrentBias = options.biases == .two ? zeros : nil
  }

  public func initialState(batch: Int) -> HiddenState {
    HiddenState(hidden: .zeros([batch, outputSize], scalarType: recurrentWeight.scalarType))
  }

  public func step(_ x: Tensor, from state: HiddenState) -> HiddenState {
    let h = recurrentDropout(state.hidden, rate: options.recurrentDropout)
    let input = (x.matmulTransposed(inputWeight) + [inputBias]).split(3)
    let gate = options.gateActivation
    let r: Tensor, z: Tensor, n: Tensor
    switch options.reset {
    case .after:
      let recurrent = (h.matmulTransposed(recurrentWeight) + [recurrentBias]).split(3)
      r = gate(input[0] + recurrent[0])
      z = gate(input[1] + recurrent[1])
      n = options.activation(input[2] + r * recurrent[2])
    case .before:
      let weights = recurrentWeight.split(3, axis: 0)
      let biases: [Tensor?] = recurrentBias?.split(3) ?? [nil, nil, nil]
      r = gate(input[0] + h.matmulTransposed(weights[0]) + [biases[0]])
      z = gate(input[1] + h.matmulTransposed(weights[1]) + [biases[1]])
      n = options.activation(input[2] + (r * h).matmulTransposed(weights[2]) + [biases[2]])
    }
    return HiddenState(hidden: n + z * (state.hidden - n))
  }

  public mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {
    body(&recurrentWeight)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.parameter("weight_hh", &recurrentWeight)
    try visitor.parameter("bias_ih", &inputBias)
    try visitor.parameter("bias_hh", &recurrentBias)
  }
}
