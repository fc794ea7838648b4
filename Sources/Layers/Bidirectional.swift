public import Tensors
public import Unfolding

/// Two cells over the same sequences, one walked from the first step and one from the last: what each step says knows all
/// of its sequence (Goodfellow et al. 2016, §10.3).
///
///     h⃗(t) = f(h⃗(t−1), x(t); θ⃗)
///     h⃖(t) = f(h⃖(t+1), x(t); θ⃖)
///     y(t) = [h⃗(t); h⃖(t)]
///
/// Parameters have the names of PyTorch's layers: those of the backward cell end in `_reverse`.
///
/// Source: Schuster and Paliwal (1997), "Bidirectional recurrent neural networks".
public struct Bidirectional<C: RecurrentCell>: Module {
  /// From the first step to the last.
  public var forward: Recurrent<C>
  /// From the last step to the first.
  public var backward: Recurrent<C>

  /// What both walks computed.
  public struct Result: Sendable {
    /// The states of the walk from the first step on.
    public let forward: Unfolded<C.State>
    /// The states of the walk from the last step on.
    public let backward: Unfolded<C.State>

    /// Both outputs side by side at every step, `[N, 2H]`.
    public var output: Tensor {
      Tensor.concatenate([forward.output, backward.output], axis: 1)
    }

    /// Both outputs side by side where each walk ends, `[B, 2H]`: after the last step, and after the first.
    public var ends: Tensor {
      Tensor.concatenate([forward.last.output, backward.last.output], axis: 1)
    }
  }

  /// Where both walks start.
  public typealias States = (forward: C.State, backward: C.State)

  /// A layer of two cells, which read the same inputs.
  public init(forward: C, backward: C) {
    demand(
      forward.inputSize == backward.inputSize,
      "Bidirectional: cells that read \(forward.inputSize) and \(backward.inputSize) inputs")
    self.forward = Recurrent(forward)
    self.backward = Recurrent(backward, direction: .backward)
  }

  /// A layer of fresh weights; H is the size of each cell.
  public init(
    inputSize: Int, hiddenSize: Int, options: C.Options, initializer: CellInitializer = .init(),
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    func cell() -> C {
      C(
        inputSize: inputSize, hiddenSize: hiddenSize, options: options, initializer: initializer,
        using: &generator, scalarType: scalarType)
    }
    self.init(forward: cell(), backward: cell())
  }

  /// D.
  public var inputSize: Int { forward.cell.inputSize }
  /// The sizes of both cells' outputs together.
  public var outputSize: Int { forward.cell.outputSize + backward.cell.outputSize }

  /// Unfolds both cells.
  ///
  /// - Parameters:
  ///   - batch: Sequences of any lengths, values `[N, D]`.
  ///   - states: Where the walks start, tensors `[B, …]`; `nil` means ``Cell/initialState(batch:)``.
  ///   - randomness: For dropout within the cells; `nil` in evaluation.
  /// - Returns: The states of both walks at every step, and where each ends.
  public func callAsFunction(
    _ batch: SequenceBatch, from states: States? = nil, randomness: Randomness? = nil
  ) -> Result {
    let layers = (forward, backward)
    let weights = PreparedWeights.current
    let first = { @Sendable in
      PreparedWeights.$current.withValue(weights) {
        layers.0(batch, from: states?.forward, randomness: randomness)
      }
    }
    let second = { @Sendable in
      PreparedWeights.$current.withValue(weights) {
        layers.1(batch, from: states?.backward, randomness: randomness?.stream(1))
      }
    }
    // With few sequences the threads would share the units of each walk, and meet at each of its steps.
    if batch.count < Self.fewSequences {
      let (forward, backward) = Threads.sideBySide(first, second)
      return Result(forward: forward, backward: backward)
    }
    return Result(forward: first(), backward: second())
  }

  /// From so many sequences on each thread walks some of its own.
  private static var fewSequences: Int { 16 }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visit(&visitor, suffix: "")
  }

  /// Shows the parameters with a suffix that comes before `_reverse`.
  mutating func visit<V: ParameterVisitor>(
    _ visitor: inout V, suffix: String
  ) throws(V.Failure) {
    try forward.visit(&visitor, suffix: suffix)
    try backward.visit(&visitor, suffix: suffix + "_reverse")
  }
}
