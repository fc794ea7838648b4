import TestSupport
import Testing

@testable import Tensors

@Suite("MatrixProduct") struct MatrixProductTests {
  /// Shapes of a product `[…, M, K] · […, K, N]`, given untransposed: single, stacked, shared and stretched matrices.
  static let shapes: [(Shape, Shape)] = [
    ([3, 4], [4, 5]), ([1, 1], [1, 1]), ([1, 4], [4, 3]), ([3, 1], [1, 2]),
    ([2, 3, 4], [2, 4, 5]),
    ([2, 3, 4], [4, 5]), ([3, 4], [2, 4, 5]), ([2, 1, 3, 4], [5, 4, 2]), ([1, 3, 4], [2, 4, 5]),
    ([2, 3, 4], [1, 4, 5]), ([2, 1, 2, 3], [1, 2, 3, 2]),
  ]
  static let emptyShapes: [(Shape, Shape)] = [
    ([0, 4], [4, 5]), ([3, 0], [0, 5]), ([3, 4], [4, 0]), ([0, 3, 4], [4, 5]),
    ([0, 3, 4], [0, 4, 5]),
    ([0, 0], [0, 0]),
  ]
  static let layouts = [(false, false), (false, true), (true, false), (true, true)]

  /// The product of operands that hold the same matrices in each layout.
  static func product(_ left: Tensor, _ right: Tensor, _ layout: (left: Bool, right: Bool))
    -> Tensor
  {
    apply(MatrixProduct(transposeLeft: layout.left, transposeRight: layout.right), [left, right])
  }

  static func stored(_ x: Tensor, _ isTransposed: Bool) -> Tensor {
    isTransposed ? x.transposed() : x
  }

  /// Sums over k by index arithmetic, for operands in the plain layout.
  static func expected(_ left: Tensor, _ right: Tensor) -> Tensor {
    let l = left.shape.dimensions, r = right.shape.dimensions
    let batch = Shape.broadcast(Shape(l.dropLast(2)), Shape(r.dropLast(2))) ?? []
    let (m, k, n) = (l[l.count - 2], l[l.count - 1], r[r.count - 1])
    let a = left.broadcast(to: Shape(batch.dimensions + [m, k])).scalars
    let b = right.broadcast(to: Shape(batch.dimensions + [k, n])).scalars
    return Tensor.generate(Shape(batch.dimensions + [m, n]), scalarType: .float64) { place in
      let (stack, row, column) = (place / (m * n), place / n % m, place % n)
      return (0..<k).reduce(0.0) {
        $0 + a[(stack * m + row) * k + $1] * b[(stack * k + $1) * n + column]
      }
    }
  }

  @Test("each element is the sum over k, in every layout", arguments: layouts)
  func values(left: Bool, right: Bool) {
    for (l, r) in Self.shapes + Self.emptyShapes {
      let a = Tensor.scattered(l, seed: 1), b = Tensor.scattered(r, seed: 2)
      let expected = Self.expected(a, b)
      let operands = [Self.stored(a, left), Self.stored(b, right)]
      expectClose(
        Self.product(operands[0], operands[1], (left, right)), expected, relative: 1e-13,
        absolute: 1e-14, "\(l) \(r)")
      let single = operands.map { $0.converted(to: .float32) }
      expectClose(
        Self.product(single[0], single[1], (left, right)), expected.converted(to: .float32),
        relative: 1e-5, absolute: 1e-6, "\(l) \(r) float32")
    }
  }

  @Test("the three named products are these layouts")
  func named() {
    for (l, r) in Self.shapes + Self.emptyShapes {
      let a = Tensor.scattered(l, seed: 1), b = Tensor.scattered(r, seed: 2)
      let expected = Self.expected(a, b)
      expectClose(a.matmul(b), expected, "\(l) \(r)")
      expectClose(a.matmulTransposed(b.transposed()), expected, "\(l) \(r)")
      expectClose(a.transposed().transposedMatmul(b), expected, "\(l) \(r)")
    }
  }

  @Test("gradients match finite differences in every layout", arguments: layouts)
  func gradients(left: Bool, right: Bool) {
    for (l, r) in Self.shapes {
      let a = Self.stored(.scattered(l, seed: 1), left)
      let b = Self.stored(.scattered(r, seed: 2), right)
      checkGradient(at: [a, b]) { Self.product($0[0], $0[1], (left, right)) }
    }
  }

