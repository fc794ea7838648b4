internal import Tensors
public import Unfolding

/// A cell unfolded along sequences, forward or backward.
public struct Recurrent<C: RecurrentCell>: Module {
  /// The cell, shared by every step.
  public var cell: C
  /// Which end the walk starts from.
  public let direction: Direction

  /// A layer of a cell.
  public init(_ cell: C, direction: Direction = .forward) {
    self.cell = cell
    self.direction = direction
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
    return cell.unfolded(
      along: batch, direction, from: state, adding: perturbation, randomness: randomness)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("", &cell)
  }
}
