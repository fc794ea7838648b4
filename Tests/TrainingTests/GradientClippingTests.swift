import CKernels
import Layers
import Tensors
import TestSupport
import Testing
import Training

@Suite("GradientClipping")
struct GradientClippingTests {
  let gradient = Pair(
    weight: Tensor([3, -4, 0, 0, 0, 12], shape: [2, 3]), bias: Tensor([0, -84], shape: [2]))

  @Test("the norm runs over all parameters and is that before the clipping")
  func norm() {
    var clipped = gradient
    let norm = GradientClipping.globalNorm(limit: 17)(&clipped)
    #expect(norm == 85)
    #expect(abs(clipped.globalNorm - 17) < 1e-5)
    expectClose(clipped.weight, gradient.weight * 0.2, relative: 1e-6)
    expectClose(clipped.bias, gradient.bias * 0.2, relative: 1e-6)
  }

  @Test("a norm at the limit is left alone", arguments: [85.0, 1e6])
  func withinLimit(limit: Double) {
    var clipped = gradient
    let norm = GradientClipping.globalNorm(limit: limit)(&clipped)
    #expect(norm == 85)
    #expect(bits(clipped) == bits(gradient))
  }

  @Test("elements are held within the limit")
  func elements() {
    var clipped = gradient
    let norm = GradientClipping.element(limit: 3.5)(&clipped)
    #expect(norm == 85)
    #expect(clipped.weight.scalars == [3, -3.5, 0, 0, 0, 3.5])
    #expect(clipped.bias.scalars == [0, -3.5])
  }

  @Test("no clipping reports the norm all the same")
  func none() {
    var clipped = gradient
    let norm = GradientClipping.none(&clipped)
    #expect(norm == 85)
    #expect(bits(clipped) == bits(gradient))
  }

  @Test(
    "a gradient that is not finite is left for the monitor to find",
    arguments: [Double.nan, .infinity, -.infinity])
  func nonFinite(value: Double) {
    for clipping in [GradientClipping.element(limit: 1), .globalNorm(limit: 1)] {
      var clipped = Pair(weight: .ones([2, 2]), bias: Tensor([9, value], shape: [2]))
      let norm = clipping(&clipped)
      #expect(!norm.isFinite)
      #expect(clipped.bias.scalars[0] == 9)
      #expect(!clipped.bias.scalars[1].isFinite)
    }
  }

  @Test("the limit acts on a copy, not on what shares its memory")
  func copies() {
    var clipped = gradient
    let kept = bits(gradient)
    _ = GradientClipping.element(limit: 1)(&clipped)
    #expect(bits(gradient) == kept)
  }

  @Test("a step with the clip's factor has the bits of clipping first", arguments: [0.01, 1e6])
  func folded(limit: Double) {
    let rules: [any UpdateRule] = [
      SGD(), SGD(momentum: 0.9), SGD(momentum: 0.9, nesterov: true), RMSProp(),
      RMSProp(momentum: 0.5), AdaGrad(), Adam(), AdamW(),
    ]
    for type in ScalarType.allCases {
      let start = Pair(
        weight: .scattered([31, 7], seed: 5, scalarType: type),
        bias: .scattered([33], seed: 6, scalarType: type))
      for rule in rules {
        var (apart, together) = (start, start)
        var optimizers = (Optimizer(rule, weightDecay: 0.1), Optimizer(rule, weightDecay: 0.1))
        for _ in 0..<3 {
          let gradient = apart.mapParameters { $0.squared() - 0.3 }
          let clipping = GradientClipping.globalNorm(limit: limit)
          let scale = clipping.scale(norm: gradient.globalNorm)
          #expect((scale < 1) == (limit < 1))
          var clipped = gradient
          _ = clipping(&clipped)
          optimizers.0.update(&apart, gradient: clipped, learningRate: 0.01)
          optimizers.1.update(
            &together, gradient: gradient, learningRate: 0.01, gradientScale: scale)
        }
        #expect(bits(apart) == bits(together), "\(rule), \(type)")
        #expect(bits(apart) != bits(start), "\(rule), \(type)")
      }
    }
  }

  @Test("only a finite norm above the limit is scaled")
  func scale() {
    #expect(GradientClipping.globalNorm(limit: 2).scale(norm: 8) == 0.25)
    #expect(GradientClipping.globalNorm(limit: 2).scale(norm: 2) == 1)
    for norm in [Double.nan, .infinity] {
      #expect(GradientClipping.globalNorm(limit: 2).scale(norm: norm) == 1)
    }
    #expect(GradientClipping.none.scale(norm: 8) == 1)
    #expect(GradientClipping.element(limit: 2).scale(norm: 8) == 1)
  }

  @Test("norm, clipping and update have the same bits with one thread, two and three")
  func threads() {
    let size = unfold_team_size()
    defer { unfold_team_resize(size) }
    let start = Pair(
      weight: .scattered([700, 301], seed: 5, scalarType: .float32),
      bias: .scattered([100_003], seed: 6, scalarType: .float32))
    let results = [Int32(1), 2, 3].map { threads -> (Double, [UInt8]) in
      unfold_team_resize(threads)
      var model = start
      var gradient = start.mapParameters { $0.squared() - 0.3 }
      var optimizer = Optimizer(Adam(), weightDecay: 0.1)
      let norm = GradientClipping.globalNorm(limit: 1)(&gradient)
      optimizer.update(&model, gradient: gradient, learningRate: 0.01)
      return (norm, bits(model))
    }
    for result in results.dropFirst() {
      #expect(result.0 == results[0].0)
      #expect(result.1 == results[0].1)
    }
  }
}
