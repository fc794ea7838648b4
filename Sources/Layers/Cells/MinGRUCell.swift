public import Tensors
internal import Unfolding

/// A GRU whose gate and candidate see the input alone: the recursion is h′ = a ⊙ h + b.
///
///     z  = σ(W_z x + b_z)
///     n  = g(Wₙ x + bₙ)
///     h′ = (1 − z) ⊙ h + z ⊙ n
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``inputWeight`` | `[2H, D]`, rows stacked z, n |
/// | b | ``bias`` | `[2H]`, zero at the start |
///
/// g is the identity, or ``Candidate/positive``. All but one multiply–add a step is done for all steps at once.
///
/// Source: Feng et al. (2024), "Were RNNs all we needed?", §3.1 and, for the positive candidate, appendix B,
/// <https://arxiv.org/abs/2410.01201>.
public struct MinGRUCell: InputGatedCell {
  public typealias State = HiddenState

  /// g: what a candidate goes through.
  public enum Candidate: Sendable, Hashable {
    /// An activation; the identity is the paper's.
    case activation(Activation)
    /// x + ½ where x ≥ 0, else σ(x): above zero, so that the recursion can be computed on logarithms.
    case positive

    /// g of each element.
    public func callAsFunction(_ x: Tensor) -> Tensor {
      switch self {
      case .activation(let activation): activation(x)
      // One form for both sides: σ(x) = ½ at 0, and σ(min(x, 0)) + max(x, 0) is x + ½ above it.
      case .positive: (x - x.relu()).sigmoid() + x.relu()
      }
    }
  }

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// What stands for σ.
    public var gateActivation: Activation = .sigmoid
    /// g.
    public var candidate = Candidate.activation(.identity)

    /// σ, and candidates as they are.
    public init() {}
  }

  /// What was chosen.
  public let options: Options
  /// W, `[2H, D]`: the rows of z, then n.
  public var inputWeight: Tensor
  /// b, `[2H]`: z, n.
  public var bias: Tensor

  /// H.
  public var outputSize: Int { inputWeight.shape[0] / 2 }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    self.options = options
    inputWeight = initializer.input.stacked(
      2, [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    bias = .zeros([2 * hiddenSize], scalarType: scalarType)
  }

  /// a and b of h′ = a ⊙ h + b, from inputs `[N, D]`: `[N, H]` each.
  public func recursion(_ x: Tensor) -> (kept: Tensor, written: Tensor) {
    let parts = (x.matmulTransposed(inputWeight) + bias).split(2)
    let z = options.gateActivation(parts[0])
    return (1 - z, z * options.candidate(parts[1]))
  }
}
