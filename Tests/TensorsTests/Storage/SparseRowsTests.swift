import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Tensors

@Suite("SparseRows") struct SparseRowsTests {
  /// The gradient of Σ table[indices] · weights for the table, and the same by plain loops.
  private func gradient(
    _ shape: Shape, _ indices: IndexTensor, _ type: ScalarType = .float64
  ) -> (found: Tensor, expected: Tensor) {
    let weights = Tensor.scattered(
      Shape([indices.count] + shape.dimensions.dropFirst()), seed: 1, scalarType: type)
    let found = valueWithGradient(at: Tensor.scattered(shape, seed: 2, scalarType: type)) {
      ($0.gatherRows(indices) * weights).sum()
    }.gradient
    let width = shape.count / shape[0]
    var sums = Array(repeating: 0.0, count: shape.count)
    for (row, index) in indices.elements.enumerated() {
      for column in 0..<width {
        sums[Int(index) * width + column] += weights.scalars[row * width + column]
      }
    }
    return (found, Tensor(sums, shape: shape, scalarType: type))
  }

  @Test(
    "the gradient of a table is the rows that were read, and all others zeros",
    arguments: [1, 15, 16, 17, 33, 130])
  func readRows(width: Int) throws {
    let (found, expected) = gradient([40, width], [7, 39, 7, 0, 12, 39, 7])
    let rows = try #require(found.sparseRows)
    #expect(rows.values.shape == [4, width] && rows.places.count(where: { $0 >= 0 }) == 4)
    #expect(abs(found.sumOfSquares - expected.squared().sum().item) <= 1e-12)
    expectClose(found, expected, relative: 1e-14, absolute: 1e-15)
    let (deep, expectedDeep) = gradient([40, 3, width], [7, 39, 7], .float32)
    #expect(deep.sparseRows != nil)
    expectClose(deep, expectedDeep, relative: 1e-6, absolute: 1e-7)
  }

  @Test("a table most of whose rows were read has an ordinary gradient")
  func many() {
    let (found, expected) = gradient([6, 5], [0, 1, 2, 3])
    #expect(found.sparseRows == nil)
    expectClose(found, expected, relative: 1e-14, absolute: 1e-15)
  }

  @Test("rows that are read later join those read before, until they are most of them")
  func growing() {
    var sum = CotangentSum(like: .zeros([8, 3], scalarType: .float64), keepsRows: true)
    let parts: [(Tensor, IndexTensor)] = [
      (.scattered([2, 3], seed: 1), [5, 5]), (.scattered([1, 3], seed: 2), [0]),
      (.scattered([3, 3], seed: 3), [5, 1, 7]), (.scattered([1, 3], seed: 4), [2]),
    ]
    var expected = Tensor.zeros([8, 3], scalarType: .float64)
    for (count, part) in parts.enumerated() {
      sum.add(.rows(part.0, part.1))
      expected += Cotangent.rows(part.0, part.1).tensor(of: [8, 3])
      var copy = sum
      let total = copy.takeTotal() ?? .zeros([8, 3])
      #expect((total.sparseRows != nil) == (count < 2))
      expectClose(total, expected, relative: 1e-14, absolute: 1e-15)
    }
  }

  @Test("a tied table's gradient takes in what comes from its other uses")
  func tied() throws {
    let table = Tensor.scattered([30, 4], seed: 3)
    func value(_ table: Tensor) -> Tensor {
      table.gatherRows([3, 3, 9]).matmulTransposed(table).squared().sum()
    }
    let found = valueWithGradient(at: table, in: value).gradient
    // Once more, recorded: every form is then a tensor of the table's shape.
    let recorded = Mutex<Tensor?>(nil)
    _ = valueWithGradient(at: table) { table in
      let gradient = gradients(of: value(table), withRespectTo: [table])[0]
      recorded.withLock { $0 = gradient.detached }
      return gradient.sum()
    }
    expectClose(found, try #require(recorded.withLock { $0 }), relative: 1e-12, absolute: 1e-13)
  }

  @Test("a look-up of nothing leaves zeros")
  func nothing() {
    let found = valueWithGradient(at: Tensor.scattered([30, 4], seed: 3)) {
      $0.gatherRows(IndexTensor([])).sum()
    }.gradient
    #expect(found.shape == [30, 4] && found.sumOfSquares == 0)
  }

  @Test("changing one tensor leaves those that share its rows alone")
  func copies() {
    let (found, expected) = gradient([40, 3], [7, 39, 7])
    var copy = found
    copy.withUnsafeMutableBytes { bytes in
      for index in bytes.indices { bytes[index] = 0 }
    }
    expectClose(copy, Tensor.zeros([40, 3], scalarType: .float64))
    #expect(copy.sparseRows == nil && found.sparseRows != nil)
    expectClose(found, expected, relative: 1e-14, absolute: 1e-15)
  }

  @Test("several threads may ask for the elements at once")
  func threads() {
    let (found, expected) = gradient([500, 16], [7, 39, 7, 499])
    let addresses = (0..<8).map { _ in found }
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      expectClose(addresses[index], expected, relative: 1e-14, absolute: 1e-15)
    }
  }
}
