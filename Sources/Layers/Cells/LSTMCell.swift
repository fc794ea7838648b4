public import Tensors
internal import Unfolding

/// A long short-term memory cell.
///
///     i = σ(Wᵢ x + Uᵢ h + pᵢ ⊙ c + bᵢ)          coupled: i = 1 − f
///     f = σ(W_f x + U_f h + p_f ⊙ c + b_f)
///     g = tanh(W_g x + U_g h + b_g)
///     c′ = f ⊙ c + i ⊙ g
///     o = σ(Wₒ x + Uₒ h + pₒ ⊙ c′ + bₒ)
///     h′ = o ⊙ tanh(c′)                          projected: h′ = W_p (o ⊙ tanh(c′))
///
/// Other activations may stand for σ and for tanh.
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | W | ``inputWeight`` | `[4H, D]`, rows stacked i, f, g, o; coupled: `[3H, D]`, f, g, o |
/// | U | ``recurrentWeight`` | `[4H, P]`, same order; P = H without projection |
/// | b | ``inputBias`` + ``recurrentBias`` | `[4H]` each; the forget part starts at 1 |
/// | p | ``peepholes`` | `[H]` each, zero at the start |
/// | W_p | ``projectionWeight`` | `[P, H]` |
///
/// With layer normalisation W x and U h are normalised each by itself, over all gates together, before they are added,
/// or else their sum is; and c′ on its way into the outer tanh.
///
/// Source: Hochreiter and Schmidhuber (1997); Goodfellow, Bengio and Courville (2016), eq. 10.40–10.44 (with tanh for
/// the candidate where the book has σ); peepholes: Gers and Schmidhuber (2000) in the form of Graves (2013), §2,
/// <https://arxiv.org/abs/1308.0850>; coupled gates: Greff et al. (2017), §3, <https://arxiv.org/abs/1503.04069>;
/// projection: Sak, Senior and Beaufays (2014), §2.2, <https://arxiv.org/abs/1402.1128>; layer normalisation: Ba, Kiros
/// and Hinton (2016), eq. 20–22, <https://arxiv.org/abs/1607.06450>; forget bias: Jozefowicz, Zaremba and Sutskever
/// (2015).
public struct LSTMCell: RecurrentCell {
  /// The output h `[B, P]` and the memory c `[B, H]`.
  public struct State: RecurrentState {
    /// h, `[B, P]`.
    public var hidden: Tensor
    /// c, `[B, H]`.
    public var cell: Tensor
    public var recurrent: Tensor {
      get { hidden }
      set { hidden = newValue }
    }
    public var output: Tensor { hidden }
    public var tensors: [Tensor] { [hidden, cell] }

    /// The state (h, c).
    public init(hidden: Tensor, cell: Tensor) {
      self.hidden = hidden
      self.cell = cell
    }
    public init(tensors: [Tensor]) { self.init(hidden: tensors[0], cell: tensors[1]) }
  }

