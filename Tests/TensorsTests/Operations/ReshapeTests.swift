import TestSupport
import Testing

@testable import Tensors

@Suite("Reshape and Transpose") struct ReshapeTests {
  @Test("a reshape keeps the elements in order and shares their memory")
  func reshape() {
    let x = Tensor.ramp([2, 3, 4])
    let y = x.reshaped(to: [4, 6])
    expectClose(y, Tensor.ramp([4, 6]))
    #expect(y.storage === x.storage)
    expectClose(Tensor(5).reshaped(to: [1, 1]), Tensor([5], shape: [1, 1]))
    expectClose(Tensor.ones([0, 3]).reshaped(to: [2, 0]), Tensor.zeros([2, 0]))
  }

  @Test("a transpose exchanges two axes, whichever they are")
  func transpose() {
    for shape: Shape in [[2, 3], [1, 17], [16, 33], [2, 3, 4], [3, 1, 2, 5], [2, 0, 3]] {
      let x = Tensor.ramp(shape)
      let elements = x.scalars
      for first in -shape.rank..<shape.rank {
        for second in -shape.rank..<shape.rank {
          let a = shape.normalized(first), b = shape.normalized(second)
          var sizes = shape.dimensions
          sizes.swapAt(a, b)
          let result = x.transposed(first, second)
          #expect(result.shape == Shape(sizes))
          let expected = (0..<shape.count).map { place -> Double in
            var index = Self.indices(place, sizes)
            index.swapAt(a, b)
            return elements[zip(index, shape.dimensions).reduce(0) { $0 * $1.1 + $1.0 }]
          }
          #expect(result.scalars == expected, "\(shape) \(first) \(second)")
          #expect(
            x.converted(to: .float32).transposed(first, second).scalars == expected,
            "\(shape) \(first) \(second)")
        }
      }
    }
    expectClose(
      Tensor.ramp([2, 3]).transposed(),
      Tensor([0, 3, 1, 4, 2, 5], shape: [3, 2], scalarType: .float64))
  }

  private static func indices(_ place: Int, _ sizes: [Int]) -> [Int] {
    var rest = place
    return sizes.reversed().map { size in
      defer { rest /= size }
      return rest % size
    }.reversed()
  }

  @Test(
    "gradients match finite differences",
    arguments: [
      GradientCase("reshape", at: .scattered([2, 6])) { $0[0].reshaped(to: [3, 1, 4]) },
      GradientCase("reshape a scalar", at: .scattered([])) { $0[0].reshaped(to: [1, 1]) },
      GradientCase("transpose", at: .scattered([2, 3])) { $0[0].transposed() },
      GradientCase("outer axes", at: .scattered([2, 3, 2])) { $0[0].transposed(0, 1) },
      GradientCase("first and last", at: .scattered([2, 3, 4])) { $0[0].transposed(0, 2) },
      GradientCase("middle of four", at: .scattered([2, 3, 2, 2])) { $0[0].transposed(1, -2) },
      GradientCase("first and third of four", at: .scattered([2, 3, 2, 2])) {
        $0[0].transposed(2, 0)
      },
    ])
  func gradients(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() }
  }

  @Test(
    "values and gradients are PyTorch's",
    arguments: [
      FixtureCase("reshape") { $0[0].reshaped(to: [6, 10]) },
      FixtureCase("transpose_0_2") { $0[0].transposed(0, 2) },
    ])
  func fixture(operation: FixtureCase) throws { try operation.check() }

  @Test("a reshape to another count traps")
  func anotherCount() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).reshaped(to: [4, 2])
    }
    expectMessage(result, "reshape: [2, 3] has 6 elements, [4, 2] needs 8")
  }

  @Test("a transpose of a vector traps")
  func vector() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([3]).transposed()
    }
    expectMessage(result, "axis -2 does not exist in shape [3]")
  }
}
