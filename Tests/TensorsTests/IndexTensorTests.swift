import TestSupport
import Testing

@testable import Tensors

@Suite("IndexTensor") struct IndexTensorTests {
  @Test("indices know their shape and compare by value")
  func values() {
    let indices = IndexTensor([1, 2, 3, 4], shape: [2, 2])
    #expect(indices.count == 4)
    #expect(indices != [1, 2, 3, 4])
    #expect(indices == IndexTensor([1, 2, 3, 4], shape: [2, 2]))
    #expect(IndexTensor([5]).shape == [1])
  }

  @Test("they print with their shape, the first sixteen")
  func description() {
    #expect("\(IndexTensor([3, 1], shape: [2, 1]))" == "IndexTensor [2, 1] [3, 1]")
    let many = IndexTensor((0..<17).map { $0 })
    #expect("\(many)".hasSuffix(" 14, 15, …]"))
  }

  @Test("a count that does not fit the shape traps")
  func count() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = IndexTensor([1, 2, 3], shape: [2])
    }
    expectMessage(result, "IndexTensor: shape [2] needs 2 indices, got 3")
  }
}
