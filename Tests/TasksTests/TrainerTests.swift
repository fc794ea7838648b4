import Configuration
import Foundation
import Layers
import Runs
import Tasks
import Tensors
import TestSupport
import Testing
import Training

@Suite("Trainer")
struct TrainerTests {
  @Test func aSmallModelLearnsASmallText() throws {
    let run = try TinyRun(
      [
        "model.hidden-size=24", "model.embedding-size=12", "training.epochs=12",
        "training.optimizer.learning-rate=0.03", "data.validation-fraction=0.2",
      ], text: TinyRun.text(lines: 80))
    #expect(try run.train())
    let corpus = try TextCorpus(run.configuration.data)
    let part = try #require(corpus.validation)
    let trained = try run.trained(LSTMCell.self)
    let loss = try TextEvaluation.of(trained.model, on: part.tokens, lanes: 1).loss
    #expect(loss < 0.4 * corpus.unigramLoss(on: part))
  }

  @Test func theBestParametersAreKeptAndTheLastOnesToo() throws {
    // What comes before and after a character is the other way round in the validation text: at first the model gets
    // better at it by the frequencies, then worse.
    let text = TinyRun.text(lines: 40)
    var run = try TinyRun(
      ["training.epochs=12", "training.optimizer.learning-rate=0.003", "training.batch-size=6"],
      text: text)
    let reversed = try run.folder.write(String(text.prefix(300).reversed()), to: "reversed.txt")
    run.configuration.data.validation = reversed
    try run.train()
    let losses = try run.metrics().filter { $0.split == .validation }
    #expect(losses.count == 12)
    let least = try #require(losses.min { $0.values["loss"] ?? 0 < $1.values["loss"] ?? 0 })
    #expect(least.step > losses[0].step && least.step < losses[11].step)

    let best = try run.trained(LSTMCell.self)
    #expect(best.step == least.step)
    let part = try #require(try TextCorpus(run.configuration.data).validation)
    let again = try TextEvaluation.of(best.model, on: part.tokens, lanes: 6)
    #expect(again.loss == least.values["loss"])
    let last = try Checkpoint(contentsOf: run.path + "/last.safetensors")
    #expect(last.header.step == losses[11].step)
    #expect(last.header.epoch == 12)
  }

  @Test func theMeanOfTheParametersIsWhatIsValidatedAndKept() throws {
    // A checkpoint after every step: its parameters are what the mean is of.
    let settings = [
      "training.average=0.7", "training.save-every=1", "training.evaluate-every=1",
      "training.steps=3",
    ]
    let run = try TinyRun(settings)
    var trained: [[Tensor]] = []
    for step in 1...3 {
      try run.train(step == 1 ? .create : .resume, stoppingAfter: 1)
      var model = try run.trained(LSTMCell.self).model
      try Checkpoint(contentsOf: run.path + "/last.safetensors").load(into: &model)
      trained.append(model.parameters.map(\.tensor))
    }
    let best = try run.trained(LSTMCell.self)
    #expect(best.step == 3)
    for (index, (name, tensor)) in best.model.parameters.enumerated() {
      let steps = trained.map { $0[index] }
      let sum = steps[0] * 0.49 + steps[1] * 0.7 + steps[2]
      expectClose(tensor, sum / 2.19, relative: 1e-5, absolute: 1e-7, name)
      #expect(tensor.scalars != steps[2].scalars, "\(name)")
    }
    let part = try #require(try TextCorpus(run.configuration.data).validation)
    let loss = try TextEvaluation.of(best.model, on: part.tokens, lanes: 3).loss
    #expect(try run.metrics().last { $0.split == .validation }?.values["loss"] == loss)
  }

