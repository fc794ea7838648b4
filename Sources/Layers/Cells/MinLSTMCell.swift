public import Tensors
internal import Unfolding

/// An LSTM whose gates and candidate see the input alone: the recursion is h′ = a ⊙ h + b.
///
///     f  = σ(W_f x + b_f),   i = σ(Wᵢ x + bᵢ)
///     f̂  = f / (f + i),      î = i / (f + i)
///     n  = g(Wₙ x + bₙ)
///     h′ = f̂ ⊙ h + î ⊙ n
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``inputWeight`` | `[3H, D]`, rows stacked f, i, n |
/// | b | ``bias`` | `[3H]`, zero at the start |
///
/// g is the identity, or ``MinGRUCell/Candidate/positive``. All but one multiply–add a step is done for all steps at
/// once. The gates are divided as logarithms, f̂ = σ(ln f − ln i): the quotient is there even where f and i are too small
/// for their type.
///
/// Source: Feng et al. (2024), "Were RNNs all we needed?", §3.2 and, for the positive candidate, appendix B,
/// <https://arxiv.org/abs/2410.01201>.
public struct MinLSTMCell: InputGatedCell {
  public typealias State = HiddenState

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// g.
    public var candidate = MinGRUCell.Candidate.activation(.identity)

    /// Candidates as they are.
    public init() {}
  }

  /// What was chosen.
  public let options: Options
  /// W, `[3H, D]`: the rows of f, i, n.
  public var inputWeight: Tensor
  /// b, `[3H]`: f, i, n.
  public var bias: Tensor

  /// H.
  public var outputSize: Int { inputWeight.shape[0] / 3 }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    self.options = options
    inputWeight = initializer.input.stacked(
      3, [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    bias = .zeros([3 * hiddenSize], scalarType: scalarType)
  }

  /// a and b of h′ = a ⊙ h + b, from inputs `[N, D]`: `[N, H]` each.
  public func recursion(_ x: Tensor) -> (kept: Tensor, written: Tensor) {
    let parts = (x.matmulTransposed(inputWeight) + bias).split(3)
    // ln σ(x) = −ln(1 + e⁻ˣ).
    let ratio = (-parts[1]).softplus() - (-parts[0]).softplus()
    return (ratio.sigmoid(), (-ratio).sigmoid() * options.candidate(parts[2]))
  }
}
