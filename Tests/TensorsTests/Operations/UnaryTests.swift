import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Unary") struct UnaryTests {
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let of: @Sendable (Tensor) -> Tensor
    let expected: @Sendable (Double) -> Double
    var range = -2.0...2.0
  }

  static let functions: [Function] = [
    Function(testDescription: "negate", of: { -$0 }, expected: { -$0 }),
    Function(testDescription: "absolute", of: { $0.absolute() }, expected: { abs($0) }),
    Function(
      testDescription: "sign", of: { $0.sign() }, expected: { $0 == 0 ? 0 : $0 < 0 ? -1 : 1 }),
    Function(testDescription: "square", of: { $0.squared() }, expected: { $0 * $0 }),
    Function(
      testDescription: "squareRoot", of: { $0.squareRoot() }, expected: { $0.squareRoot() },
      range: 0.1...4),
    Function(
      testDescription: "reciprocal", of: { $0.reciprocal() }, expected: { 1 / $0 }, range: 0.3...3),
    Function(testDescription: "exp", of: { $0.exp() }, expected: { exp($0) }),
    Function(testDescription: "expMinusOne", of: { $0.expMinusOne() }, expected: { expm1($0) }),
    Function(testDescription: "log", of: { $0.log() }, expected: { log($0) }, range: 0.1...5),
    Function(testDescription: "erf", of: { $0.erf() }, expected: { erf($0) }),
    Function(testDescription: "tanh", of: { $0.tanh() }, expected: { tanh($0) }),
    Function(
      testDescription: "sigmoid", of: { $0.sigmoid() }, expected: { 1 / (1 + exp(-$0)) },
      range: -6...6),
    Function(
      testDescription: "softplus", of: { $0.softplus() }, expected: { log1p(exp($0)) },
      range: -6...6),
    Function(testDescription: "relu", of: { $0.relu() }, expected: { max($0, 0) }),
  ]

  @Test("values are those of the scalar function at every size", arguments: functions)
  func values(function: Function) {
    for shape: Shape in [[], [0], [1], [15], [16], [17], [33], [3, 0, 2], [2, 3, 4]] {
      let x = Tensor.scattered(shape, in: function.range)
      let result = function.of(x)
      #expect(result.shape == shape)
      expectClose(result, x.scalars.map(function.expected), relative: 1e-13, absolute: 1e-15)
      let single = x.converted(to: .float32)
      expectClose(
        function.of(single), single.scalars.map(function.expected), relative: 3e-7, absolute: 1e-37,
        "float32 \(shape)")
    }
  }

  @Test("gradients match finite differences", arguments: functions)
  func gradients(function: Function) {
    for shape: Shape in [[], [17], [2, 3]] {
      checkGradient(at: [.scattered(shape, in: function.range)]) { function.of($0[0]) }
    }
  }

  @Test("second derivatives match finite differences", arguments: functions)
  func secondDerivatives(function: Function) {
    checkSecondDerivative(at: [.scattered([2, 3], in: function.range)]) {
      function.of($0[0]) * $0[0]
    }
  }

  @Test("values and two derivatives are PyTorch's, far tails included")
  func fixture() throws {
    let fixture = try Fixture("operations/activations")
    let functions: [(String, String, @Sendable (Tensor) -> Tensor)] = [
      ("exp", "x", { $0.exp() }), ("square", "x", { $0.squared() }),
      ("abs", "x", { $0.absolute() }), ("reciprocal", "x", { $0.reciprocal() }),
      ("log", "positive", { $0.log() }), ("sqrt", "positive", { $0.squareRoot() }),
      ("rsqrt", "positive", { $0.squareRoot().reciprocal() }),
    ]
    for (name, points, function) in functions {
      let x = try fixture.tensor(points)
      let first = valueWithGradient(at: x) { x in
        valueWithGradient(at: x) { function($0).sum() }.gradient.sum()
      }
      expectClose(function(x), try fixture.tensor("\(name).value"), relative: 1e-13, absolute: 0)
      expectClose(
        valueWithGradient(at: x) { function($0).sum() }.gradient,
        try fixture.tensor("\(name).first"), relative: 1e-12, absolute: 0, name)
      expectClose(
        first.gradient, try fixture.tensor("\(name).second"), relative: 1e-12, absolute: 0, name)
    }
  }

  @Test("the kinks of |x|, its sign and ReLU have gradient 0")
  func kinks() {
    let zeros = Tensor([0, -0.0], shape: [2], scalarType: .float64)
    for function: @Sendable (Tensor) -> Tensor in [
      { $0.absolute() }, { $0.sign() }, { $0.relu() },
    ] {
      expectClose(valueWithGradient(at: zeros) { function($0).sum() }.gradient, [0, 0])
    }
  }
}
