internal import Tensors

/// How far apart what two programs say is, as a share of the largest number that is expected: what rounding leaves apart grows
/// with it.
///
/// A difference by itself would let tiny numbers pass, whatever they are, and refuse large ones for their last digit; one
/// relative to each number would refuse a zero that rounding makes of a sum.
package struct RelativeDifference: Sendable {
  /// How many numbers were compared.
  package private(set) var count = 0
  private var difference = 0.0
  private var scale = 0.0
  private var first = 0.0
  private var varies = false

  package init() {}

  /// That of all numbers of two tensors of one shape.
  init(_ found: Tensor, from expected: Tensor) {
    for (found, expected) in zip(found.scalars, expected.scalars) {
      compare(found, with: expected)
    }
  }

  /// Compares two numbers. NaN, on either side, is no agreement, and neither is one infinity without the other.
  package mutating func compare(_ found: Double, with expected: Double) {
    if count == 0 { first = expected }
    varies = varies || expected != first
    count += 1
    if expected.isFinite { scale = max(scale, abs(expected)) }
    if found == expected { return }
    let apart = abs(found - expected)
    difference = apart.isNaN ? .infinity : max(difference, apart)
  }

  /// Whether what is expected tells one model from another: not all numbers are the same, or the only one is not zero.
  package var isTelling: Bool { count == 1 ? first != 0 : varies }

  /// The largest difference, as a share of the largest finite number that is expected; infinite where that is zero.
  package var largest: Double {
    difference == 0 ? 0 : scale > 0 ? difference / scale : .infinity
  }
}
