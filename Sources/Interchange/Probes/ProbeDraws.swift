package import Tensors

/// Draws what models are given in a probe: always the same.
package struct ProbeDraws {
  /// Where numbers come from.
  package var generator: RandomGenerator
  /// How large numbers are.
  private let scale: Double

  /// The draws of an attempt.
  package init(attempt: Int = 0) {
    generator = RandomGenerator(seed: 0x756E_666F_6C64 &+ UInt64(attempt))
    scale = Double(1 + attempt)
  }

  /// Numbers about zero, larger ones in later attempts, which more is seen of behind a ReLU.
  package mutating func vectors(_ shape: [Int]) -> Tensor {
    generator.normal(Shape(shape)) * Tensor(scale, scalarType: .float32)
  }

  /// Numbers of symbols: no symbol again before all have come.
  package mutating func symbols(_ count: Int, of vocabulary: Int) -> [Int32] {
    var drawn: [Int32] = []
    while drawn.count < count {
      drawn += generator.shuffled(0..<Int32(vocabulary)).prefix(count - drawn.count)
    }
    return drawn
  }
}
