import TestSupport
import Testing

@testable import Tensors

@Suite("Tensor description") struct TensorDescriptionTests {
  @Test("a scalar and a vector stand on one line")
  func oneLine() {
    #expect("\(Tensor(1.5))" == "Tensor [] float32 1.5")
    #expect("\(Tensor([1, -2, 0.25], shape: [3]))" == "Tensor [3] float32 [1.0, -2.0, 0.25]")
    #expect("\(Tensor([.nan, .infinity], shape: [2]))" == "Tensor [2] float32 [nan, inf]")
  }

  @Test("matrices and more have a line a row")
  func rows() {
    #expect(
      "\(Tensor([1, 2, 3, 4], shape: [2, 2], scalarType: .float64))" == """
        Tensor [2, 2] float64
        [[1.0, 2.0],
         [3.0, 4.0]]
        """)
    #expect(
      "\(Tensor.ramp([2, 2, 1], scalarType: .float32))" == """
        Tensor [2, 2, 1] float32
        [[[0.0],
          [1.0]],

         [[2.0],
          [3.0]]]
        """)
  }

  @Test("the middle of a long axis is left out, rows and columns")
  func elided() {
    #expect(
      "\(Tensor.ramp([7], scalarType: .float32))"
        == "Tensor [7] float32 [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]")
    #expect(
      "\(Tensor.ramp([8], scalarType: .float32))"
        == "Tensor [8] float32 [0.0, 1.0, 2.0, …, 5.0, 6.0, 7.0]")
    #expect(
      "\(Tensor.ramp([100, 1], scalarType: .float32))" == """
        Tensor [100, 1] float32
        [[0.0],
         [1.0],
         [2.0],
         …,
         [97.0],
         [98.0],
         [99.0]]
        """)
  }

  @Test("empty axes show as empty brackets")
  func empty() {
    #expect("\(Tensor.ones([0]))" == "Tensor [0] float32 []")
    #expect("\(Tensor.ones([0, 3]))" == "Tensor [0, 3] float32\n[]")
    #expect("\(Tensor.ones([2, 0]))" == "Tensor [2, 0] float32\n[[],\n []]")
  }

  @Test("numbers beyond single precision print as they are")
  func beyondSinglePrecision() {
    let x = Tensor([1e300, 1e-300, 0.1], shape: [3], scalarType: .float64)
    #expect("\(x)" == "Tensor [3] float64 [1e+300, 1e-300, 0.1]")
  }

  @Test("rows of a larger tensor show their own elements")
  func rowsOfALarger() {
    #expect("\(Tensor.ramp([4, 1]).slice(2..<4))" == "Tensor [2, 1] float64\n[[2.0],\n [3.0]]")
  }

  @Test("a tensor whose value was not kept says so")
  func notKept() {
    #expect("\(Tensor.ones([2]).withoutValue)" == "Tensor [2] float32 (value not kept)")
  }
}
