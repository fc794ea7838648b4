import Foundation
import Tensors
import TestSupport
import Testing
import Training

@Suite("LearningRateSchedule")
struct LearningRateScheduleTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var schedule: LearningRateSchedule
    /// Whether the fixture counts steps; else epochs.
    var countsSteps = false
  }

  static let cases = [
    Case(testDescription: "step", schedule: .init(0.1, decay: .step(factor: 0.5, every: 3))),
    Case(testDescription: "exponential", schedule: .init(0.1, decay: .exponential(factor: 0.9))),
    Case(
      testDescription: "decay_after",
      schedule: .init(0.1, decay: .after(epochs: 4, factor: 0.8))),
    Case(
      testDescription: "cosine",
      schedule: .init(0.1, decay: .cosine(steps: 10), minimum: 0.001), countsSteps: true),
    Case(testDescription: "warmup", schedule: .init(0.1, warmupSteps: 4), countsSteps: true),
    Case(
      testDescription: "warmup_cosine",
      schedule: .init(0.1, decay: .cosine(steps: 8), warmupSteps: 4),
      countsSteps: true),
  ]

  @Test("rates are PyTorch's", arguments: cases)
  func matchesPyTorch(_ example: Case) throws {
    let expected = try Fixture("optimizers/schedules").tensor(
      "\(example.testDescription).learning_rate")
    // The other count is set to what must not matter.
    let rates = (0..<expected.count).map {
      example.countsSteps
        ? example.schedule.rate(step: $0, epoch: 7) : example.schedule.rate(step: 99, epoch: $0)
    }
    expectClose(expected, rates, relative: 1e-12, absolute: 1e-15)
  }

  @Test("on plateau the rates are PyTorch's, also through a state saved at every epoch")
  func plateau() throws {
    let fixture = try Fixture("optimizers/schedules")
    let schedule = LearningRateSchedule(
      0.1, decay: .plateau(.init(factor: 0.5, patience: 2, threshold: 1e-4)),
      minimum: 0.02)
    var state = PlateauState()
    var rates: [Double] = []
    for loss in try fixture.tensor("plateau.loss").scalars {
      rates.append(schedule.rate(step: 0, epoch: 0, plateau: state))
      let before = state.reductions
      let falls = schedule.record(validationLoss: loss, in: &state)
      #expect(falls == (state.reductions > before))
      state = try JSONDecoder().decode(PlateauState.self, from: JSONEncoder().encode(state))
    }
    expectClose(
      try fixture.tensor("plateau.learning_rate"), rates, relative: 1e-12, absolute: 1e-15)
  }

  @Test("a loss that is not a number is no improvement", arguments: [Double.nan, .infinity])
  func plateauWithoutNumber(loss: Double) {
    let schedule = LearningRateSchedule(1, decay: .plateau(.init(patience: 0)))
    var state = PlateauState()
    let first = schedule.record(validationLoss: loss, in: &state)
    #expect(first && state.best == nil)
    let falls = [3, loss].map { schedule.record(validationLoss: $0, in: &state) }
    #expect(falls == [false, true])
    #expect(state.best == 3)
  }

  @Test("other schedules take no note of the loss")
  func othersIgnoreLoss() {
    var state = PlateauState()
    let falls = LearningRateSchedule(1).record(validationLoss: 2, in: &state)
    #expect(!falls)
    #expect(state == PlateauState())
  }

  @Test("the warm-up multiplies whatever decay there is")
  func warmupAndDecay() {
    let schedule = LearningRateSchedule(
      0.8, decay: .exponential(factor: 0.5), warmupSteps: 10)
    #expect(abs(schedule.rate(step: 4, epoch: 1) - 0.2) < 1e-15)
    #expect(abs(schedule.rate(step: 9, epoch: 0) - 0.8) < 1e-15)
    #expect(abs(schedule.rate(step: 10, epoch: 2) - 0.2) < 1e-15)
  }

  @Test(
    "no decay goes below the minimum",
    arguments: [
      LearningRateSchedule.Decay.step(factor: 0.5, every: 1), .after(epochs: 1, factor: 0.5),
      .exponential(factor: 0.5), .cosine(steps: 4), .plateau(.init(factor: 0.5, patience: 0)),
    ])
  func minimum(decay: LearningRateSchedule.Decay) {
    let schedule = LearningRateSchedule(0.8, decay: decay, minimum: 0.1, warmupSteps: 10)
    var state = PlateauState()
    var rates: [Double] = []
    for epoch in 0..<9 {
      rates.append(schedule.rate(step: 10 + epoch, epoch: epoch, plateau: state))
      schedule.record(validationLoss: 1, in: &state)
    }
    #expect(abs(rates[0] - 0.8) < 1e-15 && rates[8] == 0.1)
    #expect(rates.allSatisfy { $0 >= 0.1 } && rates == rates.sorted(by: >))
    // The warm-up starts below it.
    #expect(abs(schedule.rate(step: 0, epoch: 0) - 0.08) < 1e-15)
  }

  @Test("a minimum above the rate traps")
  func minimumAboveRateTraps() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = LearningRateSchedule(0.1, minimum: 0.2)
    }
    expectMessage(
      result, "LearningRateSchedule: the minimum must be from 0 to the rate 0.1, got 0.2")
  }

  @Test("after its last step the cosine stays at its minimum")
  func cosineEnds() {
    let schedule = LearningRateSchedule(0.1, decay: .cosine(steps: 5), minimum: 0.01)
    #expect(abs(schedule.rate(step: 5, epoch: 0) - 0.01) < 1e-15)
    #expect(schedule.rate(step: 500, epoch: 0) == schedule.rate(step: 5, epoch: 0))
  }
}
