import TestSupport
import Testing

@testable import Tensors

@Suite("Tensor reading") struct TensorReadingTests {
  @Test("elements read as doubles or floats, from rows too")
  func reading() {
    let x = Tensor.ramp([3, 2])
    #expect(x.slice(1..<3).scalars == [2, 3, 4, 5])
    #expect(x.slice(1..<3).floats == [2, 3, 4, 5])
    #expect(x.slice(2..<2).scalars == [])
    #expect(Tensor([7], shape: [1, 1]).item == 7)
  }

  @Test("bytes go out and come back, from rows too", arguments: ScalarType.allCases)
  func bytes(type: ScalarType) {
    let rows = Tensor.scattered([5, 3], scalarType: type).slice(1..<4)
    let copy = rows.withUnsafeBytes { bytes in
      #expect(bytes.count == 9 * type.byteCount)
      return Tensor(bytes: bytes, shape: [3, 3], scalarType: type)
    }
    expectClose(copy, rows, relative: 0, absolute: 0)
    let nothing = Tensor(bytes: .init(start: nil, count: 0), shape: [0], scalarType: type)
    #expect(nothing.scalars == [])
  }

  @Test("NaN and infinities are not finite")
  func isFinite() {
    for type in ScalarType.allCases {
      #expect(Tensor([1, -2, 0], shape: [3], scalarType: type).isFinite)
      #expect(Tensor.zeros([0], scalarType: type).isFinite)
      for bad in [Double.nan, .infinity, -.infinity] {
        let x = Tensor([1, 2, bad], shape: [3], scalarType: type)
        #expect(!x.isFinite)
        #expect(x.slice(0..<2).isFinite)
      }
    }
  }

  @Test("squares are added up in double precision", arguments: [0, 1, 15, 16, 17, 33])
  func sumOfSquares(size: Int) {
    for type in ScalarType.allCases {
      let x = Tensor.scattered([size], scalarType: type)
      let expected = x.scalars.reduce(0) { $0 + $1 * $1 }
      #expect(abs(x.sumOfSquares - expected) <= 1e-14 * expected)
    }
    #expect(Tensor.full([3], 1e30).sumOfSquares > 2.9e60)
  }

  @Test("argmax gives the first largest of each row, a NaN before all numbers")
  func argmax() {
    let x = Tensor([1, 3, 3, -1, -5, -1, 2, .nan, 9], shape: [3, 3])
    #expect(x.argmax() == [1, 0, 1])
    #expect(x.reshaped(to: [3, 1, 3]).argmax() == IndexTensor([1, 0, 1], shape: [3, 1]))
    #expect(x.slice(0..<1).reshaped(to: [3]).argmax() == IndexTensor([1], shape: []))
    #expect(Tensor.ones([0, 3]).argmax() == IndexTensor([]))
    for size in [1, 15, 16, 17, 33] {
      let ramp = Tensor.ramp([2, size], scalarType: .float32)
      #expect(ramp.argmax().elements == [Int32(size - 1), Int32(size - 1)])
    }
  }

  @Test("what has no single element, no last axis, or the wrong bytes traps")
  func traps() async {
    let item = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2]).item
    }
    expectMessage(item, "item: shape [2] has 2 elements, not one")
    let argmax = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 0]).argmax()
    }
    expectMessage(argmax, "argmax: needs a last axis that is not empty, got [2, 0]")
    let bytes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(bytes: .init(start: nil, count: 0), shape: [2], scalarType: .float64)
    }
    expectMessage(bytes, "Tensor: [2] float64 needs 16 bytes, got 0")
  }
}
