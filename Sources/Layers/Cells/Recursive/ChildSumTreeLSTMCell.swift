public import Tensors
internal import Unfolding

/// A child-sum Tree-LSTM: one forget gate for each child, children in no order.
///
///     h̃  = Σ_k h_k
///     i  = σ(Wᵢ x + Uᵢ h̃ + bᵢ)
///     o  = σ(Wₒ x + Uₒ h̃ + bₒ)
///     u  = φ(Wᵤ x + Uᵤ h̃ + bᵤ)
///     f_k = σ(W_f x + U_f h_k + b_f)
///     c  = i ⊙ u + Σ_k f_k ⊙ c_k
///     h  = o ⊙ φ(c)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | φ, σ | ``activation``, ``gateActivation`` | tanh and the logistic function unless others are chosen |
/// | W | ``inputWeight`` | `[4H, D]`, rows stacked i, o, u, f |
/// | Uᵢ, Uₒ, Uᵤ | ``recurrentWeight`` | `[3H, H]` |
/// | U_f | ``forgetWeight`` | `[H, H]` |
/// | b | ``bias`` | `[4H]`, the forget part starts at 1 |
///
/// Children that are not there have zero states, and so no part in any sum. A slot costs its products whether there is
/// a child or not.
///
/// - Complexity: O(H · (D + K · H)) for K slots.
/// - Note: The forget bias of 1 is ours, not the paper's.
///
/// Source: Tai, Socher and Manning (2015), §3.1, <https://arxiv.org/abs/1503.00075>.
public struct ChildSumTreeLSTMCell: BranchingCell {
  public typealias State = LSTMCell.State

  /// φ.
  public var activation: Activation = .tanh
  /// σ.
  public var gateActivation: Activation = .sigmoid
  /// W, `[4H, D]`.
  public var inputWeight: Tensor
  /// Uᵢ, Uₒ, Uᵤ, `[3H, H]`.
  public var recurrentWeight: Tensor
  /// U_f, `[H, H]`.
  public var forgetWeight: Tensor
  /// b, `[4H]`.
  public var bias: Tensor

  public var inputSize: Int { inputWeight.shape[1] }
  public var outputSize: Int { forgetWeight.shape[0] }

  public init(
    inputSize: Int, hiddenSize: Int, slots: Int = 2, initializer: CellInitializer = .init(),
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    inputWeight = initializer.input.stacked(
      4, [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    recurrentWeight = initializer.recurrent.stacked(
      3, [hiddenSize, hiddenSize], using: &generator, scalarType: scalarType)
    forgetWeight = initializer.recurrent(
      [hiddenSize, hiddenSize], using: &generator, scalarType: scalarType)
    bias = .concatenate([
      .zeros([3 * hiddenSize], scalarType: scalarType),
      .ones([hiddenSize], scalarType: scalarType),
    ])
  }

  public func initialState(batch: Int) -> State {
    let zeros = Tensor.zeros([batch, outputSize], scalarType: bias.scalarType)
    return State(tensors: [zeros, zeros])
  }

  /// A child of zeros adds nothing to either sum.
  public var seesAbsentPredecessors: Bool { false }

  public func step(_ x: Tensor, from children: [State]) -> State {
    step(x, from: children, adding: nil)
  }

  public func step(
    _ x: Tensor, from children: [State], adding perturbation: State?
  ) -> State {
    let input = (x.matmulTransposed(inputWeight) + bias).split(4)
    let h = children.dropFirst().reduce(children[0].hidden) { $0 + $1.hidden }
    let recurrent = h.matmulTransposed(recurrentWeight).split(3)
    let i = gateActivation(input[0] + recurrent[0])
    let o = gateActivation(input[1] + recurrent[1])
    let u = activation(input[2] + recurrent[2])
    let c = children.reduce(i * u + [perturbation?.cell]) { sum, child in
      sum + gateActivation(input[3] + child.hidden.matmulTransposed(forgetWeight)) * child.cell
    }
    return State(tensors: [o * activation(c) + [perturbation?.hidden], c])
  }

  public var circuit: CellCircuit {
    CellCircuit("h, c", input: "W", recurrent: "U", after: .all)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.parameter("weight_hh", &recurrentWeight)
    try visitor.parameter("weight_fh", &forgetWeight)
    try visitor.parameter("bias", &bias)
  }
}