  @Test("the named products' gradients match finite differences")
  func namedGradients() {
    for (l, r) in Self.shapes {
      let a = Tensor.scattered(l, seed: 1), b = Tensor.scattered(r, seed: 2)
      checkGradient(at: [a, b]) { $0[0].matmul($0[1]) }
      checkGradient(at: [a, b.transposed()]) { $0[0].matmulTransposed($0[1]) }
      checkGradient(at: [a.transposed(), b]) { $0[0].transposedMatmul($0[1]) }
    }
  }

  @Test("a matrix used many times gets the sum of its gradients")
  func shared() {
    let a = Tensor.scattered([3, 3], seed: 1), b = Tensor.scattered([2, 3, 3], seed: 2)
    checkGradient(at: [a, b]) { points in
      let (a, b) = (points[0], points[1])
      return a.matmul(b).matmul(a).matmulTransposed(a) + b.matmul(b) + a
    }
  }

  @Test("second derivatives match finite differences in every layout", arguments: layouts)
  func secondDerivatives(left: Bool, right: Bool) {
    for (l, r): (Shape, Shape) in [
      ([2, 3], [3, 2]), ([2, 2, 3], [3, 2]), ([2, 3], [2, 3, 2]),
    ] {
      let a = Self.stored(.scattered(l, seed: 1), left)
      let b = Self.stored(.scattered(r, seed: 2), right)
      checkSecondDerivative(at: [a, b]) { Self.product($0[0], $0[1], (left, right)).squared() }
    }
  }

  @Test("empty operands get empty gradients, or zeros")
  func emptyGradients() {
    for (l, r) in Self.emptyShapes {
      let points = [Tensor.ones(l), Tensor.ones(r)]
      let found = valueWithGradient(at: points) { $0[0].matmul($0[1]).sum() }
      expectClose(found.gradients[0], Tensor.zeros(l))
      expectClose(found.gradients[1], Tensor.zeros(r))
    }
  }

  @Test(
    "values and gradients are PyTorch's",
    arguments: [
      FixtureCase("matmul", ["a", "b"]) { $0[0].matmul($0[1]) },
      FixtureCase("matmul_transposed_right", ["a", "b"]) { $0[0].matmulTransposed($0[1]) },
      FixtureCase("matmul_transposed_left", ["a", "b"]) { $0[0].transposedMatmul($0[1]) },
      FixtureCase("matmul_transposed_both", ["a", "b"]) { product($0[0], $0[1], (true, true)) },
      FixtureCase("matmul_batched", ["a", "b"]) { $0[0].matmul($0[1]) },
      FixtureCase("matmul_shared_right", ["a", "b"]) { $0[0].matmul($0[1]) },
      FixtureCase("matmul_broadcast", ["a", "b"]) { $0[0].matmul($0[1]) },
    ])
  func fixture(operation: FixtureCase) throws { try operation.check() }

  @Test("a row's bits do not depend on the rows beside it")
  func rowsAreIndependent() {
    let all = Tensor.scattered([33, 65], seed: 1, scalarType: .float32)
    let weight = Tensor.scattered([17, 65], seed: 2, scalarType: .float32)
    let together = all.matmulTransposed(weight)
    for row in [0, 1, 15, 16, 32] {
      let alone = all.slice(row..<row + 1).matmulTransposed(weight)
      #expect(alone.floats == together.slice(row..<row + 1).floats)
    }
  }

  @Test("sizes that do not fit trap")
  func sizesThatDoNotFit() async {
    let plain = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).matmul(.ones([4, 5]))
    }
    expectMessage(plain, "matmul: [2, 3] · [4, 5] do not fit")
    let transposed = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) { _ = Tensor.ones([7, 2, 3]).matmulTransposed(.ones([4, 5])) }
    expectMessage(transposed, "matmul: [7, 2, 3] · [4, 5]ᵀ do not fit")
    let batch = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 4, 3]).matmul(.ones([3, 3, 5]))
    }
    expectMessage(batch, "matmul: [2, 4, 3] · [3, 3, 5] do not fit")
  }

  @Test("vectors and mixed types trap")
  func vectorsAndMixedTypes() async {
    let vector = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([3]).matmul(.ones([3, 5]))
    }
    expectMessage(vector, "matmul: operands must be matrices, got [3] and [3, 5]")
    let mixed = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).matmul(.ones([3, 5], scalarType: .float64))
    }
    expectMessage(mixed, "matmul: operands are float32 and float64; convert one")
  }
}
