import Configuration
import Datasets
import Layers
import Runs
import Tasks
import Testing
import TestSupport
import Training

/// A run that was interrupted ends with the same bytes as one that was not.
@Suite("Going on with a run")
struct ResumeTests {
  static let cases: [[String]] = [
    ["model.dropout=0.3"],
    ["model.dropout=0.3", "model.variational=true", "model.layers=2"],
    ["model.zoneout=0.2", "model.recurrent-dropout=0.2"],
    ["model.embedding-dropout=0.2", "model.weight-dropout=0.3", "model.cell=gru"],
    ["model.cell=elman", "training.optimizer.kind=rmsprop", "training.optimizer.momentum=0.5"],
    ["training.schedule.kind=cosine", "training.schedule.warmup-steps=9"],
    [
      "training.schedule.kind=plateau", "training.schedule.patience=0", "training.epochs=5",
      "training.optimizer.learning-rate=0.3", "training.schedule.factor=0.1",
    ],
    [
      "training.patience=1", "training.epochs=9", "training.optimizer.learning-rate=0.4",
      "training.batch-size=6",
    ],
    [
      "training.evaluate-every=7", "training.save-every=4", "data.test-fraction=0.1",
      "training.log-every=3",
    ],
    ["data.validation-fraction=0", "training.steps=50"],
    ["data.unit=word", "training.batch-size=2", "training.window=5"],
    ["training.average=0.9", "model.layers=2", "model.dropout=0.2"],
    ["training.shift-windows=true", "training.epochs=3", "training.schedule.kind=cosine"],
  ]

  static let kept = ["last.safetensors", "best.safetensors", "metrics.jsonl", "vocabulary.json"]

  static func expectSame(
    _ one: TinyRun, _ other: TinyRun, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    for name in kept {
      let isSame = try one.bytes(name) == other.bytes(name)
      #expect(isSame, "\(name)", sourceLocation: sourceLocation)
    }
  }

  @Test("an interrupted run ends as an uninterrupted one", arguments: cases)
  func interrupted(settings: [String]) throws {
    let whole = try TinyRun(settings)
    #expect(try whole.train())
    let parts = try whole.sibling(settings)
    var isFinished = try parts.train(stoppingAfter: 3)
    #expect(!isFinished)
    // Stops within an epoch, after a single step, and around the end of an epoch.
    for steps in [1, 5, 11, 2, 30] where !isFinished {
      isFinished = try parts.train(.resume, stoppingAfter: steps)
    }
    if !isFinished { #expect(try parts.train(.resume)) }
    try Self.expectSame(whole, parts)
  }

  @Test func aKillBetweenTheBestAndTheLastCheckpointIsMadeGood() throws {
    let settings = ["model.dropout=0.2", "training.log-every=1"]
    let whole = try TinyRun(settings)
    try whole.train()
    let epoch = try #require(try whole.metrics().first { $0.split == .validation }?.step)

    let killed = try whole.sibling(settings)
    try killed.train(stoppingAfter: epoch - 4)
    // What another run had written by the end of the epoch: the best parameters and the metrics, but not the last.
    let later = try whole.sibling(settings)
    try later.train(stoppingAfter: epoch)
    try killed.write(try later.bytes("best.safetensors"), to: "best.safetensors")
    try killed.write(
      try later.bytes("metrics.jsonl") + Array("{\"step\":".utf8), to: "metrics.jsonl")
    #expect(try killed.train(.resume))
    try Self.expectSame(whole, killed)
  }

  @Test func aKillWhileWritingIsMadeGood() throws {
    let whole = try TinyRun()
    try whole.train()
    let killed = try whole.sibling([])
    try killed.train(stoppingAfter: 8)
    for name in ["last.safetensors", "best.safetensors", "config.yaml", "metrics.svg"] {
      try killed.write(Array(try whole.bytes(name).prefix(300)), to: ".\(name).tmp")
    }
    #expect(try killed.train(.resume))
    try Self.expectSame(whole, killed)
  }

  @Test func aKillBeforeTheFirstCheckpointStartsAnew() throws {
    let whole = try TinyRun()
    try whole.train()
    let killed = try whole.sibling([])
    try killed.train(stoppingAfter: 2)
    for name in ["last.safetensors", "vocabulary.json"] {
      try killed.folder.remove("run/\(name)")
    }
    #expect(try killed.train(.resume))
    try Self.expectSame(whole, killed)
  }

  @Test func aFinishedRunStaysAsItIs() throws {
    let run = try TinyRun(["data.test-fraction=0.1"])
    try run.train()
    let before = try Self.kept.map { try run.bytes($0) }
    #expect(try run.train(.resume))
    #expect(try Self.kept.map { try run.bytes($0) } == before)
  }

  @Test func aRunMayGetMoreEpochs() throws {
    let long = try TinyRun(["training.epochs=4"])
    try long.train()
    let extended = try long.sibling(["training.epochs=2"])
    try extended.train()
    var more = extended
    more.configuration.training.epochs = 4
    #expect(try more.train(.resume))
    try Self.expectSame(long, more)
  }

  @Test(
    "what decides the results may not change",
    arguments: [
      ("model.hidden-size=9", "model.hidden-size", "9", "8"),
      ("training.batch-size=4", "training.batch-size", "4", "3"),
      ("training.seed=8", "training.seed", "8", "3"),
      ("training.clip-norm=none", "training.clip-norm", "none", "5"),
      ("training.average=0.9", "training.average", "0.9", "none"),
      ("training.shift-windows=true", "training.shift-windows", "true", "false"),
      ("data.unit=word", "data.unit", "word", "character"),
    ])
  func conflict(setting: String, key: String, found: String, expected: String) throws {
    let run = try TinyRun()
    try run.train(stoppingAfter: 2)
    var changed = run
    changed.configuration = try TinyRun.configuration(
      [setting], text: run.configuration.data.train)
    let before = (Self.kept + ["config.yaml"]).map { try? run.bytes($0) }
    #expect {
      try changed.train(.resume)
    } throws: { error in
      guard case .conflict(_, key, found, let was) = error as? TaskError else { return false }
      return was.hasPrefix(expected)
    }
    #expect((Self.kept + ["config.yaml"]).map { try? run.bytes($0) } == before)
  }

