import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Softmax") struct SoftmaxTests {
  @Test("values are the formula's, row by row", arguments: [1, 15, 16, 17, 33])
  func values(columns: Int) {
    let x = Tensor.scattered([3, columns], in: -4...4)
    let rows = (0..<3).map { Array(x.scalars[$0 * columns..<($0 + 1) * columns]) }
    let sums = rows.map { $0.reduce(0) { $0 + exp($1) } }
    let softmax = zip(rows, sums).flatMap { row, sum in row.map { exp($0) / sum } }
    for (type, tolerance) in [(ScalarType.float64, 1e-13), (.float32, 2e-6)] {
      let x = x.converted(to: type)
      expectClose(x.softmax(), softmax, relative: tolerance, absolute: 0)
      expectClose(x.logSoftmax(), softmax.map { log($0) }, relative: tolerance, absolute: tolerance)
      expectClose(x.logSumExp(), sums.map { log($0) }, relative: tolerance, absolute: tolerance)
    }
  }

  @Test("any number of axes may stand before the last")
  func shapes() {
    for (shape, reduced): (Shape, Shape) in [
      ([4], []), ([2, 4], [2]), ([2, 3, 4], [2, 3]), ([0, 4], [0]), ([3, 1], [3]),
    ] {
      let x = Tensor.scattered(shape)
      #expect(x.softmax().shape == shape)
      #expect(x.logSoftmax().shape == shape)
      #expect(x.logSumExp().shape == reduced)
      expectClose(x.softmax().sum(axis: -1), .ones(reduced, scalarType: .float64))
    }
    #expect(Tensor.ones([2, 0]).softmax().shape == [2, 0])
    expectClose(Tensor.ones([2, 0]).logSumExp(), [-.infinity, -.infinity])
  }

  @Test("logits of thousands neither overflow nor vanish, and −∞ means impossible")
  func extremes() {
    for type in ScalarType.allCases {
      let x = Tensor([1000, 0, -1000, 5000, 5000, -.infinity], shape: [2, 3], scalarType: type)
      expectClose(x.softmax(), [1, 0, 0, 0.5, 0.5, 0])
      expectClose(x.logSumExp(), [1000, 5000 + log(2)], absolute: 1e-3)
      expectClose(
        x.logSoftmax(), [0, -1000, -2000, -log(2), -log(2), -.infinity], absolute: 1e-3)
      let found = valueWithGradient(at: x) { $0.crossEntropy([0, 1]).sum() }
      expectClose(found.value, Tensor(log(2), scalarType: type), absolute: 1e-3)
      expectClose(found.gradient, [0, 0, 0, 0.5, -0.5, 0], absolute: 1e-6)
    }
  }

  @Test("cross-entropy is −ln softmax at the target, of each row")
  func crossEntropy() {
    let x = Tensor.scattered([4, 5], in: -3...3)
    let targets: IndexTensor = [4, 0, 2, 2]
    let softmax = x.softmax().scalars
    let expected = targets.elements.enumerated().map { -log(softmax[$0 * 5 + Int($1)]) }
    expectClose(x.crossEntropy(targets), expected, relative: 1e-12)
    #expect(Tensor.ones([0, 5]).crossEntropy(IndexTensor([])).shape == [0])
  }

  @Test(
    "gradients and second derivatives match finite differences",
    arguments: [
      GradientCase("softmax", at: .scattered([2, 4], in: -2...2)) { $0[0].softmax() },
      GradientCase("softmax of a vector", at: .scattered([3])) { $0[0].softmax() },
      GradientCase("log-softmax", at: .scattered([2, 2, 3], in: -2...2)) { $0[0].logSoftmax() },
      GradientCase("log-sum-exp", at: .scattered([2, 4], in: -2...2)) { $0[0].logSumExp() },
      GradientCase("cross-entropy", at: .scattered([3, 4], in: -2...2)) {
        $0[0].crossEntropy([3, 0, 3])
      },
    ])
  func gradients(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() }
  }

  @Test(
    "values and gradients are PyTorch's",
    arguments: [
      FixtureCase("softmax_last") { $0[0].softmax() },
      FixtureCase("softmax_axis1") { $0[0].transposed().softmax().transposed() },
      FixtureCase("log_softmax_last") { $0[0].logSoftmax() },
      FixtureCase("log_softmax_axis1") { $0[0].transposed().logSoftmax().transposed() },
      FixtureCase("log_softmax_large") { $0[0].logSoftmax() },
      FixtureCase("logsumexp_last") { $0[0].logSumExp() },
    ])
  func fixture(operation: FixtureCase) throws { try operation.check() }

  @Test("cross-entropy's values and gradients are PyTorch's")
  func crossEntropyFixture() throws {
    let targets = try fixtureIndices("cross_entropy_each.targets")
    try FixtureCase("cross_entropy_each", ["logits"]) { $0[0].crossEntropy(targets) }.check()
    try FixtureCase("cross_entropy_sum", ["logits"]) { $0[0].crossEntropy(targets).sum() }.check()
    try FixtureCase("cross_entropy_mean", ["logits"]) { $0[0].crossEntropy(targets).mean() }.check()
  }

  @Test("a scalar has no rows")
  func scalar() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor(1).softmax()
    }
    expectMessage(result, "softmax: a scalar has no rows")
  }
}
