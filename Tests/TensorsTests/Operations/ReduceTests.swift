import TestSupport
import Testing

@testable import Tensors

@Suite("Reduce") struct ReduceTests {
  typealias Function = @Sendable (Tensor, Int, Bool) -> Tensor
  static let functions: [(name: String, of: Function, expected: @Sendable ([Double]) -> Double)] = [
    ("sum", { $0.sum(axis: $1, keepingAxis: $2) }, { $0.reduce(0, +) }),
    ("mean", { $0.mean(axis: $1, keepingAxis: $2) }, { $0.reduce(0, +) / Double($0.count) }),
    ("max", { $0.max(axis: $1, keepingAxis: $2) }, { $0.max() ?? -.infinity }),
    ("min", { $0.min(axis: $1, keepingAxis: $2) }, { $0.min() ?? .infinity }),
  ]
  static let shapes: [Shape] = [
    [1], [5], [17], [2, 3], [3, 1], [1, 3], [2, 3, 4], [3, 1, 2], [33, 2], [2, 16], [2, 3, 2, 2],
    [2, 0], [0, 2], [2, 0, 3],
  ]

  @Test("values along every axis, kept or gone", arguments: functions.indices)
  func values(index: Int) {
    let (name, function, expected) = Self.functions[index]
    for shape in Self.shapes {
      let x = Tensor.scattered(shape)
      let elements = x.scalars
      for axis in -shape.rank..<shape.rank {
        let (outer, count, inner) = shape.folded(at: axis)
        let results = (0..<outer * inner).map { place in
          expected(
            (0..<count).map { elements[(place / inner * count + $0) * inner + place % inner] })
        }
        let kept = shape.replacing(axis, with: 1)
        var gone = shape.dimensions
        gone.remove(at: shape.normalized(axis))
        expectClose(
          function(x, axis, true), Tensor(results, shape: kept, scalarType: .float64),
          relative: 1e-13, absolute: 1e-15, "\(name) \(shape) \(axis)")
        expectClose(
          function(x, axis, false), Tensor(results, shape: Shape(gone), scalarType: .float64),
          relative: 1e-13, absolute: 1e-15, "\(name) \(shape) \(axis)")
        expectClose(
          function(x.converted(to: .float32), axis, false), results, relative: 1e-5, absolute: 1e-6,
          "\(name) \(shape) \(axis) float32")
      }
    }
  }

  @Test("reductions of all elements give scalars", arguments: [0, 1, 15, 16, 17, 33])
  func all(size: Int) {
    let x = Tensor.scattered([size])
    let elements = x.scalars
    let sum = elements.reduce(0, +)
    expectClose(x.sum(), Tensor(sum, scalarType: .float64), relative: 1e-13, absolute: 1e-14)
    expectClose(x.mean(), Tensor(sum / Double(size), scalarType: .float64), absolute: 1e-14)
    expectClose(x.max(), Tensor(elements.max() ?? -.infinity, scalarType: .float64))
    expectClose(x.min(), Tensor(elements.min() ?? .infinity, scalarType: .float64))
  }

  @Test("a scalar reduces to itself")
  func scalar() {
    for function: @Sendable (Tensor) -> Tensor in [
      { $0.sum() }, { $0.mean() }, { $0.max() }, { $0.min() },
    ] {
      let found = valueWithGradient(at: Tensor(3), in: function)
      expectClose(found.value, Tensor(3))
      expectClose(found.gradient, Tensor(1))
    }
  }

  @Test("gradients match finite differences", arguments: functions.indices)
  func gradients(index: Int) {
    let function = Self.functions[index].of
    for shape in Self.shapes where shape.count > 0 {
      for axis in -shape.rank..<shape.rank {
        checkGradient(at: [.scattered(shape)]) { function($0[0], axis, false) }
        checkGradient(at: [.scattered(shape)]) { function($0[0], axis, true) }
      }
    }
  }

  @Test(
    "gradients of reductions over everything match finite differences",
    arguments: [
      GradientCase("sum", at: .scattered([2, 3])) { $0[0].sum() },
      GradientCase("mean", at: .scattered([2, 3])) { $0[0].mean() },
      GradientCase("max", at: .scattered([2, 3])) { $0[0].max() },
      GradientCase("min", at: .scattered([2, 3])) { $0[0].min() },
    ])
  func gradientsOfAll(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() * $0[0] }
  }

  @Test("second derivatives match finite differences", arguments: functions.indices)
  func secondDerivatives(index: Int) {
    let function = Self.functions[index].of
    for axis in 0..<3 {
      checkSecondDerivative(at: [.scattered([2, 3, 2])]) { function($0[0], axis, true) * $0[0] }
    }
  }

  @Test("equal extremes share the gradient")
  func ties() {
    let x = Tensor([3, 1, 3, 1, 2, 1], shape: [2, 3], scalarType: .float64)
    let largest = valueWithGradient(at: x) { $0.max(axis: 1).sum() }
    expectClose(largest.gradient, [0.5, 0, 0.5, 0, 1, 0])
    let smallest = valueWithGradient(at: x) { $0.min().sum() }
    expectClose(smallest.gradient, [0, 1.0 / 3, 0, 1.0 / 3, 0, 1.0 / 3])
  }

  @Test("an extreme with a NaN among its elements is NaN")
  func notANumber() {
    let x = Tensor([1, .nan, 2, 5, 4, 6], shape: [2, 3])
    expectClose(x.max(axis: 1), [.nan, 6])
    expectClose(x.min(axis: 1), [.nan, 4])
    expectClose(x.transposed().min(axis: 0), [.nan, 4])
  }

  @Test(
    "values and gradients are PyTorch's",
    arguments: [
      FixtureCase("sum_last") { $0[0].sum(axis: -1) },
      FixtureCase("sum_axis1_kept") { $0[0].sum(axis: 1, keepingAxis: true) },
      FixtureCase("sum_axes_0_2") { $0[0].sum(axis: 2).sum(axis: 0) },
      FixtureCase("mean_axis0") { $0[0].mean(axis: 0) },
      FixtureCase("max_last") { $0[0].max(axis: -1) },
      FixtureCase("min_axis1") { $0[0].min(axis: 1) },
      FixtureCase("variance_last") { x in
        (x[0] - x[0].mean(axis: -1, keepingAxis: true)).squared().mean(axis: -1)
      },
      FixtureCase("layer_norm", ["a", "gain", "bias"]) { points in
        let centered = points[0] - points[0].mean(axis: -1, keepingAxis: true)
        let variance = centered.squared().mean(axis: -1, keepingAxis: true)
        return centered / (variance + 1e-5).squareRoot() * points[1] + points[2]
      },
    ])
  func fixture(operation: FixtureCase) throws { try operation.check() }

  @Test("summing to a shape undoes stretching to it")
  func summedTo() {
    let x = Tensor.ones([2, 3, 4])
    for (target, expected): (Shape, Double) in [
      ([], 24), ([4], 6), ([3, 1], 8), ([2, 1, 4], 3), ([1, 1, 1], 24), ([2, 3, 4], 1), ([1], 24),
    ] {
      expectClose(x.summed(to: target), .full(target, expected))
    }
    expectClose(Tensor.ones([2, 0]).summed(to: [2, 1]), Tensor.zeros([2, 1]))
  }

  @Test("an axis that does not exist traps")
  func noSuchAxis() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).sum(axis: 2)
    }
    expectMessage(result, "axis 2 does not exist in shape [2, 3]")
  }
}
