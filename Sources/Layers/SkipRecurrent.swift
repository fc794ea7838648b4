internal import Tensors
public import Unfolding

/// A cell with skip connections through time, unfolded along sequences, forward or backward.
public struct SkipRecurrent<C: RecurrentCell>: Module where C.State: RecurrentState {
  /// The cell and its longer edges, shared by every step.
  public var cell: SkipCell<C>
  /// Which end the walk starts from.
  public let direction: Direction

  /// A layer of a cell.
  public init(_ cell: SkipCell<C>, direction: Direction = .forward) {
    self.cell = cell
    self.direction = direction
  }

  /// Unfolds the cell from `state`, or from its initial state.
  ///
  /// - Parameters:
  ///   - batch: Sequences of any lengths, values `[N, D]`.
  ///   - state: What stands for every step before the first, tensors `[B, …]`; `nil` for the cell's own.
  ///   - perturbation: Added to the state at every step, tensors `[N, …]`.
  ///   - randomness: For dropout within the cell; `nil` in evaluation.
  /// - Returns: The state at every step, and after the last step of each sequence.
  public func callAsFunction(
    _ batch: SequenceBatch, from state: C.State? = nil, adding perturbation: C.State? = nil,
    randomness: Randomness? = nil
  ) -> Unfolded<C.State> {
    let size = cell.cell.inputSize
    demand(
      batch.values.shape[1] == size,
      "SkipRecurrent: values must be [N, \(size)], got \(batch.values.shape)")
    return unfold(
      cell, over: batch.chain(direction, lags: [1] + cell.lags), batch.values, from: state,
      adding: perturbation, randomness: randomness, identities: batch.identities)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("", &cell)
  }
}
