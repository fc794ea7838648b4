import Configuration
import Foundation
import Layers
import Models
import Runs
import Tasks
import TestSupport
import Testing
import Training

@Suite("GeneratedTask")
struct GeneratedTaskTests {
  static let small = [
    "task=generated", "model.hidden-size=8", "training.batch-size=5", "training.epochs=2",
    "training.log-every=3", "training.optimizer.learning-rate=0.02", "training.seed=3",
    "data.length=6", "data.train-count=33", "data.validation-count=40", "data.test-count=70",
  ]
  static let copy = ["data.problem=copy-memory", "model.embedding-size=5"]

  static func run(
    _ settings: [String] = [], example: String? = nil
  ) throws -> TaskRun<GeneratedConfiguration> {
    try TaskRun((example == nil ? small : []) + settings, example: example) { _ in }
  }

  @Test("both problems are learned in their shortest form")
  func learned() throws {
    let adding = try Self.run([
      "data.length=3", "data.train-count=2000", "training.batch-size=20", "model.cell=gru",
      "training.epochs=6", "model.hidden-size=16", "training.optimizer.learning-rate=0.01",
    ])
    #expect(try adding.train())
    let error = try #require(try adding.metrics().last { $0.split == .test }?.values["loss"])
    #expect(error < 0.02)
    #expect(adding.messages.text.contains("always 1: mean squared error 0.166667"))

    let copy = try Self.run(
      Self.copy + [
        "data.length=2", "data.train-count=2000", "training.batch-size=20", "model.cell=gru",
        "training.epochs=2", "model.hidden-size=16", "training.optimizer.learning-rate=0.01",
      ])
    #expect(try copy.train())
    let loss = try #require(try copy.metrics().last { $0.split == .test }?.values["loss"])
    // Without memory: 10 ln 8 / 22. To know where to say something would cost as much.
    #expect(loss < 10 * log(8) / 22 * 1.05)
    #expect(copy.messages.text.contains("without memory: loss 0.945201 nats per step"))
  }

  @Test("an interrupted run ends as an uninterrupted one", arguments: [[], copy])
  func interrupted(settings: [String]) throws {
    let settings = settings + ["model.dropout=0.2", "model.recurrent-dropout=0.2"]
    try Self.run(settings).checkInterruptions(of: Self.run(settings))
  }

  @Test(
    "a configuration takes a step and can be gone on with",
    arguments: [
      [], copy, copy + ["model.cell=elman", "model.activation=identity"],
      ["model.layers=2", "model.cell=gru"], ["training.batch-size=100"],
    ])
  func step(settings: [String]) throws {
    let run = try Self.run(settings + ["training.steps=3", "training.epochs=9"])
    try run.checkSteps { _ in run.configuration.parameterCount }
  }

  @Test func everyEpochHasFreshSequencesAndEverySeedItsOwn() throws {
    func losses(_ settings: [String]) throws -> [Double] {
      let run = try Self.run(
        ["training.log-every=1", "training.optimizer.learning-rate=1e-12"] + settings)
      try run.train()
      return try run.metrics().filter { $0.split == .train }.compactMap { $0.values["loss"] }
    }
    let first = try losses([])
    #expect(first.count == 14 && Set(first).count == 14)
    #expect(try losses([]) == first)
    #expect(try losses(["training.seed=4"]) != first)
  }

  @Test("an example takes a step", arguments: try Examples.of(.generated))
  func example(path: String) throws {
    let run = try Self.run(
      [
        "data.length=20", "data.validation-count=2", "data.test-count=2", "training.batch-size=2",
      ], example: path)
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try Checkpoint(contentsOf: run.path + "/last.safetensors").header.step == 1)
  }

  @Test func dataCannotBeNamed() throws {
    let run = try Self.run(["training.steps=1"])
    try run.train()
    #expect(try run.evaluation().hasPrefix("test sequences: loss 0."))
    #expect(throws: TaskError.noData(task: "generated")) { try run.evaluation(on: "x") }
  }
}
