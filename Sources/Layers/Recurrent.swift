internal import Tensors
public import Unfolding

/// A cell unfolded along sequences, forward or backward.
///
/// With a lag d above 1 edges of length 1 are not there: node t follows node t − d, and the units are bound to work at a
/// coarser time scale (Goodfellow et al. 2016, §10.9.3). The first d nodes follow the initial state.
public struct Recurrent<C: RecurrentCell>: Module {
  /// The cell, shared by every step.
  public var cell: C
  /// Which end the walk starts from.
  public let direction: Direction
  /// How many steps back a node looks.
  public let lag: Int

  /// A layer of a cell.
  public init(_ cell: C, direction: Direction = .forward, lag: Int = 1) {
    demand(lag >= 1, "Recurrent: lag must be at least 1, got \(lag)")
    self.cell = cell
    self.direction = direction
    self.lag = lag
  }

  /// Unfolds the cell from `state`, or from its initial state.
  ///
  /// - Parameters:
  ///   - batch: Sequences of any lengths, values `[N, D]`.
  ///   - state: Where to start, tensors `[B, …]`; `nil` means ``Cell/initialState(batch:)``.
  ///   - perturbation: Added to the state at every step, tensors `[N, …]`: the gradient with respect to it is ∂L/∂s(t).
  ///   - randomness: For dropout within the cell; `nil` in evaluation.
  /// - Returns: The state at every step, and after the last step of each sequence.
  public func callAsFunction(
    _ batch: SequenceBatch, from state: C.State? = nil, adding perturbation: C.State? = nil,
    randomness: Randomness? = nil
  ) -> Unfolded<C.State> {
    demand(
      batch.values.shape[1] == cell.inputSize,
      "Recurrent: values must be [N, \(cell.inputSize)], got \(batch.values.shape)")
    return unfold(
      cell, over: batch.chain(direction, lags: [lag]), batch.values, from: state,
      adding: perturbation,
      randomness: randomness, identities: batch.identities)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("", &cell)
  }
}
