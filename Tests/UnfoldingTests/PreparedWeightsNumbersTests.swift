import Tensors
import TestSupport
import Testing

@testable import Unfolding

/// What prepared weights call tensors.
@Suite("Numbers of prepared weights")
struct PreparedWeightsNumbersTests {
  static func tensors(_ seeds: Range<Int>) -> [Tensor] {
    seeds.map { .scattered([3], seed: UInt64($0), scalarType: .float32) }
  }

  @Test func sameElementsHaveTheSameNumber() {
    let weights = PreparedWeights(), tensors = Self.tensors(0..<5)
    let numbers = weights.numbers(of: tensors)
    #expect(Set(numbers).count == 5)
    // In another order, in another place in memory, twice in one call.
    #expect(weights.numbers(of: tensors.reversed()) == numbers.reversed())
    #expect(weights.numbers(of: Self.tensors(0..<5)) == numbers)
    #expect(weights.numbers(of: [tensors[2], tensors[2]]) == [numbers[2], numbers[2]])
    let other = tensors[0].reshaped(to: [1, 3])
    #expect(!numbers.contains(weights.numbers(of: [other])[0]))
  }

  @Test func numbersNeverComeBack() {
    let weights = PreparedWeights()
    var seen: Set<Int> = []
    // All is forgotten whenever there are more than 256.
    for start in stride(from: 0, to: 900, by: 100) {
      let numbers = weights.numbers(of: Self.tensors(start..<start + 100))
      #expect(seen.isDisjoint(with: numbers))
      seen.formUnion(numbers)
    }
    let again = weights.numbers(of: Self.tensors(0..<100))
    #expect(seen.isDisjoint(with: again))
    // What is known makes no room for itself.
    #expect(weights.numbers(of: Self.tensors(0..<100)) == again)
  }

  @Test func aStepOfMoreTensorsThanAreKeptIsKnownToo() {
    let weights = PreparedWeights(), tensors = Self.tensors(0..<300)
    let numbers = weights.numbers(of: tensors)
    #expect(Set(numbers).count == 300)
    #expect(weights.numbers(of: tensors) == numbers)
  }
}
