import TestSupport
import Testing

@testable import Tensors

@Suite("Comparison") struct ComparisonTests {
  let x = Tensor([1, 2, 3, .nan, 1, -0.0], shape: [6])
  let y = Tensor([2, 2, 2, 1, .nan, 0], shape: [6])

  @Test("comparisons give 1 or 0, and NaN is unequal to everything")
  func values() {
    expectClose(x .== y, [0, 1, 0, 0, 0, 1])
    expectClose(x .!= y, [1, 0, 1, 1, 1, 0])
    expectClose(x .< y, [1, 0, 0, 0, 0, 0])
    expectClose(x .<= y, [1, 1, 0, 0, 0, 1])
    expectClose(x .> y, [0, 0, 1, 0, 0, 0])
    expectClose(x .>= y, [0, 1, 1, 0, 0, 1])
  }

  @Test("a number can stand on the right")
  func numbers() {
    expectClose(x .== 2, [0, 1, 0, 0, 0, 0])
    expectClose(x .!= 2, [1, 0, 1, 1, 1, 1])
    expectClose(x .< 2, [1, 0, 0, 0, 1, 1])
    expectClose(x .<= 2, [1, 1, 0, 0, 1, 1])
    expectClose(x .> 2, [0, 0, 1, 0, 0, 0])
    expectClose(x .>= 2, [0, 1, 1, 0, 0, 0])
  }

  @Test("comparisons broadcast")
  func broadcasting() {
    let column = Tensor([0, 1, 2], shape: [3, 1]), row = Tensor([0, 1], shape: [2])
    expectClose(column .< row, Tensor([0, 1, 0, 0, 0, 0], shape: [3, 2]))
  }

  @Test("a comparison is a constant to a gradient")
  func gradient() {
    let x = Tensor([1, 3], shape: [2])
    let found = valueWithGradient(at: x) { x in
      let mask = x .> 2
      #expect(mask.node == nil)
      return (mask * x).sum()
    }
    expectClose(found.gradient, [0, 1])
  }

  @Test("shapes that do not broadcast trap")
  func shapesThatDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2]) .== Tensor.ones([3])
    }
    expectMessage(result, "equal: shapes [2] and [3] do not broadcast")
  }
}
