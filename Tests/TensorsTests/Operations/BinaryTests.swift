import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Binary") struct BinaryTests {
  typealias Function = @Sendable (Tensor, Tensor) -> Tensor
  static let functions:
    [(name: String, of: Function, expected: @Sendable (Double, Double) -> Double)] =
      [
        ("add", { $0 + $1 }, { $0 + $1 }), ("subtract", { $0 - $1 }, { $0 - $1 }),
        ("multiply", { $0 * $1 }, { $0 * $1 }), ("divide", { $0 / $1 }, { $0 / $1 }),
        ("maximum", Tensor.maximum, { $0 > $1 ? $0 : $1 }),
        ("minimum", Tensor.minimum, { $0 < $1 ? $0 : $1 }),
        ("power", { $0.power($1) }, { pow($0, $1) }),
      ]

  /// Pairs of shapes that broadcast: scalars, size 1 in all places, different ranks, four axes that cannot be joined.
  static let shapes: [(Shape, Shape)] = [
    ([], []), ([], [3]), ([3], []), ([2, 3], [3]), ([2, 3], [2, 1]), ([2, 1], [1, 3]),
    ([1, 3], [2, 3]), ([2, 3, 4], [3, 1]), ([2, 1, 4], [3, 1]), ([1, 1], [2, 3]), ([1], [2, 1]),
    ([2, 1, 3, 1], [1, 4, 1, 2]), ([2, 4, 3, 2], [4, 1, 2]), ([5], [5]),
  ]
  static let emptyShapes: [(Shape, Shape)] = [
    ([0], [0]), ([0], [1]), ([], [0]), ([2, 0], [1]), ([2, 1], [2, 0]), ([0, 3], [3]),
    ([0, 3], [1, 1]),
  ]

  @Test("values are those of the scalar function, element by element", arguments: functions.indices)
  func values(index: Int) {
    let (name, function, expected) = Self.functions[index]
    for (left, right) in Self.shapes + Self.emptyShapes {
      let x = Tensor.scattered(left, seed: 1, in: 0.5...2)
      let y = Tensor.scattered(right, seed: 2, in: 0.5...2)
      let shape = Shape.broadcast(left, right) ?? []
      let pairs = zip(Self.stretched(x, shape), Self.stretched(y, shape)).map(expected)
      let result = function(x, y)
      #expect(result.shape == shape)
      expectClose(result, pairs, relative: 1e-14, absolute: 0, "\(name) \(left) \(right)")
      expectClose(
        function(x.converted(to: .float32), y.converted(to: .float32)), pairs, relative: 1e-5,
        absolute: 1e-6, "\(name) \(left) \(right) float32")
    }
  }

  /// The elements of `x` stretched to `shape`, by index arithmetic.
  private static func stretched(_ x: Tensor, _ shape: Shape) -> [Double] {
    let elements = x.scalars
    return (0..<shape.count).map { number in
      var rest = number, place = 0, step = 1
      for axis in shape.dimensions.indices.reversed() {
        let index = rest % shape.dimensions[axis]
        rest /= shape.dimensions[axis]
        let own = axis - shape.rank + x.rank
        guard own >= 0 else { continue }
        if x.shape.dimensions[own] != 1 { place += index * step }
        step *= x.shape.dimensions[own]
      }
      return elements[place]
    }
  }

  @Test("sizes around a vector's give the same numbers", arguments: [0, 1, 15, 16, 17, 33])
  func sizes(size: Int) {
    for type in ScalarType.allCases {
      let x = Tensor.scattered([size], seed: 3, scalarType: type)
      let y = Tensor.scattered([size], seed: 4, in: 1...2, scalarType: type)
      for (name, function, expected) in Self.functions.dropLast() {
        expectClose(
          function(x, y), zip(x.scalars, y.scalars).map(expected), relative: 1e-6, absolute: 1e-7,
          "\(name) \(type)")
      }
    }
  }

  @Test("gradients match finite differences", arguments: functions.indices)
  func gradients(index: Int) {
    let function = Self.functions[index].of
    for (left, right) in Self.shapes {
      let x = Tensor.scattered(left, seed: 1, in: 0.5...2)
      let y = Tensor.scattered(right, seed: 2, in: 0.5...2)
      checkGradient(at: [x, y]) { function($0[0], $0[1]) }
    }
  }

  @Test("the gradients of empty operands are empty, and of what stretched to nothing zero")
  func emptyGradients() {
    for (left, right) in Self.emptyShapes {
      let points = [Tensor.ones(left), Tensor.ones(right)]
      for (_, function, _) in Self.functions {
        let found = valueWithGradient(at: points) { function($0[0], $0[1]).sum() }
        #expect(found.value.item == 0)
        expectClose(found.gradients[0], Tensor.zeros(left))
        expectClose(found.gradients[1], Tensor.zeros(right))
      }
    }
  }

  @Test("second derivatives match finite differences", arguments: functions.indices)
  func secondDerivatives(index: Int) {
    let function = Self.functions[index].of
    let x = Tensor.scattered([2, 3], seed: 1, in: 0.5...2)
    let y = Tensor.scattered([3], seed: 2, in: 0.5...2)
    checkSecondDerivative(at: [x, y]) { function($0[0], $0[1]).squared() }
  }

  @Test(
    "values and gradients are PyTorch's",
    arguments: [
      FixtureCase("add", ["a", "b"]) { $0[0] + $0[1] },
      FixtureCase("subtract", ["a", "b"]) { $0[0] - $0[1] },
      FixtureCase("multiply", ["a", "b"]) { $0[0] * $0[1] },
      FixtureCase("divide", ["a", "b"]) { $0[0] / $0[1] },
      FixtureCase("maximum", ["a", "b"]) { Tensor.maximum($0[0], $0[1]) },
      FixtureCase("minimum", ["a", "b"]) { Tensor.minimum($0[0], $0[1]) },
    ])
  func fixture(operation: FixtureCase) throws { try operation.check() }

  @Test("a number on either side stands for a tensor of that number")
  func numbers() {
    let x = Tensor([1, 2, 4], shape: [3], scalarType: .float64)
    expectClose(x + 1, [2, 3, 5])
    expectClose(1 + x, [2, 3, 5])
    expectClose(x - 1, [0, 1, 3])
    expectClose(1 - x, [0, -1, -3])
    expectClose(x * 3, [3, 6, 12])
    expectClose(3 * x, [3, 6, 12])
    expectClose(x / 2, [0.5, 1, 2])
    expectClose(2 / x, [2, 1, 0.5])
    expectClose(x.power(2), [1, 4, 16])
    checkGradient(at: [x]) { (1 + $0[0]) * 3 - 2 / $0[0] + ($0[0] - 1) / 4 - (5 - $0[0] * 2) }
    #expect((x * 2).scalarType == .float64)
  }

  @Test("equal elements share the gradient of a maximum or minimum half and half")
  func ties() {
    let x = Tensor([1, 2, 3], shape: [3]), y = Tensor([1, 3, 2], shape: [3])
    let largest = valueWithGradient(at: [x, y]) { Tensor.maximum($0[0], $0[1]).sum() }
    expectClose(largest.gradients[0], [0.5, 0, 1])
    expectClose(largest.gradients[1], [0.5, 1, 0])
    let smallest = valueWithGradient(at: [x, y]) { Tensor.minimum($0[0], $0[1]).sum() }
    expectClose(smallest.gradients[0], [0.5, 1, 0])
    expectClose(smallest.gradients[1], [0.5, 0, 1])
  }

  @Test("a maximum or minimum with NaN is NaN, from either side")
  func notANumber() {
    let x = Tensor([.nan, 1, .nan], shape: [3]), y = Tensor([1, .nan, .nan], shape: [3])
    for result in [Tensor.maximum(x, y), Tensor.minimum(x, y)] {
      #expect(result.scalars.allSatisfy { $0.isNaN })
    }
  }

  @Test("clamping stops the gradient outside the range only, and keeps NaN")
  func clamped() {
    let x = Tensor([-3, -1, 0.25, 2, 5, .nan], shape: [6], scalarType: .float64)
    let weight = Tensor([1, 2, 3, 4, 5, 0], shape: [6], scalarType: .float64)
    let found = valueWithGradient(at: x) { ($0.clamped(to: -1...2) * weight).sum() }
    expectClose(x.clamped(to: -1...2), [-1, -1, 0.25, 2, 2, .nan])
    expectClose(found.gradient, [0, 2, 3, 4, 0, 0])
  }

  @Test("the gradient of a quotient does not overflow where the quotient does not")
  func extremeQuotients() {
    let x = Tensor([1e25, 1e-25] as [Float], shape: [2])
    let found = valueWithGradient(at: [x, x]) { ($0[0] / $0[1]).sum() }
    expectClose(found.value, [2])
    expectClose(found.gradients[1], [-1e-25, -1e25], absolute: 0)
  }

  @Test("a power at base 0 has the derivatives of its limit, and none by the exponent below 0")
  func powersAtZero() {
    let x = Tensor([0, 0, 0, 0, -2, -2], shape: [6], scalarType: .float64)
    let y = Tensor([0, 1, 2, 0.5, 2, 3], shape: [6], scalarType: .float64)
    let found = valueWithGradient(at: [x, y]) { $0[0].power($0[1]).sum() }
    expectClose(x.power(y), [1, 0, 0, 0, 4, -8])
    expectClose(found.gradients[0], [0, 1, 0, .infinity, -4, 12])
    expectClose(found.gradients[1], [0, 0, 0, 0, .nan, .nan])
  }

  @Test("a power with a fixed exponent can be differentiated again and again at 0")
  func powerSecondDerivativeAtZero() {
    let x = Tensor([0, 0, 0, 0], shape: [4], scalarType: .float64)
    let exponents = Tensor([0, 1, 2, 3], shape: [4], scalarType: .float64)
    let second = valueWithGradient(at: x) { x in
      valueWithGradient(at: x) { $0.power(exponents).sum() }.gradient.sum()
    }
    expectClose(second.value, [1])
    expectClose(second.gradient, [0, 0, 2, 0])
  }

  @Test("adding in place leaves copies alone")
  func addingInPlace() {
    var x = Tensor([1, 2, 3], shape: [3])
    let copy = x
    x += Tensor([10, 20, 30], shape: [3])
    expectClose(x, [11, 22, 33])
    expectClose(copy, [1, 2, 3])
    x += x
    expectClose(x, [22, 44, 66])
    var stretched = Tensor([1, 2], shape: [2])
    stretched += Tensor([[10], [20]].flatMap { $0 }, shape: [2, 1])
    expectClose(stretched, [11, 12, 21, 22])
    #expect(stretched.shape == [2, 2])
    x -= copy
    x *= copy
    expectClose(x, [21, 84, 189])
  }

  @Test("adding in place is recorded while a gradient is taken")
  func addingInPlaceRecorded() {
    let x = Tensor([1, 2, 3], shape: [3], scalarType: .float64)
    checkGradient(at: [x, x * 2]) { points in
      var sum = points[0]
      sum += points[1].squared()
      sum -= points[0].squared()
      sum *= points[1]
      return sum
    }
  }

  @Test("shapes that do not broadcast trap")
  func shapesThatDoNotFit() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]) * Tensor.ones([2])
    }
    expectMessage(result, "multiply: shapes [2, 3] and [2] do not broadcast")
  }

  @Test("single and double precision do not mix")
  func mixedPrecision() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2]) + Tensor.ones([2], scalarType: .float64)
    }
    expectMessage(result, "add: operands are float32 and float64; convert one")
  }
}
