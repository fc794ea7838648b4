import TestSupport
import Testing

@testable import Tensors

@Suite("Tensor") struct TensorTests {
  @Test("a copy is independent of what it was copied from")
  func copies() {
    var original = Tensor([1, 2, 3], shape: [3])
    let copy = original
    original.withMutableElements(Float.self) { $0[1] = 20 }
    expectClose(original, [1, 20, 3])
    expectClose(copy, [1, 2, 3])
  }

  @Test("a tensor that nobody shares changes in place")
  func inPlace() {
    var x = Tensor([1, 2, 3], shape: [3], scalarType: .float64)
    let before = x.withElements(Double.self) { UInt(bitPattern: $0) }
    x.withMutableElements(Double.self) { $0[0] = 5 }
    #expect(x.withElements(Double.self) { UInt(bitPattern: $0) } == before)
    expectClose(x, [5, 2, 3])
  }

  @Test("rows that share memory with the whole change alone, and the whole without them")
  func rows() {
    var whole = Tensor.ramp([4, 2])
    var rows = whole.slice(1..<3)
    rows += Tensor.full([2, 2], 100, scalarType: .float64)
    expectClose(rows, [102, 103, 104, 105])
    expectClose(whole, Tensor.ramp([4, 2]))
    let kept = whole.slice(0..<1)
    whole += Tensor.full([4, 2], 100, scalarType: .float64)
    expectClose(kept, [0, 1])
    expectClose(whole, Tensor.ramp([4, 2]) { 100 + $0 })
  }

  @Test("rows that outlive the whole change at their own place")
  func rowsAlone() {
    var rows = Tensor.ramp([4, 2]).slice(2..<4)
    rows += Tensor.full([2, 2], 100, scalarType: .float64)
    expectClose(rows, [104, 105, 106, 107])
  }

  @Test("a detached tensor has the values and no gradient")
  func detached() {
    let x = Tensor([2, 3], shape: [2])
    let found = valueWithGradient(at: x) { ($0.detached * $0).sum() }
    expectClose(found.value, Tensor(13))
    expectClose(found.gradient, [2, 3])
  }

  @Test("the elements are only read as the type that they are")
  func wrongType() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Tensor.ones([2]).withElements(Double.self) { _ in }
    }
    expectMessage(result, "Tensor: elements are float32, not float64")
  }

  @Test("a recorded tensor cannot be changed in place")
  func recorded() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = valueWithGradient(at: Tensor(1)) { x in
        var x = x
        x.withMutableElements(Float.self) { $0[0] = 2 }
        return x
      }
    }
    expectMessage(result, "Tensor: a recorded tensor cannot be changed in place")
  }
}
