public import Tensors
internal import Unfolding

/// A minimal gated unit: one gate both forgets and resets.
///
///     f  = σ(W_f x + U_f h + b_f)
///     n  = tanh(Wₙ x + Uₙ (f ⊙ h) + bₙ)
///     h′ = (1 − f) ⊙ h + f ⊙ n
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``inputWeight`` | `[2H, D]`, rows stacked f, n |
/// | U | ``recurrentWeight`` | `[2H, H]`, same order |
/// | b | ``bias`` | `[2H]`, zero at the start |
///
/// Other activations may stand for σ and for tanh.
///
/// Source: Zhou, Wu, Zhang and Zhou (2016), "Minimal gated unit for recurrent neural networks", §3,
/// <https://arxiv.org/abs/1603.09420>.
public struct MinimalGatedCell: RecurrentCell {
  public typealias State = HiddenState

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// What stands for σ.
    public var gateActivation: Activation = .sigmoid
    /// What stands for tanh.
    public var activation: Activation = .tanh

    /// σ and tanh.
    public init() {}
  }

  /// What was chosen.
  public let options: Options
  /// W, `[2H, D]`: the rows of f, then n.
  public var inputWeight: Tensor
  /// U, `[2H, H]`: the rows of f, then n.
  public var recurrentWeight: Tensor
  /// b, `[2H]`: f, n.
  public var bias: Tensor

  /// D.
  public var inputSize: Int { inputWeight.shape[1] }
  /// H.
  public var outputSize: Int { recurrentWeight.shape[1] }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    self.options = options
    inputWeight = initializer.input.stacked(
      2, [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    recurrentWeight = initializer.recurrent.stacked(
      2, [hiddenSize, hiddenSize], using: &generator, scalarType: scalarType)
    bias = .zeros([2 * hiddenSize], scalarType: scalarType)
  }

  public func initialState(batch: Int) -> HiddenState {
    HiddenState(hidden: .zeros([batch, outputSize], scalarType: bias.scalarType))
  }

  public func step(_ x: Tensor, from state: HiddenState) -> HiddenState {
    let h = state.hidden
    let input = (x.matmulTransposed(inputWeight) + bias).split(2)
    let weights = recurrentWeight.split(2, axis: 0)
    let f = options.gateActivation(input[0] + h.matmulTransposed(weights[0]))
    let n = options.activation(input[1] + (f * h).matmulTransposed(weights[1]))
    return HiddenState(hidden: (1 - f) * h + f * n)
  }

  public mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {
    body(&recurrentWeight)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.parameter("weight_hh", &recurrentWeight)
    try visitor.parameter("bias_ih", &bias)
  }
}
