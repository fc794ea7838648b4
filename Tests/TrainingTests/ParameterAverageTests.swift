import CKernels
import Layers
import Tensors
import TestSupport
import Testing

@testable import Training

@Suite("ParameterAverage")
struct ParameterAverageTests {
  static func pair(_ seed: UInt64, _ type: ScalarType = .float64) -> Pair {
    Pair(
      weight: .scattered([5, 3], seed: seed, scalarType: type),
      bias: .scattered([4], seed: seed + 100, scalarType: type))
  }

  @Test("the mean is that of the formula", arguments: [0, 0.3, 0.999])
  func formula(decay: Double) {
    let steps = (1...6).map { Self.pair(UInt64($0)) }
    var average = ParameterAverage(of: steps[0], decay: decay)
    for (index, step) in steps.enumerated() {
      average.add(step)
      var weights = [1.0]
      for _ in 0..<index { weights.insert(weights[0] * decay, at: 0) }
      let total = weights.reduce(0, +)
      for (place, (name, mean)) in average.model.parameters.enumerated() {
        let terms = zip(weights, steps).map { $1.parameters[place].tensor * ($0 / total) }
        let expected = terms.dropFirst().reduce(terms[0], +)
        expectClose(mean, expected, relative: 1e-11, absolute: 1e-13, name)
      }
    }
    #expect(average.count == 6)
  }

  @Test("after one step the mean is its parameters to the bit", arguments: [0.5, 0.999])
  func firstStep(decay: Double) {
    let model = Self.pair(3, .float32)
    var average = ParameterAverage(of: Self.pair(8, .float32), decay: decay)
    average.add(model)
    #expect(bits(average.model) == bits(model))
  }

  @Test func theModelAndCopiesAreLeftAsTheyAre() {
    let model = Self.pair(1)
    let kept = bits(model)
    var average = ParameterAverage(of: model, decay: 0.9)
    average.add(model)
    let before = average
    let keptMean = bits(before.model)
    average.add(Self.pair(2))
    #expect(bits(model) == kept)
    #expect(bits(before.model) == keptMean)
    #expect(bits(average.model) != keptMean)
  }

  @Test func aRestoredMeanGoesOnWithTheSameBits() {
    var average = ParameterAverage(of: Self.pair(1, .float32), decay: 0.99)
    for seed in 1...3 { average.add(Self.pair(UInt64(seed), .float32)) }
    var restored = ParameterAverage(of: Self.pair(50, .float32), decay: 0.99)
    restored.restore(average.model.parameters.map(\.tensor), count: average.count)
    for seed in 4...6 {
      average.add(Self.pair(UInt64(seed), .float32))
      restored.add(Self.pair(UInt64(seed), .float32))
    }
    #expect(bits(restored.model) == bits(average.model))
    #expect(restored.count == 6)
  }

  @Test("the kernels' bits depend on neither the place nor the number of threads")
  func kernel() {
    let count = 100_003
    let target = Tensor.scattered([count], seed: 1, scalarType: .float32).scalars.map(Float.init)
    let start = Tensor.scattered([count], seed: 2, scalarType: .float32).scalars.map(Float.init)
    var values = start
    unfold_approach_f32(Int64(count), 0.001, target, &values)
    let weight: Float = 0.001
    let expected = zip(start, target).map { mean, target in
      let step = weight * (target - mean)
      return mean + step
    }
    #expect(values == expected)
  }

  @Test("a decay of 1 traps")
  func decayOfOne() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ParameterAverage(of: ParameterAverageTests.pair(1), decay: 1)
    }
    expectMessage(result, "ParameterAverage: the decay must be in [0, 1), got 1.0")
  }

  @Test("a model of other shapes traps")
  func otherShapes() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var average = ParameterAverage(of: ParameterAverageTests.pair(1), decay: 0.5)
      average.add(Pair(weight: .zeros([3, 5], scalarType: .float64), bias: .zeros([4])))
    }
    expectMessage(
      result, "ParameterAverage: a float64 mean of shape [5, 3] with float64 [3, 5]")
  }
}
