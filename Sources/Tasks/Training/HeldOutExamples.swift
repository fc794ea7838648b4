internal import Tensors

/// Which examples of a file are trained on, and which are kept for validation and for the test: a function of the seed.
struct HeldOutExamples: Sendable {
  /// The examples to train on, in the order of the file.
  let train: [Int]
  /// The examples to validate on, in the order of the file.
  let validation: [Int]
  /// The examples to test on, in the order of the file.
  let test: [Int]

  /// Keeps parts of `count` examples for validation and for the test: one at least where a part is not 0, and never all.
  init(count: Int, fraction: Double, testFraction: Double = 0, seed: UInt64) {
    func held(_ fraction: Double, of rest: Int) -> Int {
      guard fraction > 0, rest > 1 else { return 0 }
      return min(max(Int((Double(count) * fraction).rounded()), 1), rest - 1)
    }
    let validationCount = held(fraction, of: count)
    let testCount = held(testFraction, of: count - validationCount)
    // Draws of their own, beside those of the batches.
    var draw = RandomGenerator(seed: seed).stream(0x6865_6c64)
    let order = validationCount + testCount == 0 ? Array(0..<count) : draw.shuffled(0..<count)
    validation = order.prefix(validationCount).sorted()
    test = order.dropFirst(validationCount).prefix(testCount).sorted()
    train = order.dropFirst(validationCount + testCount).sorted()
  }
}
