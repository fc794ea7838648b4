import TestSupport
import Testing

@testable import Tensors

@Suite("Select") struct SelectTests {
  @Test("every number but 0 chooses the first side", arguments: [0, 1, 15, 16, 17, 33])
  func values(size: Int) {
    for type in ScalarType.allCases {
      let condition = Tensor.ramp([size], scalarType: type) {
        [0.0, 1, -0.0, .nan, -2][Int($0) % 5]
      }
      let result = Tensor.select(
        condition, .full([size], 1, scalarType: type), .full([size], 2, scalarType: type))
      expectClose(result, (0..<size).map { [2.0, 1, 2, 1, 1][$0 % 5] })
    }
  }

  @Test(
    "all three operands stretch",
    arguments: [
      ([], [2, 3], [2, 3]), ([2, 1], [3], [2, 3]), ([2, 3], [], []), ([3], [2, 1], []),
      ([1, 1], [1], [2, 1]), ([0], [1], [1]),
    ] as [([Int], [Int], [Int])])
  func shapes(condition: [Int], yes: [Int], no: [Int]) {
    let condition = Tensor.ramp(Shape(condition)) { $0.truncatingRemainder(dividingBy: 2) }
    let points = [Tensor.scattered(Shape(yes), seed: 1), .scattered(Shape(no), seed: 2)]
    let result = Tensor.select(condition, points[0], points[1])
    // Where both are finite, choosing is the same as mixing by 0 and 1.
    expectClose(result, condition * points[0] + (1 - condition) * points[1])
    checkGradient(at: points) { Tensor.select(condition, $0[0], $0[1]) }
    checkSecondDerivative(at: points) { Tensor.select(condition, $0[0], $0[1]).squared() }
  }

  @Test("the side not taken gets no gradient, whatever stands there")
  func untakenSide() {
    let condition = Tensor([1, 0, 1, 0], shape: [4], scalarType: .float64)
    let yes = Tensor([1, .nan, 2, .infinity], shape: [4], scalarType: .float64)
    let no = Tensor([.nan, 3, -.infinity, 4], shape: [4], scalarType: .float64)
    let found = valueWithGradient(at: [yes, no]) {
      Tensor.select(condition, $0[0].squared(), $0[1].squared()).sum()
    }
    #expect(found.value.item == 1 + 9 + 4 + 16)
    // 0 · NaN is NaN: the rule of the square sees no gradient, but NaN; the square's own derivative is not blamed on
    // the choice.
    let direct = valueWithGradient(at: [yes, no]) { Tensor.select(condition, $0[0], $0[1]).sum() }
    expectClose(direct.gradients[0], [1, 0, 1, 0])
    expectClose(direct.gradients[1], [0, 1, 0, 1])
  }

  @Test("the condition is a constant, even when computed from the variable")
  func condition() {
    let x = Tensor([-1, 2], shape: [2], scalarType: .float64)
    let found = valueWithGradient(at: x) { Tensor.select($0, $0 * 3, $0).sum() }
    expectClose(found.gradient, [3, 3])
  }

  @Test("values and gradients are PyTorch's")
  func fixture() throws {
    let mask = try fixtureIndices("select.mask")
    try FixtureCase("select", ["a", "b"]) {
      let condition = Tensor(
        mask.elements.map(Double.init), shape: mask.shape, scalarType: $0[0].scalarType)
      return Tensor.select(condition, $0[0], $0[1])
    }.check()
  }

  @Test("operands that do not fit trap")
  func operandsThatDoNotFit() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.select(.ones([2]), .ones([3]), .ones([3]))
    }
    expectMessage(shapes, "select: shapes [[2], [3], [3]] do not broadcast")
    let types = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.select(.ones([2]), .ones([2]), .ones([2], scalarType: .float64))
    }
    expectMessage(types, #"select: operands are ["float32", "float32", "float64"]; convert some"#)
  }
}
