import Foundation
import Tensors
import Testing
import Training

@Suite("DivergenceMonitor")
struct DivergenceMonitorTests {
  let model = Pair(weight: .ones([2, 3]), bias: .ones([4]))

  /// Feeds `steps` training losses, which should give `count` warnings.
  @discardableResult
  func feed(
    _ monitor: inout DivergenceMonitor, _ loss: Double, steps: Range<Int>, expecting count: Int,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws -> [TrainingWarning] {
    let warnings = try steps.compactMap {
      try monitor.record(
        loss: loss, gradient: model, gradientNorm: 1, model: model, step: $0, learningRate: 0.5)
    }
    #expect(warnings.count == count, sourceLocation: sourceLocation)
    return warnings
  }

  @Test("a loss that is not finite stops the run", arguments: [Double.nan, .infinity])
  func loss(value: Double) {
    var monitor = DivergenceMonitor()
    let gradient = Pair(
      weight: .ones([2, 3]), bias: Tensor([1, .nan, 2, 3], shape: [4]))
    let expected = TrainingError.nonFinite(
      .loss, parameter: "bias", step: 12, learningRate: 0.5)
    #expect(throws: expected) {
      try monitor.record(
        loss: value, gradient: gradient, gradientNorm: .nan, model: model, step: 12,
        learningRate: 0.5)
    }
    #expect(
      expected.description
        == "the loss is no longer a finite number at step 12, first in 'bias', with learning rate 0.5: try a lower learning rate or clip the gradient's norm"
    )
  }

  @Test("a gradient that is not finite names its first parameter")
  func gradient() {
    var monitor = DivergenceMonitor()
    var gradient = Pair(
      weight: .full([2, 3], -.infinity), bias: Tensor([1, .nan, 2, 3], shape: [4]))
    let norm = GradientClipping.globalNorm(limit: 1)(&gradient)
    #expect(
      throws: TrainingError.nonFinite(.gradient, parameter: "weight", step: 3, learningRate: 1)
    ) {
      try monitor.record(
        loss: 2, gradient: gradient, gradientNorm: norm, model: model, step: 3, learningRate: 1)
    }
  }

  @Test("a spoilt model is named when the gradient is fine")
  func spoiltModel() {
    var monitor = DivergenceMonitor()
    let spoilt = Pair(weight: .ones([2, 3]), bias: .full([4], .infinity))
    #expect(
      throws: TrainingError.nonFinite(.loss, parameter: "bias", step: 3, learningRate: 1)
    ) {
      try monitor.record(
        loss: .nan, gradient: model, gradientNorm: 1, model: spoilt, step: 3, learningRate: 1)
    }
  }

  @Test("no parameter is named when all are finite")
  func nothingToName() {
    let error = TrainingError.nonFinite(.loss, parameter: nil, step: 1, learningRate: 0.1)
    var monitor = DivergenceMonitor()
    #expect(throws: error) {
      try monitor.record(
        loss: .nan, gradient: model, gradientNorm: 1, model: model, step: 1, learningRate: 0.1)
    }
    #expect(!error.description.contains("first in"))
  }

  @Test("a training loss that falls, or wavers, gives no warning")
  func quiet() throws {
    var monitor = DivergenceMonitor(vocabularySize: 50)
    for step in 0..<400 {
      let loss = 4 / (1 + Double(step) / 100) + (step % 7 == 0 ? 1.5 : 0)
      try feed(&monitor, loss, steps: step..<step + 1, expecting: 0)
    }
  }

  @Test("a training loss far above its best warns once, with the learning rate, and again later")
  func rising() throws {
    var monitor = DivergenceMonitor()
    try feed(&monitor, 1, steps: 0..<200, expecting: 0)
    let first = try feed(&monitor, 2, steps: 200..<400, expecting: 1)
    try #require(first.count == 1)
    guard
      case .perplexityRising(.training, let perplexity, let best, let step, 0.5) = first[0]
    else {
      Issue.record("got \(first)")
      return
    }
    #expect(abs(best - exp(1)) < 1e-6)
    #expect(perplexity > 1.5 * best && perplexity < 1.6 * best)
    #expect((200..<300).contains(step))
    #expect(first[0].description.contains("the learning rate of 0.5 may be too high"))
    try feed(&monitor, 1, steps: 400..<700, expecting: 0)
    try feed(&monitor, 2, steps: 700..<900, expecting: 1)
  }

  @Test("a single bad batch is not divergence")
  func singleBatch() throws {
    var monitor = DivergenceMonitor()
    try feed(&monitor, 1, steps: 0..<200, expecting: 0)
    try feed(&monitor, 15, steps: 200..<201, expecting: 0)
  }

  @Test("a loss above that of guessing warns after the first steps")
  func worseThanUniform() throws {
    var monitor = DivergenceMonitor(vocabularySize: 10)
    try feed(&monitor, 5, steps: 0..<99, expecting: 0)
    let warnings = try feed(&monitor, 5, steps: 99..<150, expecting: 1)
    try #require(warnings.count == 1)
    guard case .worseThanUniform(.training, let perplexity, 10, 99, 0.5) = warnings[0] else {
      Issue.record("got \(warnings)")
      return
    }
    #expect(abs(perplexity - exp(5)) < 1e-6)
  }

  @Test("validation is watched by itself, from its first value on")
  func validation() {
    var monitor = DivergenceMonitor(vocabularySize: 100)
    func record(_ loss: Double, _ step: Int) -> TrainingWarning? {
      monitor.record(validationLoss: loss, step: step, learningRate: 0.1)
    }
    #expect(record(3, 1) == nil)
    #expect(record(2, 2) == nil)
    #expect(record(2.4, 3) == nil)
    #expect(
      record(2.5, 4)
        == .perplexityRising(
          .validation, perplexity: exp(2.5), best: exp(2), step: 4, learningRate: 0.1))
    #expect(record(2.6, 5) == nil)
    #expect(record(1.9, 6) == nil)
    guard case .worseThanUniform(.validation, _, 100, 7, 0.1) = record(.infinity, 7) else {
      Issue.record("an infinite loss is worse than guessing")
      return
    }
  }

  @Test("a monitor saved and read again goes on alike")
  func saved() throws {
    var monitor = DivergenceMonitor(vocabularySize: 10)
    try feed(&monitor, 1.25, steps: 0..<150, expecting: 0)
    _ = monitor.record(validationLoss: 1.1, step: 1, learningRate: 1)
    var copy = try JSONDecoder().decode(
      DivergenceMonitor.self, from: JSONEncoder().encode(monitor))
    #expect(copy == monitor)
    let after = try feed(&monitor, 1.9, steps: 150..<300, expecting: 1)
    let afterCopy = try feed(&copy, 1.9, steps: 150..<300, expecting: 1)
    #expect(afterCopy == after)
  }

  @Test("more parameters than samples are worth a warning")
  func parametersAndSamples() {
    #expect(DivergenceMonitor.check(parameters: 10, samples: 10) == nil)
    #expect(
      DivergenceMonitor.check(parameters: 11, samples: 10)
        == .moreParametersThanSamples(parameters: 11, samples: 10))
  }
}
