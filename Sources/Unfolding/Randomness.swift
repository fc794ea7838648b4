public import Tensors

/// Where the random draws of a training step come from; without one, a model runs as in evaluation.
///
/// A draw is a pure function of the key, a label, the sequence, the step and the unit: it does not depend on the order
/// of computation or on what else is in the batch, and can be made again instead of being stored.
public struct Randomness: Sendable, Hashable {
  /// The key of all draws.
  public let key: UInt64

  /// The draws of one training step of one run.
  public init(seed: UInt64, step: UInt64 = 0) { key = RandomGenerator.mix(seed, step) }

  private init(key: UInt64) { self.key = key }

  /// Draws of their own for a part of a model, such as a layer's number.
  public func stream(_ label: UInt64) -> Randomness {
    Randomness(key: RandomGenerator.mix(key, label))
  }
}

/// The random draws that a cell's step may make while it is being unfolded.
///
/// Outside an unfolding that was given a ``Randomness`` there are none, and a cell does what it does in evaluation.
public struct StepDraws: Sendable {
  @TaskLocal static var current: StepDraws?

  /// Mixed into the labels of all draws.
  @TaskLocal private static var part: UInt64?

  let randomness: Randomness
  let sequences: [UInt64]
  let steps: [UInt32]

  /// How long a draw lasts.
  public enum Span: Sendable, Hashable {
    /// A draw for every node.
    case step
    /// One draw a sequence, the same at all its nodes (Gal and Ghahramani 2016, §4).
    case sequence
  }

  /// Runs a part of a step, such as one of several layers, whose draws are not those of another part.
  public static func part<R>(_ number: UInt64, _ body: () throws -> R) rethrows -> R {
    try $part.withValue(RandomGenerator.mix(part ?? 0, number + 1), operation: body)
  }

  /// A mask `[B, columns]` for the rows of the current step, or `nil` in evaluation.
  ///
  /// - Parameters:
  ///   - label: Tells this mask from others of the same cell.
  ///   - columns: Elements a row.
  ///   - keep: The probability that an element is not 0.
  ///   - kept: What it is then; `nil` for 1/keep.
  ///   - span: Whether a sequence's steps share a mask.
  ///   - scalarType: The mask's type.
  /// - Returns: The mask, whose elements are 0 or `kept`.
  public static func mask(
    _ label: UInt64, columns: Int, keep: Double, kept: Double? = nil, span: Span,
    scalarType: ScalarType
  ) -> Tensor? {
    let label = part.map { RandomGenerator.mix($0, label) } ?? label
    if let recorder = StepRecorder.current {
      let draw = Draw(
        label: label, columns: columns, keep: keep, kept: kept, span: span, scalarType: scalarType)
      return recorder.add(draw)
    }
    return current.map { draws in
      Tensor.dropoutMask(
        key: draws.randomness.stream(label).key, sequences: draws.sequences,
        steps: span == .step ? draws.steps : draws.steps.map { _ in 0 }, columns: columns,
        keep: keep, kept: kept, scalarType: scalarType)
    }
  }
}
