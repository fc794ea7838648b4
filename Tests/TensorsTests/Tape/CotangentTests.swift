import TestSupport
import Testing

@testable import Tensors

@Suite("Cotangent") struct CotangentTests {
  /// One of every form, for an operand of shape [4, 3].
  static let forms: [(name: String, make: @Sendable () -> Cotangent)] = [
    ("dense", { .dense(.scattered([4, 3], seed: 1)) }),
    ("rows in the middle", { .slice(.scattered([2, 3], seed: 2), axis: 0, start: 1) }),
    ("a column", { .slice(.scattered([4, 1], seed: 3), axis: 1, start: 2) }),
    ("rows by number", { .rows(.scattered([3, 3], seed: 4), [3, 1, 3]) }),
    ("few rows by number", { .rows(.scattered([2, 3], seed: 8), [3, 3]) }),
    ("picked", { .picked(.scattered([4], seed: 5), [2, 0, 0, 1]) }),
    (
      "product",
      {
        .product(
          MatrixProduct(transposeRight: true), .scattered([4, 2], seed: 6),
          .scattered([3, 2], seed: 7))
      }
    ),
  ]

  @Test("any two forms add up, in place and recorded", arguments: forms.indices, forms.indices)
  func pairs(first: Int, second: Int) {
    let operand = Tensor.zeros([4, 3], scalarType: .float64)
    let all = [first, second, first].map { Self.forms[$0].make() }
    let expected = all.map { $0.tensor(of: [4, 3]) }.reduce(operand) { $0 + $1 }
    var inPlace = CotangentSum(like: operand, keepsRows: true)
    var recorded = CotangentSum(like: operand)
    for cotangent in all {
      inPlace.add(cotangent)
      recorded.addRecorded(cotangent)
    }
    expectClose(inPlace.takeTotal() ?? operand, expected, relative: 1e-14, absolute: 1e-15)
    expectClose(recorded.takeTotal() ?? operand, expected, relative: 1e-14, absolute: 1e-15)
  }

  @Test("each form is the tensor it stands for")
  func tensors() {
    let slice = Cotangent.slice(.ones([1, 2]), axis: 0, start: 1).tensor(of: [3, 2])
    expectClose(slice, Tensor([0, 0, 1, 1, 0, 0], shape: [3, 2]))
    let rows = Cotangent.rows(.ones([3, 2]), [2, 2, 0]).tensor(of: [3, 2])
    expectClose(rows, Tensor([1, 1, 0, 0, 2, 2], shape: [3, 2]))
    let picked = Cotangent.picked(.ones([3]), [1, 0, 1]).tensor(of: [3, 2])
    expectClose(picked, Tensor([0, 1, 1, 0, 0, 1], shape: [3, 2]))
  }

  @Test("adding to a sum leaves the tensor that it started from alone")
  func sharing() {
    let first = Tensor.ones([2]), second = Tensor.full([2], 5)
    var sum = CotangentSum(like: first)
    sum.add(.dense(first))
    sum.add(.dense(second))
    expectClose(sum.takeTotal() ?? first, [6, 6])
    expectClose(first, [1, 1])
    expectClose(second, [5, 5])
  }
}
