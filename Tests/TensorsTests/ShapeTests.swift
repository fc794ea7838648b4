import TestSupport
import Testing

@testable import Tensors

@Suite("Shape") struct ShapeTests {
  @Test("the count is the product of the sizes, and 1 for a scalar")
  func count() {
    #expect(Shape([]).count == 1)
    #expect(Shape([3]).count == 3)
    #expect(Shape([3, 0, 2]).count == 0)
    #expect(Shape([3, 4, 2]).count == 24)
  }

  @Test("negative axes count from the last")
  func negativeAxes() {
    let shape: Shape = [2, 3, 5]
    #expect([shape[0], shape[2], shape[-1], shape[-3]] == [2, 5, 5, 2])
    #expect(shape.normalized(-2) == 1)
  }

  @Test("folding gives what lies before, at and after an axis")
  func folded() {
    let shape: Shape = [2, 3, 5, 7]
    #expect(shape.folded(at: 0) == (1, 2, 105))
    #expect(shape.folded(at: 2) == (6, 5, 7))
    #expect(shape.folded(at: -1) == (30, 7, 1))
    #expect(Shape([0, 4]).folded(at: 1) == (0, 4, 1))
  }

  @Test(
    "broadcasting follows NumPy's rule",
    arguments: [
      ([], [], []), ([], [2, 3], [2, 3]), ([3], [2, 3], [2, 3]), ([2, 1], [1, 3], [2, 3]),
      ([2, 3], [2, 3], [2, 3]), ([4, 1, 3], [2, 1], [4, 2, 3]), ([1], [0], [0]), ([0], [0], [0]),
      ([2, 0], [1], [2, 0]), ([1, 1, 1], [], [1, 1, 1]),
    ] as [([Int], [Int], [Int])])
  func broadcast(left: [Int], right: [Int], both: [Int]) {
    #expect(Shape.broadcast(Shape(left), Shape(right)) == Shape(both))
    #expect(Shape.broadcast(Shape(right), Shape(left)) == Shape(both))
  }

  @Test(
    "shapes that differ where neither is 1 do not broadcast",
    arguments: [([2], [3]), ([2, 3], [2]), ([0], [2]), ([4, 2, 3], [4, 1])] as [([Int], [Int])])
  func doNotBroadcast(left: [Int], right: [Int]) {
    #expect(Shape.broadcast(Shape(left), Shape(right)) == nil)
  }

  @Test("a shape prints as a list of its sizes")
  func description() {
    #expect("\(Shape([]))" == "[]")
    #expect("\(Shape([2, 0, 3]))" == "[2, 0, 3]")
  }

  @Test("a negative size traps")
  func negativeSize() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Shape([2, -1]) }
    expectMessage(result, "Shape: sizes must not be negative, got [2, -1]")
  }

  @Test("an axis that does not exist traps")
  func noSuchAxis() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Shape([2, 3])[-3] }
    expectMessage(result, "axis -3 does not exist in shape [2, 3]")
  }
}
