public import Tensors
public import Unfolding

/// A cell whose only recurrence is from its output.
///
///     h′ = f(b + W o + U x)
///     o′ = g(c + V h′)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | U | ``inputWeight`` | `[H, D]` |
/// | W | ``feedbackWeight`` | `[H, O]` |
/// | V | ``outputWeight`` | `[O, H]` |
/// | b | ``hiddenBias`` | `[H]`, zero at the start |
/// | c | ``outputBias`` | `[O]`, zero at the start |
///
/// All that a step hands on is what it puts out. Where the right outputs are known, as they are in training, each step
/// can be given the right one before it instead of its own, and all steps are computed at once: ``forced(_:targets:from:)``.
/// Otherwise the cell is unfolded like any other.
///
/// - Note: g is the identity in the book, whose o are scores; another g gives the outputs the range of the targets, such as
///   the softmax where these are classes.
///
/// Source: Jordan (1986), *Serial order: a parallel distributed processing approach*; Goodfellow, Bengio and Courville
/// (2016), §10.2.1, figure 10.4.
public struct JordanCell: RecurrentCell {
  /// The output o `[B, O]` and the hidden units h `[B, H]`, which the next step does not see.
  public struct State: RecurrentState {
    /// o, `[B, O]`.
    public var output: Tensor
    /// h, `[B, H]`.
    public var hidden: Tensor
    /// o, which is all that the next step sees.
    public var recurrent: Tensor {
      get { output }
      set { output = newValue }
    }
    public var tensors: [Tensor] { [output, hidden] }

    /// The state (o, h).
    public init(output: Tensor, hidden: Tensor) {
      self.output = output
      self.hidden = hidden
    }
    public init(tensors: [Tensor]) { self.init(output: tensors[0], hidden: tensors[1]) }
  }

  /// g: what the scores c + V h go through.
  public enum OutputFunction: Sendable, Hashable {
    /// An activation; the identity is the book's.
    case activation(Activation)
    /// Probabilities of O classes.
    case softmax

    /// g of scores `[B, O]`.
    public func callAsFunction(_ scores: Tensor) -> Tensor {
      switch self {
      case .activation(let activation): activation(scores)
      case .softmax: scores.softmax()
      }
    }
  }

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// f.
    public var activation: Activation = .tanh
    /// g.
    public var outputFunction = OutputFunction.activation(.identity)
    /// O: the size of o, when it is not H.
    public var outputSize: Int?

    /// tanh, and outputs as they are.
    public init() {}
  }

  /// What was chosen.
  public let options: Options
  /// U, `[H, D]`.
  public var inputWeight: Tensor
  /// W, `[H, O]`.
  public var feedbackWeight: Tensor
  /// V, `[O, H]`.
  public var outputWeight: Tensor
  /// b, `[H]`.
  public var hiddenBias: Tensor
  /// c, `[O]`.
  public var outputBias: Tensor

  /// D.
  public var inputSize: Int { inputWeight.shape[1] }
  /// O.
  public var outputSize: Int { outputWeight.shape[0] }
  /// H.
  public var hiddenSize: Int { outputWeight.shape[1] }

  public init(
    inputSize: Int, hiddenSize: Int, options: Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    let outputSize = options.outputSize ?? hiddenSize
    demand(outputSize >= 1, "JordanCell: output size must be at least 1, got \(outputSize)")
    self.options = options
    inputWeight = initializer.input(
      [hiddenSize, inputSize], using: &generator, scalarType: scalarType)
    feedbackWeight = initializer.recurrent(
      [hiddenSize, outputSize], using: &generator, scalarType: scalarType)
    outputWeight = initializer.input(
      [outputSize, hiddenSize], using: &generator, scalarType: scalarType)
    hiddenBias = .zeros([hiddenSize], scalarType: scalarType)
    outputBias = .zeros([outputSize], scalarType: scalarType)
  }

  public func initialState(batch: Int) -> State {
    let type = inputWeight.scalarType
    return State(
      output: .zeros([batch, outputSize], scalarType: type),
      hidden: .zeros([batch, hiddenSize], scalarType: type))
  }

  public func step(_ x: Tensor, from state: State) -> State { step(x, from: state, adding: nil) }

  public func step(_ x: Tensor, from state: State, adding perturbation: State?) -> State {
    let a =
      hiddenBias + state.output.matmulTransposed(feedbackWeight) + x.matmulTransposed(inputWeight)
    let h = options.activation(a) + [perturbation?.hidden]
    let o = options.outputFunction(scores(ofHidden: h))
    return State(output: o + [perturbation?.output], hidden: h)
  }

  /// c + V h, which g makes the outputs of: `[N, O]` of hidden units `[N, H]`.
  public func scores(ofHidden hidden: Tensor) -> Tensor {
    outputBias + hidden.matmulTransposed(outputWeight)
  }

  /// All steps at once, each after the right output of the step before it: teacher forcing.
  ///
  /// No step waits for another, and no gradient flows from one to another.
  ///
  /// - Parameters:
  ///   - batch: Sequences of any lengths, values `[N, D]`.
  ///   - targets: The right output at every node, `[N, O]`, rows in the order of the values.
  ///   - state: What the first step of each sequence follows, tensors `[B, …]`; `nil` for ``initialState(batch:)``.
  /// - Returns: The state at every node, tensors `[N, …]`.
  public func forced(
    _ batch: SequenceBatch, targets: Tensor, from state: State? = nil
  ) -> State {
    let count = batch.values.shape[0]
    demand(
      batch.values.shape[1] == inputSize,
      "JordanCell: values must be [N, \(inputSize)], got \(batch.values.shape)")
    demand(
      targets.shape == [count, outputSize],
      "JordanCell: \(count) nodes need targets [\(count), \(outputSize)], got \(targets.shape)")
    let start = state ?? initialState(batch: batch.count)
    demand(
      start.output.shape == [batch.count, outputSize],
      "JordanCell: \(batch.count) sequences need an output [\(batch.count), \(outputSize)] to start from, got \(start.output.shape)"
    )
    var before = Array(repeating: Int32(0), count: count)
    for (sequence, rows) in batch.rowNumbers.enumerated() {
      for (step, row) in rows.enumerated() {
        before[Int(row)] = step == 0 ? Int32(count + sequence) : rows[step - 1]
      }
    }
    let outputs = Tensor.concatenate([targets, start.output]).gatherRows(IndexTensor(before))
    // The hidden units before a step are not looked at.
    return step(batch.values, from: State(output: outputs, hidden: initialState(batch: 0).hidden))
  }

  public var circuit: CellCircuit {
    var circuit = CellCircuit()
    let h = circuit.add("h"), o = circuit.add("o")
    circuit.read(by: h, "U")
    circuit.connect(h, o, "V")
    circuit.connect(o, h, "W", after: .steps(1))
    circuit.outputs = [o]
    return circuit
  }

  public mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {
    body(&feedbackWeight)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.parameter("weight_oh", &feedbackWeight)
    try visitor.parameter("weight_ho", &outputWeight)
    try visitor.parameter("bias_h", &hiddenBias)
    try visitor.parameter("bias_o", &outputBias)
  }
}