  @Test func theLengthOfACosineMayNotChange() throws {
    let run = try TinyRun(["training.schedule.kind=cosine"])
    try run.train(stoppingAfter: 2)
    var longer = run
    longer.configuration.training.epochs = 3
    #expect {
      try longer.train(.resume)
    } throws: { error in
      guard case .conflict(_, "training.epochs", "3", "2") = error as? TaskError else {
        return false
      }
      return true
    }
  }

  @Test func anotherTextIsNoticed() throws {
    let run = try TinyRun()
    try run.train(stoppingAfter: 2)
    let file = run.configuration.data.train
    try run.folder.write(TinyRun.text(lines: 24, from: 1), to: "text.txt")
    #expect(throws: TaskError.otherData(folder: run.path, file: file)) {
      try run.train(.resume)
    }
  }

  @Test func aTextMayHaveMovedWhenItHoldsTheSame() throws {
    var whole = try TinyRun()
    whole.configuration.data.validation = try whole.folder.write(
      TinyRun.text(lines: 5, from: 3), to: "validation.txt")
    try whole.train()
    var parts = try whole.sibling([])
    let train = try parts.folder.write(try whole.folder.bytes(of: "text.txt"), to: "train.txt")
    let held = try parts.folder.write(TinyRun.text(lines: 5, from: 3), to: "held.txt")
    parts.configuration.data.train = train
    parts.configuration.data.validation = held
    try parts.train(stoppingAfter: 8)
    var moved = parts
    moved.configuration.data.train = try parts.folder.move("train.txt", to: "moved.txt")
    moved.configuration.data.validation = try parts.folder.move("held.txt", to: "moved too.txt")
    #expect(try moved.train(.resume))
    try Self.expectSame(whole, moved)
    // From now on the run is of the files where they are.
    #expect(try parts.folder.text(of: "run/config.yaml").contains("moved too.txt"))
  }

  @Test("another text elsewhere is refused", arguments: [true, false])
  func anotherTextElsewhere(isTrained: Bool) throws {
    let run = try TinyRun()
    try run.train(stoppingAfter: 2)
    if !isTrained { try run.folder.remove("run/last.safetensors") }
    let before = (Self.kept + ["config.yaml"]).map { try? run.bytes($0) }
    var moved = run
    let other = try run.folder.write(
      isTrained ? TinyRun.text(lines: 24, from: 1) : TinyRun.text(lines: 24), to: "other.txt")
    moved.configuration.data.train = other
    // Before the first checkpoint nothing tells what the text held.
    let error =
      isTrained
      ? TaskError.otherData(folder: run.path, file: other)
      : .conflict(
        folder: run.path, setting: "data.train", found: other,
        expected: run.configuration.data.train)
    #expect(throws: error) { try moved.train(.resume) }
    #expect((Self.kept + ["config.yaml"]).map { try? run.bytes($0) } == before)
  }

  @Test func aVocabularyOfAnotherSizeIsNamed() throws {
    let run = try TinyRun()
    try run.train(stoppingAfter: 40)
    let vocabulary = try TextCorpus(run.configuration.data).vocabulary
    let larger = Vocabulary(
      of: try run.folder.text(of: "text.txt") + "☃", unit: .character, unknown: true)
    try larger.write(to: run.path + "/vocabulary.json")
    let expected = TaskError.otherVocabulary(
      path: run.path + "/vocabulary.json", found: larger.count, expected: vocabulary.count)
    #expect(throws: expected) { try run.train(.resume) }
    #expect(throws: expected) { _ = try run.trained(LSTMCell.self) }
  }

  @Test func whatCannotBeResumedLeavesTheFolderAlone() throws {
    let run = try TinyRun()
    try run.train(stoppingAfter: 2)
    try run.write(Array(try run.bytes("last.safetensors").dropLast(5)), to: "last.safetensors")
    let before = try run.bytes("config.yaml")
    var longer = run
    longer.configuration.training.epochs = 7
    #expect(throws: CheckpointError.self) { try longer.train(.resume) }
    #expect(try run.bytes("config.yaml") == before)
  }
}
