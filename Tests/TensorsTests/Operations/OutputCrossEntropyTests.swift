import TestSupport
import Testing

@testable import Tensors

@Suite("OutputCrossEntropy") struct OutputCrossEntropyTests {
  /// N rows of 3 numbers, V columns, and N targets.
  private static func operands(_ rows: Int, _ columns: Int, _ type: ScalarType = .float64)
    -> (points: [Tensor], targets: IndexTensor)
  {
    let points = [
      Tensor.scattered([rows, 3], seed: 1, in: -2...2, scalarType: type),
      .scattered([columns, 3], seed: 2, in: -2...2, scalarType: type),
      .scattered([columns], seed: 3, scalarType: type),
    ]
    return (points, IndexTensor((0..<rows).map { Int32((($0 + 1) * 7919) % columns) }))
  }

  private static func unfused(_ x: [Tensor], _ targets: IndexTensor) -> Tensor {
    let product = x[0].matmulTransposed(x[1])
    let logits = x.count > 2 ? product + x[2] : product
    return logits.logSumExp() - logits.pick(targets)
  }

  private static func fused(_ x: [Tensor], _ targets: IndexTensor, mostKept: Int = 1 << 28)
    -> Tensor
  {
    var operation = OutputCrossEntropy(targets: targets)
    operation.mostKept = mostKept
    return apply(operation, x)
  }

  @Test(
    "values and gradients are those of the layer and the loss apart",
    arguments: [1, 2, 17, 255, 256, 257, 700], [1, 5, 40])
  func unfused(columns: Int, rows: Int) {
    for (type, tolerance) in [(ScalarType.float64, 1e-12), (.float32, 1e-5)] {
      let (points, targets) = Self.operands(rows, columns, type)
      for operands in [points, Array(points[..<2])] {
        func loss(_ losses: Tensor) -> Tensor {
          (losses * .scattered([rows], seed: 9, scalarType: type)).sum()
        }
        let expected = valueWithGradient(at: operands) { loss(Self.unfused($0, targets)) }
        let found = valueWithGradient(at: operands) {
          loss($0[0].crossEntropy(targets, weight: $0[1], bias: $0.count > 2 ? $0[2] : nil))
        }
        expectClose(found.value, expected.value, relative: tolerance, absolute: tolerance)
        for (a, b) in zip(found.gradients, expected.gradients) {
          expectClose(a, b, relative: tolerance, absolute: tolerance)
        }
        expectClose(
          Self.fused(operands, targets), Self.unfused(operands, targets), relative: tolerance,
          absolute: tolerance)
      }
    }
  }

