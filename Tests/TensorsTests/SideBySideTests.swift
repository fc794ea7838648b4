import TestSupport
import Tensors
import Testing

@Suite("Threads.sideBySide")
struct SideBySideTests {
  @Test func bothResultsComeBack() {
    let (number, text) = Threads.sideBySide({ 3 }, { "three" })
    #expect(number == 3)
    #expect(text == "three")
  }

  @Test func bitsAreThoseOfOneAfterTheOther() {
    let a = Tensor.scattered([33, 65]), b = Tensor.scattered([65, 129], seed: 2)
    let (left, right) = Threads.sideBySide(
      { a.matmul(b).tanh() }, { b.transposed().matmul(a.transposed()).sigmoid() })
    #expect(left.scalars == a.matmul(b).tanh().scalars)
    #expect(right.scalars == b.transposed().matmul(a.transposed()).sigmoid().scalars)
  }

  @Test func thePrecisionOfProductsIsTheCallers() {
    let a = Tensor.scattered([33, 65]), b = Tensor.scattered([65, 17], seed: 2)
    withProductPrecision(.bfloat16) {
      let (left, right) = Threads.sideBySide({ a.matmul(b) }, { a.matmul(b) })
      #expect(left.scalars == a.matmul(b).scalars)
      #expect(right.scalars == a.matmul(b).scalars)
    }
  }

  @Test func gradientsPassThroughBoth() {
    let a = Tensor.scattered([3, 5], scalarType: .float64)
    let (value, gradients) = valueWithGradient(at: [a]) { points in
      let (square, cube) = Threads.sideBySide(
        { points[0] * points[0] }, { points[0] * points[0] * points[0] })
      return (square + cube).sum()
    }
    #expect(value.item.isFinite)
    let expected = a * 2 + a * a * 3
    for (found, right) in zip(gradients[0].scalars, expected.scalars) {
      #expect(abs(found - right) < 1e-12)
    }
  }

  @Test func oneWithinAnotherRunsToo() {
    let (outer, inner) = Threads.sideBySide(
      { 1 }, { Threads.sideBySide({ 2 }, { 3 }) })
    #expect(outer == 1)
    #expect(inner == (2, 3))
  }
}
