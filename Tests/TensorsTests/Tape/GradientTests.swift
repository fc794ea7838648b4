import TestSupport
import Testing

@testable import Tensors

@Suite("Gradient") struct GradientTests {
  static func vector(_ elements: Double...) -> Tensor {
    Tensor(elements, shape: [elements.count], scalarType: .float64)
  }

  @Test("the value and the gradient of every point come back in the points' shapes and order")
  func points() {
    let x = Self.vector(1, 2), y = Tensor([3], shape: [1, 1], scalarType: .float64)
    let found = valueWithGradient(at: [x, y]) { ($0[0].squared() * $0[1]).sum() }
    expectClose(found.value, Tensor(15, scalarType: .float64))
    expectClose(found.gradients[0], Self.vector(6, 12))
    expectClose(found.gradients[1], Tensor([5], shape: [1, 1], scalarType: .float64))
  }

  @Test("the gradient by what the value does not depend on is zero, and results are off the tape")
  func independent() {
    let x = Self.vector(1, 2), y = Self.vector(3)
    let found = valueWithGradient(at: [x, y]) { $0[0].sum() }
    expectClose(found.gradients[1], Self.vector(0))
    #expect(found.value.node == nil && found.gradients.allSatisfy { $0.node == nil })
    let constant = valueWithGradient(at: x) { _ in Tensor(4, scalarType: .float64) }
    expectClose(constant.value, Tensor(4, scalarType: .float64))
    expectClose(constant.gradient, Self.vector(0, 0))
    let identity = valueWithGradient(at: Tensor(3)) { $0 }
    expectClose(identity.gradient, Tensor(1))
  }

  @Test("a tensor used in many places gets the sum of what comes back from them")
  func shared() {
    checkGradient(at: [.scattered([3], seed: 1), .scattered([3], seed: 2)]) { points in
      let (a, b) = (points[0], points[1])
      // The sum hands one and the same tensor back to a and b; what a gets besides must not reach b.
      let sum = a + b
      return sum * sum + a * 2 + a.tanh() * sum
    }
  }

  @Test("an error of the body comes through")
  func throwing() {
    struct Refusal: Error {}
    #expect(throws: Refusal.self) { try valueWithGradient(at: Tensor(1)) { _ in throw Refusal() } }
  }

  @Test("a gradient inside a gradient sees the outer variable that its closure captured")
  func capturedVariable() {
    // d/dx d/dy x²y³ = 6xy².
    let found = valueWithGradient(at: Tensor(5, scalarType: .float64)) { x in
      let y = Tensor(2, scalarType: .float64)
      return valueWithGradient(at: y) { x.squared() * $0.power(3) }.gradient
    }
    #expect(found.value.item == 25 * 3 * 4)
    #expect(found.gradient.item == 6 * 5 * 4)
    #expect(found.gradient.node == nil)
  }

  @Test("the value of an inner gradient is differentiated by the outer one, captured or passed in")
  func innerValue() {
    let x = Tensor(5, scalarType: .float64)
    // x²y³ at a constant y: 2xy³.
    let captured = valueWithGradient(at: x) { x in
      valueWithGradient(at: Tensor(2, scalarType: .float64)) { x.squared() * $0.power(3) }.value
    }
    #expect(captured.gradient.item == 2 * 5 * 8)
    // x²y³ at y = 2x: 5·8x⁴.
    let both = valueWithGradient(at: x) { x in
      valueWithGradient(at: x * 2) { x.squared() * $0.power(3) }.value
    }
    #expect(both.gradient.item == 40 * 625)
    // The value and the gradient together: x²y³ + 3x²y² at y = 2x is 8x⁵ + 12x⁴.
    let sum = valueWithGradient(at: x) { x in
      let inner = valueWithGradient(at: x * 2) { x.squared() * $0.power(3) }
      return inner.value + inner.gradient
    }
    #expect(sum.gradient.item == 40 * 625 + 48 * 125)
    #expect(both.value.node == nil && sum.gradient.node == nil)
  }

  @Test("an inner gradient of constants is a constant")
  func innerConstant() {
    let found = valueWithGradient(at: Tensor(5, scalarType: .float64)) { x in
      let inner = valueWithGradient(at: Tensor(2, scalarType: .float64)) { $0.power(3) }
      #expect(inner.gradient.node == nil && inner.value.node == nil)
      return inner.gradient * x
    }
    #expect(found.gradient.item == 12)
  }

  @Test("derivatives nest to the third and fourth order")
  func higherOrders() {
    func derivative(_ f: @escaping (Tensor) -> Tensor) -> (Tensor) -> Tensor {
      { valueWithGradient(at: $0, in: f).gradient }
    }
    for point in [-1.2, 0.3, 2.0] {
      let x = Tensor(point, scalarType: .float64)
      let t = x.tanh().item
      let third = derivative(derivative(derivative { $0.tanh() }))(x)
      expectClose(third, [(1 - t * t) * (6 * t * t - 2)], relative: 1e-12)
      #expect(third.node == nil)
      let fourth = derivative(derivative(derivative(derivative { $0.power(5) * 2 })))(x)
      expectClose(fourth, [240 * point], relative: 1e-12)
    }
  }

