public import Tensors
internal import Unfolding

/// The plain recurrent cell.
///
///     a = b + W h + U x
///     h′ = f(a)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | U | ``inputWeight`` | `[H, D]` |
/// | W | ``recurrentWeight`` | `[H, H]` |
/// | b | ``inputBias``, ``recurrentBias`` | `[H]` each |
///
/// Source: Elman (1990), *Cognitive Science* 14; Goodfellow, Bengio and Courville (2016), eq. 10.8–10.9.
public struct ElmanCell: RecurrentCell {
  public typealias State = HiddenState

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// f.
    public var activation: Activation = .tanh
    /// Which biases there are.
    public var biases: Biases = .one
    /// The share of h dropped on its way into W h while training, one mask a sequence; in [0, 1).
    public var recurrentDropout = 0.0

    /// tanh, one bias, no dropout.
    public init() {}
  }

  /// What was chosen.
  public let options: Options
  /// U, `[H, D]`.
  public var inputWeight: Tensor
  /// W, `[H, H]`.
  public var recurrentWeight: Tensor
  /// b, `[H]`; `nil` without biases.
  public var inputBias: Tensor?
  /// A second b, `[H]`; `nil` unless there are two.
  public var recurrentBias: Tensor?

  /// D.
  public var inputSize: Int { inputWeight.shape[1] }
  /// H.
  public var outputSize: Int { recurrentWeight.shape[0] }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demandShare(options.recurrentDropout, "ElmanCell: recurrent dropout")
    self.options = options
    inputWeight = initializer.input(
      [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    recurrentWeight = initializer.recurrent(
      [hiddenSize, hiddenSize], using: &generator, scalarType: scalarType)
    let zeros = Tensor.zeros([hiddenSize], scalarType: scalarType)
    inputBias = options.biases == .none ? nil : zeros
    recurrentBias = options.biases == .two ? zeros : nil
  }

  public func initialState(batch: Int) -> HiddenState {
    HiddenState(hidden: .zeros([batch, outputSize], scalarType: recurrentWeight.scalarType))
  }

  public func step(_ x: Tensor, from state: HiddenState) -> HiddenState {
    step(reading: x.matmulTransposed(inputWeight), from: state)
  }

  /// A step by what its weights make of the input, `[B, H]`.
  func step(reading input: Tensor, from state: HiddenState) -> HiddenState {
    let h = recurrentDropout(state.hidden, rate: options.recurrentDropout)
    let a = input + h.matmulTransposed(recurrentWeight) + [inputBias, recurrentBias]
    return HiddenState(hidden: options.activation(a))
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

extension Tensor {
  /// The sum with those vectors that are there.
  static func + (sum: Tensor, vectors: [Tensor?]) -> Tensor {
    vectors.compactMap { $0 }.reduce(sum, +)
  }
}
