import TestSupport
import Testing

@testable import Tensors

@Suite("Tensor creation") struct TensorCreationTests {
  @Test("elements come in row-major order, in the type asked for")
  func elements() {
    let floats = Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])
    #expect(floats.scalarType == .float32)
    #expect(floats.floats == [1, 2, 3, 4])
    let doubles = Tensor([0.1, 0.2], shape: [2], scalarType: .float64)
    #expect(doubles.scalars == [0.1, 0.2])
    let narrowed = Tensor([0.1, 0.2], shape: [2])
    #expect(narrowed.scalarType == .float32)
    #expect(narrowed.scalars == [Double(Float(0.1)), Double(Float(0.2))])
    #expect(Tensor([] as [Double], shape: [0, 3]).scalars == [])
  }

  @Test("constants fill every size", arguments: [0, 1, 15, 16, 17, 33])
  func constants(size: Int) {
    for type in ScalarType.allCases {
      expectClose(.full([size], -2.5, scalarType: type), Array(repeating: -2.5, count: size))
      expectClose(.zeros([size], scalarType: type), Array(repeating: 0, count: size))
      expectClose(.ones([size, 2], scalarType: type), Array(repeating: 1, count: 2 * size))
      #expect(Tensor.ones([size], scalarType: type).scalarType == type)
    }
    #expect(Tensor(3, scalarType: .float64).shape == [])
    #expect(Tensor(3).item == 3)
  }

  @Test("a formula gives each element by its number")
  func generate() {
    let x = Tensor.generate([2, 3]) { Double($0 * $0) }
    expectClose(x, Tensor([0, 1, 4, 9, 16, 25], shape: [2, 3]))
  }

  @Test("the identity is one on the diagonal")
  func identity() {
    expectClose(.identity(3), Tensor([1, 0, 0, 0, 1, 0, 0, 0, 1], shape: [3, 3]))
    expectClose(.identity(0), .zeros([0, 0]))
    let x = Tensor.scattered([17, 17])
    expectClose(x.matmul(.identity(17, scalarType: .float64)), x, relative: 0, absolute: 0)
  }

  @Test("one-hot rows are 1 at their column, in the indices' shape")
  func oneHot() {
    expectClose(.oneHot([2, 0], columns: 3), Tensor([0, 0, 1, 1, 0, 0], shape: [2, 3]))
    expectClose(
      .oneHot(IndexTensor([1, 0], shape: [1, 2]), columns: 2, scalarType: .float64),
      Tensor([0, 1, 1, 0], shape: [1, 2, 2], scalarType: .float64))
    expectClose(.oneHot(IndexTensor([]), columns: 4), .zeros([0, 4]))
  }

  @Test("one-hot rows of a large vocabulary take no more memory than they fill")
  func largeVocabulary() async {
    await #expect(processExitsWith: .success) {
      let columns = 200_000
      let (rows, bytes) = MemoryPool.shared.peak { Tensor.oneHot([7, 199_999], columns: columns) }
      demand(rows.scalars[7] == 1 && rows.scalars[2 * columns - 1] == 1, "the ones are elsewhere")
      demand(bytes < 4 * 2 * columns * 2, "\(bytes) bytes for \(rows.shape)")
    }
  }

  @Test("a count that does not fit the shape traps")
  func count() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor([1, 2, 3] as [Float], shape: [2, 2])
    }
    expectMessage(result, "Tensor: shape [2, 2] needs 4 elements, got 3")
    let oneHot = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.oneHot([3], columns: 3)
    }
    expectMessage(oneHot, "oneHot: index 3 is out of range 0..<3")
  }
}
