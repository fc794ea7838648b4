public import Tensors
internal import Unfolding

/// A recursive neural tensor network (RNTN): children meet in a product, each unit with a matrix of its own.
///
///     c = [h_1; …; h_K]
///     h = f(W x + Σ_k U_k h_k + [cᵀ V¹ c, …, cᵀ Vᴴ c] + b)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``inputWeight`` | `[H, D]`; `nil` adds x itself, D = H |
/// | U_k | ``recurrentWeights`` | `[H, H]`, one for each child |
/// | V | ``tensor`` | `[H · K·H, K·H]`: V¹, …, Vᴴ one below the other |
/// | b | ``bias`` | `[H]` |
///
/// - Complexity: O(K² H³) for a node.
/// - Note: V starts in ±1/(4·K·H), as small as Stanford's code has it, so that the net starts as a plain one.
///
/// Source: Socher et al. (2013), §4.3, <https://aclanthology.org/D13-1170>.
public struct TensorNetCell: BranchingCell {
  public typealias State = HiddenState

  /// f.
  public var activation: Activation = .tanh
  /// W, `[H, D]`; `nil` adds the input as it is.
  public var inputWeight: Tensor?
  /// U_k, `[H, H]`, by child.
  public var recurrentWeights: [Tensor]
  /// V, `[H · K·H, K·H]`.
  public var tensor: Tensor
  /// b, `[H]`.
  public var bias: Tensor

  public var inputSize: Int { inputWeight?.shape[1] ?? outputSize }
  public var outputSize: Int { bias.shape[0] }

  public init(
    inputSize: Int, hiddenSize: Int, slots: Int = 2, initializer: CellInitializer = .init(),
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    inputWeight =
      inputSize == hiddenSize
      ? nil
      : initializer.input([hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    recurrentWeights = initializer.slots(
      slots, gates: 1, hiddenSize, using: &generator, scalarType: scalarType)
    let joined = slots * hiddenSize
    tensor = Initializer.uniform(range: 1 / Double(max(4 * joined, 1)))(
      [hiddenSize * joined, joined], using: &generator, scalarType: scalarType)
    bias = .zeros([hiddenSize], scalarType: scalarType)
  }

  public func initialState(batch: Int) -> HiddenState {
    HiddenState(hidden: .zeros([batch, outputSize], scalarType: bias.scalarType))
  }

  public func step(_ x: Tensor, from children: [HiddenState]) -> HiddenState {
    let input = inputWeight.map { x.matmulTransposed($0) } ?? x
    let plain = sum(
      input + bias, children.map(\.hidden), by: recurrentWeights, of: Self.self)
    let c = Tensor.concatenate(children.map(\.hidden), axis: 1)
    let rows = c.shape[0], joined = c.shape[1]
    let halves = c.matmulTransposed(tensor).reshaped(to: [rows, outputSize, joined])
    let forms = halves.matmul(c.reshaped(to: [rows, joined, 1]))
    return HiddenState(hidden: activation(plain + forms.reshaped(to: [rows, outputSize])))
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.slots("weight_hh", &recurrentWeights)
    try visitor.parameter("tensor", &tensor)
    try visitor.parameter("bias", &bias)
  }
}