  @Test(
    "gradients and second derivatives match finite differences",
    arguments: [
      GradientCase("one block", at: .scattered([4, 3]), .scattered([5, 3]), .scattered([5])) {
        $0[0].crossEntropy([4, 0, 2, 2], weight: $0[1], bias: $0[2])
      },
      GradientCase("no bias", at: .scattered([2, 3]), .scattered([4, 3])) {
        $0[0].crossEntropy([3, 0], weight: $0[1])
      },
      GradientCase("one column", at: .scattered([2, 3]), .scattered([1, 3]), .scattered([1])) {
        $0[0].crossEntropy([0, 0], weight: $0[1], bias: $0[2])
      },
      GradientCase("the weight alone", at: .scattered([4, 3])) {
        Tensor.scattered([2, 3], seed: 5).crossEntropy([3, 1], weight: $0[0])
      },
      GradientCase("tied weights", at: .scattered([4, 3])) {
        $0[0].gatherRows([0, 3, 3]).tanh().crossEntropy([1, 3, 2], weight: $0[0])
      },
      GradientCase("twice, from one output", at: .scattered([2, 3]), .scattered([4, 3])) {
        let losses = $0[0].crossEntropy([3, 0], weight: $0[1])
        return losses * losses.exp()
      },
    ])
  func gradients(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() }
  }

  @Test("logits that are not kept give the same bits", arguments: ScalarType.allCases)
  func notKept(type: ScalarType) {
    let (points, targets) = Self.operands(6, 700, type)
    let results = [1 << 28, 6 * 700 * type.byteCount - 1].map { mostKept in
      valueWithGradient(at: points) { Self.fused($0, targets, mostKept: mostKept).sum() }
    }
    #expect(results[0].value.scalars == results[1].value.scalars)
    for (a, b) in zip(results[0].gradients, results[1].gradients) {
      #expect(a.scalars == b.scalars)
    }
  }

  @Test("a row's loss and gradient have the same bits in any company")
  func company() {
    // As many rows as make the blocks narrower than for one.
    let (points, targets) = Self.operands(1500, 600, .float32)
    let found = valueWithGradient(at: points[0]) {
      Self.fused([$0, points[1], points[2]], targets).sum()
    }
    let losses = Self.fused(points, targets)
    for row in [0, 777, 1499] {
      let target: IndexTensor = [targets.elements[row]]
      let alone = valueWithGradient(at: points[0].slice(row..<row + 1)) {
        Self.fused([$0, points[1], points[2]], target).sum()
      }
      #expect(alone.value.item == losses.scalars[row])
      #expect(alone.gradient.scalars == found.gradient.slice(row..<row + 1).scalars)
    }
  }

  @Test("a second pass back over the same losses gives the same gradients")
  func twice() {
    let (points, targets) = Self.operands(4, 300)
    let variables = points.map { $0.asVariable() }
    let losses = Self.fused(variables, targets).sum()
    let gradients = (0..<2).map { _ in
      var output = losses
      return backward(from: &output, to: variables.compactMap(\.node))
    }
    #expect(gradients[0].count == 3)
    for (a, b) in zip(gradients[0], gradients[1]) {
      #expect(a != nil && a?.scalars == b?.scalars)
    }
  }

  @Test("only the gradients asked for are returned, each in its place")
  func someOperands() {
    let (points, targets) = Self.operands(4, 300)
    let all = valueWithGradient(at: points) { Self.fused($0, targets).sum() }.gradients
    for index in points.indices {
      let one = valueWithGradient(at: points[index]) { point in
        var operands = points
        operands[index] = point
        return Self.fused(operands, targets).sum()
      }
      #expect(one.gradient.scalars == all[index].scalars)
    }
  }

  @Test("no rows give no losses, and zeros for gradients")
  func noRows() {
    let (points, targets) = Self.operands(0, 5)
    #expect(Self.fused(points, targets).shape == [0])
    let found = valueWithGradient(at: points) { Self.fused($0, targets).sum() }
    for (gradient, point) in zip(found.gradients, points) {
      #expect(gradient.shape == point.shape && gradient.scalars.allSatisfy { $0 == 0 })
    }
  }

  @Test("the losses of logits are the same function")
  func logits() {
    let targets: IndexTensor = [4, 0, 2]
    let logits = Tensor.scattered([3, 5], in: -3...3)
    let weights = Tensor.scattered([3], seed: 4)
    let expected = valueWithGradient(at: logits) {
      ((($0.logSumExp() - $0.pick(targets)) * weights).sum())
    }
    let found = valueWithGradient(at: logits) { ($0.crossEntropy(targets) * weights).sum() }
    expectClose(found.value, expected.value, relative: 1e-13)
    expectClose(found.gradient, expected.gradient, relative: 1e-13, absolute: 1e-14)
  }

  @Test("operands that do not fit trap")
  func misfits() async {
    let shapes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).crossEntropy([0, 1], weight: .ones([4, 3]), bias: .ones([3]))
    }
    expectMessage(
      shapes,
      "crossEntropy: needs [2, H], [V, H] and [V] for 2 targets, got [[2, 3], [4, 3], [3]]")
    let target = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).crossEntropy([0, 4], weight: .ones([4, 3]))
    }
    expectMessage(target, "crossEntropy: index 4 is out of range 0..<4")
    let rows = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).crossEntropy([0])
    }
    expectMessage(rows, "crossEntropy: needs [1, V] for 1 targets, got [2, 3]")
  }
}
