import TestSupport
import Testing

@testable import Tensors

@Suite("Tensor writing") struct TensorWritingTests {
  @Test("bytes change in place, and copies keep theirs", arguments: ScalarType.allCases)
  func writing(type: ScalarType) {
    var x = Tensor.ramp([4, 3], scalarType: type)
    let copy = x
    var rows = x.slice(1..<3)
    let zero = { (bytes: UnsafeMutableRawBufferPointer) -> Int in
      for index in bytes.indices { bytes[index] = 0 }
      return bytes.count
    }
    #expect(rows.withUnsafeMutableBytes(zero) == 6 * type.byteCount)
    expectClose(rows, .zeros([2, 3], scalarType: type))
    expectClose(x, copy)
    #expect(x.withUnsafeMutableBytes(zero) == 12 * type.byteCount)
    expectClose(x, .zeros([4, 3], scalarType: type))
    expectClose(copy, .ramp([4, 3], scalarType: type))
  }
}
