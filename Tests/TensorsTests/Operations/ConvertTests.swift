import TestSupport
import Testing

@testable import Tensors

@Suite("Convert") struct ConvertTests {
  @Test("widening is exact and narrowing rounds to nearest", arguments: [0, 1, 15, 16, 17, 33])
  func values(size: Int) {
    let x = Tensor.scattered([size])
    let single = x.converted(to: .float32)
    #expect(single.scalarType == .float32)
    #expect(single.floats == x.scalars.map(Float.init))
    #expect(single.converted(to: .float64).scalars == x.scalars.map { Double(Float($0)) })
    #expect(x.converted(to: .float64).scalars == x.scalars)
  }

  @Test("the gradient comes back in the operand's type")
  func gradient() {
    let x = Tensor([1, 2, 3], shape: [3])
    let found = valueWithGradient(at: x) { $0.converted(to: .float64).squared().sum() }
    #expect(found.value.scalarType == .float64)
    expectClose(found.gradient, Tensor([2, 4, 6], shape: [3]))
    let second = valueWithGradient(at: x) { x in
      valueWithGradient(at: x) { ($0.converted(to: .float64).squared() * 3).sum() }.gradient.sum()
    }
    expectClose(second.gradient, Tensor([6, 6, 6], shape: [3]))
  }
}
