import TestSupport
import Testing

@testable import Tensors

@Suite("Slice and Concatenate") struct SliceTests {
  @Test("slices of every axis are the elements by index")
  func slices() {
    for shape: Shape in [[5], [3, 4], [2, 5, 3], [2, 17], [3, 2, 0], [1, 4]] {
      let x = Tensor.ramp(shape)
      let elements = x.scalars
      for axis in -shape.rank..<shape.rank {
        let (outer, count, inner) = shape.folded(at: axis)
        for start in 0...count {
          for end in start...count {
            let expected = (0..<outer).flatMap { o in
              (start..<end).flatMap { i in
                (0..<inner).map { elements[(o * count + i) * inner + $0] }
              }
            }
            let result = x.slice(start..<end, axis: axis)
            #expect(result.shape == shape.replacing(axis, with: end - start))
            #expect(result.scalars == expected)
            #expect(x.converted(to: .float32).slice(start..<end, axis: axis).scalars == expected)
          }
        }
      }
    }
  }

  @Test("rows share memory with the whole, and so do rows of rows")
  func sharing() {
    let x = Tensor.ramp([6, 2])
    let rows = x.slice(2..<6).slice(1..<3)
    expectClose(rows, [6, 7, 8, 9])
    #expect(rows.storage === x.storage)
    let columns = x.slice(0..<1, axis: 1)
    #expect(columns.storage !== x.storage)
  }

  @Test("splits and concatenation undo each other along every axis")
  func splitAndConcatenate() {
    let x = Tensor.ramp([4, 6, 2])
    for (parts, axis) in [(2, 0), (4, 0), (3, 1), (6, 1), (2, -1), (1, 1), (2, 2)] {
      let pieces = x.split(parts, axis: axis)
      #expect(pieces.count == parts)
      expectClose(Tensor.concatenate(pieces, axis: axis), x)
    }
    #expect(x.split(2).map(\.shape) == [[4, 6, 1], [4, 6, 1]])
    #expect(Tensor.ones([2, 0]).split(3).map(\.shape) == [[2, 0], [2, 0], [2, 0]])
  }

  @Test("pieces of different sizes, empty ones too, join along every axis")
  func concatenate() {
    let a = Tensor.ramp([2, 1]), b = Tensor.zeros([2, 0], scalarType: .float64)
    let c = Tensor.ramp([2, 3]) { 10 + $0 }
    expectClose(
      Tensor.concatenate([a, b, c], axis: 1),
      Tensor([0, 10, 11, 12, 1, 13, 14, 15], shape: [2, 4], scalarType: .float64))
    expectClose(
      Tensor.concatenate([a, a.slice(1..<2)], axis: -2),
      Tensor([0, 1, 1], shape: [3, 1], scalarType: .float64))
    for size in [15, 16, 17, 33] {
      let x = Tensor.ramp([3, size], scalarType: .float32)
      let joined = Tensor.concatenate([x, x], axis: 1)
      #expect(joined.slice(0..<size, axis: 1).floats == x.floats)
      #expect(joined.slice(size..<2 * size, axis: 1).floats == x.floats)
    }
  }

  @Test("stacking makes a new axis at any place")
  func stack() {
    let a = Tensor.ramp([2, 3]), b = Tensor.ramp([2, 3]) { 10 + $0 }
    for axis in -3...2 {
      let stacked = Tensor.stack([a, b], axis: axis)
      let at = axis < 0 ? axis + 3 : axis
      var sizes = [2, 3]
      sizes.insert(2, at: at)
      #expect(stacked.shape == Shape(sizes))
      expectClose(stacked.slice(1..<2, axis: at).reshaped(to: [2, 3]), b)
    }
    expectClose(Tensor.stack([Tensor(1), Tensor(2)]), Tensor([1, 2], shape: [2]))
  }

  @Test(
    "gradients and second derivatives match finite differences",
    arguments: [
      GradientCase("rows", at: .scattered([4, 3])) { $0[0].slice(1..<3) },
      GradientCase("columns", at: .scattered([2, 4])) { $0[0].slice(1..<3, axis: -1) },
      GradientCase("middle", at: .scattered([2, 3, 2])) { $0[0].slice(2..<3, axis: 1) },
      GradientCase("nothing", at: .scattered([3, 2])) { $0[0].slice(1..<1) },
      GradientCase("slices that overlap", at: .scattered([4])) {
        $0[0].slice(0..<3) * $0[0].slice(1..<4)
      },
      GradientCase("slices and the whole", at: .scattered([4, 2])) {
        $0[0].slice(1..<2) * $0[0] + $0[0].slice(0..<1, axis: 1)
      },
      GradientCase("place", at: .scattered([2, 2])) {
        apply(Place(axis: 1, start: 1, size: 4), [$0[0]])
      },
      GradientCase("split", at: .scattered([2, 4])) { points in
        let parts = points[0].split(2)
        return parts[0] * parts[1] + parts[0]
      },
      GradientCase("concatenate", at: .scattered([2, 1], seed: 1), .scattered([2, 3], seed: 2)) {
        Tensor.concatenate([$0[0], $0[1], $0[0]], axis: 1)
      },
      GradientCase(
        "concatenate rows", at: .scattered([1, 2], seed: 1), .scattered([3, 2], seed: 2)
      ) {
        Tensor.concatenate([$0[0], $0[1]])
      },
      GradientCase("stack", at: .scattered([2, 2], seed: 1), .scattered([2, 2], seed: 2)) {
        Tensor.stack([$0[0], $0[1], $0[0]], axis: 1)
      },
    ])
  func gradients(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() }
  }

  @Test(
    "values and gradients are PyTorch's",
    arguments: [
      FixtureCase("slice_axis1") { $0[0].slice(1..<3, axis: 1) },
      FixtureCase("concatenate_axis1", ["a", "b"]) { Tensor.concatenate([$0[0], $0[1]], axis: 1) },
    ])
  func fixture(operation: FixtureCase) throws { try operation.check() }

  @Test("a range beyond the axis traps")
  func rangeBeyond() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).slice(1..<4, axis: -1)
    }
    expectMessage(result, "slice: range 1..<4 exceeds axis 1 of [2, 3]")
  }

  @Test("a split into unequal parts traps")
  func unequalParts() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).split(2)
    }
    expectMessage(result, "split: axis -1 of [2, 3] does not split in 2")
  }

  @Test("tensors that do not fit side by side trap")
  func piecesThatDoNotFit() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.concatenate([.ones([2, 3]), .ones([3, 3])], axis: -1)
    }
    expectMessage(shapes, "concatenate: shapes [[2, 3], [3, 3]] do not fit along axis 1")
    let types = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.concatenate([.ones([2, 3]), .ones([2, 3], scalarType: .float64)])
    }
    expectMessage(types, #"concatenate: operands are ["float32", "float64"]; convert some"#)
    let nothing = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.concatenate([])
    }
    expectMessage(nothing, "concatenate: needs at least one tensor")
    let axis = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.stack([.ones([2])], axis: 2)
    }
    expectMessage(axis, "stack: axis 2 does not exist for shape [2]")
  }
}