  @Test("a Hessian by nested gradients is symmetric and right")
  func hessian() {
    // f = x₀²x₁ + x₁³x₂
    let point = Self.vector(2, 3, 5)
    let rows = (0..<3).map { row in
      valueWithGradient(at: point) { x in
        let gradient = valueWithGradient(at: x) { x in
          let parts = x.split(3)
          return (parts[0].squared() * parts[1] + parts[1].power(3) * parts[2]).sum()
        }.gradient
        return gradient.slice(row..<row + 1).sum()
      }.gradient
    }
    expectClose(
      Tensor.stack(rows),
      Tensor([6, 4, 0, 4, 90, 27, 0, 27, 0], shape: [3, 3], scalarType: .float64), relative: 1e-12)
  }

  @Test("an inner gradient does not walk the outer computation that it does not depend on")
  func innerWalk() {
    let found = valueWithGradient(at: Tensor(0.5, scalarType: .float64)) { x in
      let deep = (0..<50).reduce(x) { y, _ in y.tanh() }
      guard let node = (deep * x).node, let wanted = x.node else { return x }
      #expect(Tape(from: [node], to: [wanted]).order.count == 52)
      let inner = valueWithGradient(at: Tensor(2, scalarType: .float64)) { y in
        if let root = (deep * y).node, let variable = y.node {
          let tape = Tape(from: [root], to: [variable])
          #expect(tape.order.count == 2)
          #expect(tape.reachesOlderNodes)
        }
        return deep * y.squared()
      }
      return inner.gradient
    }
    let check = valueWithGradient(at: Tensor(0.5, scalarType: .float64)) { x in
      (0..<50).reduce(x) { y, _ in y.tanh() } * 4
    }
    expectClose(found.gradient, check.gradient)
  }

  @Test("gradients by intermediate results and variables at once are total derivatives")
  func intermediates() {
    let found = valueWithGradient(at: Self.vector(1, 2)) { x in
      let square = x.squared()
      let cube = square * x
      let loss = (cube * square).sum()
      let all = gradients(of: loss, withRespectTo: [cube, square, x, loss])
      expectClose(all[0], square)
      // By the square: directly, and through the cube.
      expectClose(all[1], cube + square * x)
      expectClose(all[2], 5 * x.power(4))
      expectClose(all[3], Tensor(1, scalarType: .float64))
      return loss
    }
    expectClose(found.gradient, Self.vector(5, 80))
  }

  @Test("the gradient by a tensor that does not lead to the output is zero")
  func unrelated() {
    _ = valueWithGradient(at: Self.vector(1, 2)) { x in
      let aside = x * 3
      expectClose(gradients(of: x.sum(), withRespectTo: [aside])[0], Self.vector(0, 0))
      return aside.sum()
    }
  }

  @Test("gradients taken inside are differentiated by the gradient around them")
  func gradientPenalty() {
    // The penalty of x³, Σ(3x²)², has the gradient 36x³, for variables and intermediate results alike.
    let x = Self.vector(1, 2)
    let variable = valueWithGradient(at: x) { x in
      gradients(of: x.power(3).sum(), withRespectTo: [x])[0].squared().sum()
    }
    expectClose(variable.gradient, Self.vector(36, 288), relative: 1e-12)
    let intermediate = valueWithGradient(at: x) { x in
      let y = x * 1
      return gradients(of: y.power(3).sum(), withRespectTo: [y])[0].squared().sum()
    }
    expectClose(intermediate.gradient, Self.vector(36, 288), relative: 1e-12)
    #expect(variable.gradient.node == nil && variable.value.node == nil)
  }

  @Test("a value that is not a scalar traps, one element of any shape does not")
  func notAScalar() async {
    let found = valueWithGradient(at: Tensor([3], shape: [1, 1])) { $0.squared() }
    expectClose(found.gradient, Tensor([6], shape: [1, 1]))
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = valueWithGradient(at: Tensor.ones([2])) { $0 * 2 }
    }
    expectMessage(result, "valueWithGradient: the value must be a scalar, got [2]")
  }

  @Test("gradients by what is not recorded, or of what is not a scalar, trap")
  func notRecorded() async {
    let constant = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gradients(of: Tensor(1), withRespectTo: [Tensor.ones([2])])
    }
    expectMessage(constant, "gradients: the [2] tensor is not part of a recorded computation")
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = gradients(of: Tensor.ones([2]), withRespectTo: [])
    }
    expectMessage(vector, "gradients: the output must be a scalar, got [2]")
  }
}