  /// What of a cell's products is normalised; where anything is, c′ is too.
  public enum Normalization: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// W x and U h, each by itself: LN(W x) + LN(U h) (Ba, Kiros and Hinton 2016, eq. 20).
    case products
    /// Their sum: LN(W x + U h), one normalisation for two.
    case sum
  }

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// What stands for σ.
    public var gateActivation: Activation = .sigmoid
    /// What stands for tanh, in the candidate and in the output.
    public var activation: Activation = .tanh
    /// Whether the gates see the memory.
    public var hasPeepholes = false
    /// Whether what is forgotten is just what is written: i = 1 − f.
    public var hasCoupledGates = false
    /// P: the size of h, when it is not H.
    public var projectionSize: Int?
    /// What is normalised.
    public var layerNorm = Normalization.none
    /// The share of h that keeps its last value at a step, in [0, 1).
    public var hiddenZoneout = 0.0
    /// The share of c that keeps its last value at a step, in [0, 1).
    public var cellZoneout = 0.0
    /// Which biases there are.
    public var biases: Biases = .one
    /// What the forget gate's bias starts at.
    public var forgetBias = 1.0
    /// The share of h dropped on its way into U h while training, one mask a sequence; in [0, 1).
    public var recurrentDropout = 0.0

    /// The plain cell: one bias, forget bias 1.
    public init() {}
  }

  /// The diagonal weights from the memory to the gates.
  public struct Peepholes: Module {
    /// pᵢ, `[H]`; none with coupled gates.
    public var input: Tensor?
    /// p_f, `[H]`.
    public var forget: Tensor
    /// pₒ, `[H]`.
    public var output: Tensor

    public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
      try visitor.parameter("peephole_i", &input)
      try visitor.parameter("peephole_f", &forget)
      try visitor.parameter("peephole_o", &output)
    }
  }

  /// The normalisations of W x, U h or their sum, and of c′.
  public struct Norms: Module {
    /// That of W x, over all gates together: gain and bias `[4H]`, or `[3H]` with coupled gates; `nil` where the sum is
    /// normalised.
    public var input: LayerNorm?
    /// That of U h, of the same shapes; `nil` where the sum is normalised.
    public var recurrent: LayerNorm?
    /// That of W x + U h, of the same shapes; `nil` where the products are normalised.
    public var sum: LayerNorm?
    /// That of c′: gain and bias `[H]`.
    public var cell: LayerNorm

    public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
      try visitor.child("layer_norm_ih", &input)
      try visitor.child("layer_norm_hh", &recurrent)
      try visitor.child("layer_norm_sum", &sum)
      try visitor.child("layer_norm_c", &cell)
    }
  }

  /// What was chosen.
  public let options: Options
  /// W, `[4H, D]`: the rows of i, f, g, o; `[3H, D]` with coupled gates, which have no i.
  public var inputWeight: Tensor
  /// U, `[4H, P]`: the rows of i, f, g, o; `[3H, P]` with coupled gates.
  public var recurrentWeight: Tensor
  /// b, `[4H]`: i, f, g, o; `[3H]` with coupled gates; `nil` without biases.
  public var inputBias: Tensor?
  /// A second b, of the same shape; `nil` unless there are two.
  public var recurrentBias: Tensor?
  /// W_p, `[P, H]`; `nil` without projection.
  public var projectionWeight: Tensor?
  /// p, `[H]` each; `nil` without peepholes.
  public var peepholes: Peepholes?
  /// The normalisations of W x and U h or of their sum, over `[4H]` (`[3H]` with coupled gates), and of c′, over `[H]`;
  /// `nil` without.
  public var norms: Norms?

  /// D.
  public var inputSize: Int { inputWeight.shape[1] }
  /// P, which is H without projection.
  public var outputSize: Int { recurrentWeight.shape[1] }
  private var gates: Int { options.hasCoupledGates ? 3 : 4 }
  /// H.
  public var hiddenSize: Int { recurrentWeight.shape[0] / gates }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demandShare(options.recurrentDropout, "LSTMCell: recurrent dropout")
    demandShare(options.hiddenZoneout, "LSTMCell: hidden zoneout")
    demandShare(options.cellZoneout, "LSTMCell: cell zoneout")
    self.options = options
    let gates = options.hasCoupledGates ? 3 : 4
    let outputSize = options.projectionSize ?? hiddenSize
    inputWeight = initializer.input.stacked(
      gates, [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    recurrentWeight = initializer.recurrent.stacked(
      gates, [hiddenSize, outputSize], using: &generator, scalarType: scalarType)
    projectionWeight = options.projectionSize.map {
      initializer.input([$0, hiddenSize], using: &generator, scalarType: scalarType)
    }
    let zeros = Tensor.zeros([hiddenSize], scalarType: scalarType)
    let forget = Tensor.full([hiddenSize], options.forgetBias, scalarType: scalarType)
    let bias = Tensor.concatenate(
      (options.hasCoupledGates ? [] : [zeros]) + [forget, zeros, zeros])
    inputBias = options.biases == .none ? nil : bias
    recurrentBias =
      options.biases == .two ? .zeros([gates * hiddenSize], scalarType: scalarType) : nil
    if options.hasPeepholes {
      peepholes = Peepholes(
        input: options.hasCoupledGates ? nil : zeros, forget: zeros, output: zeros)
    }
    if options.layerNorm != .none {
      let norm = LayerNorm(gates * hiddenSize, scalarType: scalarType)
      let ofProducts = options.layerNorm == .products ? norm : nil
      norms = Norms(
        input: ofProducts, recurrent: ofProducts, sum: options.layerNorm == .sum ? norm : nil,
        cell: LayerNorm(hiddenSize, scalarType: scalarType))
    }
  }

  public func initialState(batch: Int) -> State {
    let type = recurrentWeight.scalarType
    return State(
      hidden: .zeros([batch, outputSize], scalarType: type),
      cell: .zeros([batch, hiddenSize], scalarType: type))
  }

  public func step(_ x: Tensor, from state: State) -> State { step(x, from: state, adding: nil) }

  public func step(_ x: Tensor, from state: State, adding perturbation: State?) -> State {
    let c = state.cell
    let dropped = recurrentDropout(state.hidden, rate: options.recurrentDropout)
    let fromInput = x.matmulTransposed(inputWeight)
    let fromHidden = dropped.matmulTransposed(recurrentWeight)
    let both =
      (norms?.input?(fromInput) ?? fromInput) + (norms?.recurrent?(fromHidden) ?? fromHidden)
    let a = (norms?.sum?(both) ?? both) + [inputBias, recurrentBias]
    let parts = a.split(gates).suffix(3) as Array
    let gate = options.gateActivation
    let f = gate(parts[0] + [peepholes.map { $0.forget * c }])
    let g = options.activation(parts[1])
    let i =
      options.hasCoupledGates
      ? 1 - f
      : gate(a.slice(0..<hiddenSize, axis: -1) + [peepholes?.input.map { $0 * c }])
    let written = f * c + i * g
    let kept =
      zoneout(written, keeping: c, rate: options.cellZoneout, label: 2)
      + [perturbation.map(\.cell)]
    // The output is made from the memory before zoneout; without zoneout the two are one.
    let memory = options.cellZoneout > 0 ? written : kept
    let o = gate(parts[2] + [peepholes.map { $0.output * memory }])
    let h = o * options.activation(norms?.cell(memory) ?? memory)
    let output = projectionWeight.map { h.matmulTransposed($0) } ?? h
    return State(
      hidden: zoneout(output, keeping: state.hidden, rate: options.hiddenZoneout, label: 1)
        + [perturbation.map(\.hidden)],
      cell: kept)
  }

  public mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {
    body(&recurrentWeight)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.parameter("weight_hh", &recurrentWeight)
    try visitor.parameter("bias_ih", &inputBias)
    try visitor.parameter("bias_hh", &recurrentBias)
    try visitor.parameter("weight_hr", &projectionWeight)
    try visitor.child("", &peepholes)
    try visitor.child("", &norms)
  }
}
