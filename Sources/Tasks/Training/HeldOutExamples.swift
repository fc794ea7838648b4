internal import Tensors

/// Which examples of a file are trained on, and which are kept for validation: a function of the seed.
struct HeldOutExamples: Sendable {
  /// The examples to train on, in the order of the file.
  let train: [Int]
  /// The examples to validate on, in the order of the file.
  let validation: [Int]

  /// Keeps a part of `count` examples for validation: one at least where it is not 0, and never all.
  init(count: Int, fraction: Double, seed: UInt64) {
    guard fraction > 0, count > 1 else {
      (train, validation) = (Array(0..<count), [])
      return
    }
    // Draws of their own, beside those of the batches.
    var draw = RandomGenerator(seed: seed).stream(0x6865_6c64)
    let held = min(max(Int((Double(count) * fraction).rounded()), 1), count - 1)
    let order = draw.shuffled(0..<count)
    validation = order.prefix(held).sorted()
    train = order.dropFirst(held).sorted()
  }
}