  @Test func aRunWithoutItsMeanCannotGoOn() throws {
    let run = try TinyRun(["training.average=0.9"])
    try run.train(stoppingAfter: 2)
    let plain = try run.sibling([])
    try plain.train(stoppingAfter: 2)
    try run.write(try plain.bytes("last.safetensors"), to: "last.safetensors")
    #expect {
      try run.train(.resume)
    } throws: { error in
      guard case .missing(_, "extra.average.embedding.weight", _) = error as? CheckpointError
      else { return false }
      return true
    }
  }

  @Test func trainingStopsWhenNothingGetsBetter() throws {
    // In float32 a rate this low changes no weight.
    let run = try TinyRun([
      "training.optimizer.kind=sgd", "training.optimizer.learning-rate=1e-30",
      "training.epochs=10", "training.patience=2",
    ])
    #expect(try run.train())
    let metrics = try run.metrics()
    let ends = metrics.filter { $0.split == .validation }
    #expect(ends.map(\.epoch) == [1, 2, 3])
    #expect(try run.trained(LSTMCell.self).step == ends[0].step)
    #expect(run.messages.text.contains("no better since epoch 1: done"))
    // Going on with more patience trains on; with the same, there is nothing to do.
    #expect(try run.train(.resume))
    #expect(try run.metrics() == metrics)
    var patient = run
    patient.configuration.training.patience = 4
    #expect(try patient.train(.resume))
    #expect(
      try patient.metrics().filter { $0.split == .validation }.map(\.epoch) == [1, 2, 3, 4, 5])
  }

  @Test func theNumberOfStepsEndsARunWithinAnEpoch() throws {
    let run = try TinyRun(["training.steps=4", "training.log-every=3"])
    #expect(try run.train())
    let metrics = try run.metrics()
    #expect(metrics.map(\.step) == [3, 4, 4])
    #expect(metrics.map(\.split) == [.train, .train, .validation])
    #expect(try run.trained(LSTMCell.self).step == 4)
  }

  @Test func evaluationsWithinAnEpochAreMadeWhenDue() throws {
    let run = try TinyRun(["training.epochs=1", "training.evaluate-every=6"])
    try run.train()
    let steps = try run.metrics().filter { $0.split == .validation }.map(\.step)
    #expect(steps.dropLast() == Array(steps.indices.dropFirst().map { $0 * 6 })[...])
    #expect(steps.count > 3)
  }

  @Test func theTestTextIsLookedAtOnceAtTheEnd() throws {
    let run = try TinyRun(["data.test-fraction=0.1"])
    try run.train()
    try run.train(.resume)
    let tests = try run.metrics().filter { $0.split == .test }
    #expect(tests.count == 1)
    let part = try #require(try TextCorpus(run.configuration.data).test)
    let model = try run.trained(LSTMCell.self).model
    #expect(
      tests.first?.values["loss"]
        == (try TextEvaluation.of(model, on: part.tokens, lanes: 3).loss))
  }

  @Test func withoutValidationTextTheLastParametersAreTheBest() throws {
    let run = try TinyRun(["data.validation-fraction=0"])
    try run.train()
    let last = try Checkpoint(contentsOf: run.path + "/last.safetensors")
    #expect(try run.trained(LSTMCell.self).step == last.header.step)
    #expect(try run.metrics().allSatisfy { $0.split == .train })
  }

  @Test func metricsHaveWhatPeopleReadAndFollowFromTheLoss() throws {
    let run = try TinyRun()
    try run.train()
    let corpus = try TextCorpus(run.configuration.data)
    for record in try run.metrics() {
      let loss = try #require(record.values["loss"])
      #expect(record.values["perplexity"] == exp(loss))
      let part = record.split == .train ? corpus.train : corpus.validation
      #expect(record.values["bits-per-character"] == part?.bitsPerCharacter(loss))
      if record.split == .train {
        #expect(record.values["learning-rate"] == 0.01)
        #expect(try #require(record.values["gradient-norm"]) > 0)
      }
    }
  }

  @Test func aModelLargerThanItsTextIsWarnedOf() throws {
    let large = try TinyRun(["training.steps=1", "model.hidden-size=40"])
    try large.train()
    #expect(large.messages.text.contains("warning: the model has"))
    let small = try TinyRun(["training.steps=1", "model.hidden-size=2", "model.embedding-size=2"])
    try small.train()
    #expect(!small.messages.text.contains("warning"))
  }

  @Test func aHugeLearningRateIsWarnedOf() throws {
    let run = try TinyRun(["training.optimizer.learning-rate=30"])
    try run.train()
    #expect(run.messages.text.contains("warning: validation perplexity is"))
    #expect(run.messages.text.contains("learning rate of 30 may be too high"))
  }

  @Test func aLossThatIsNoNumberEndsTheRunAndLeavesGoodCheckpoints() throws {
    // Without a bound on states and gradients, and with large steps.
    let run = try TinyRun([
      "model.cell=elman", "model.activation=identity", "training.optimizer.kind=sgd",
      "training.optimizer.learning-rate=3", "training.clip-norm=none", "training.save-every=1",
      "training.evaluate-every=1",
    ])
    #expect {
      try run.train()
    } throws: { error in
      guard case .nonFinite(_, _, let step, 3) = error as? TrainingError else { return false }
      return step > 1
    }
    for name in ["best", "last"] {
      let checkpoint = try Checkpoint(contentsOf: run.path + "/\(name).safetensors")
      #expect(checkpoint.header.step >= 1)
      var model = try run.trained(ElmanCell.self).model
      try checkpoint.load(into: &model)
      let isFinite = model.parameters.allSatisfy { $0.tensor.isFinite }
      #expect(isFinite)
    }
    // Going on meets the same end, in words.
    #expect(throws: TrainingError.self) { try run.train(.resume) }
  }

  @Test func everyRunOfAConfigurationIsTheSame() throws {
    let one = try TinyRun(["model.dropout=0.3", "model.zoneout=0.1"])
    let two = try one.sibling(["model.dropout=0.3", "model.zoneout=0.1"])
    let other = try one.sibling(["model.dropout=0.3", "model.zoneout=0.1", "training.seed=4"])
    for run in [one, two, other] { try run.train() }
    #expect(try one.bytes("last.safetensors") == two.bytes("last.safetensors"))
    #expect(try one.bytes("last.safetensors") != other.bytes("last.safetensors"))
  }
}
