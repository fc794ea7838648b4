import Configuration
import Datasets
import Layers
import Runs
import Tensors
import TestSupport
import Testing

@testable import Tasks

@Suite("Rehearsal")
struct RehearsalTests {
  /// A language model of an LSTM over a text by a formula.
  static func language(
    _ settings: [String] = [], lines: Int = 24
  ) throws -> TaskRun<LanguageModelConfiguration> {
    try TaskRun(
      [
        "task=language-model", "data.train=text.txt", "model.cell=lstm", "model.embedding-size=6",
        "model.hidden-size=8", "model.layers=1", "training.batch-size=3", "training.window=7",
        "training.epochs=2", "training.log-every=5", "training.seed=3",
      ] + settings
    ) { try $0.write(TinyRun.text(lines: lines), to: "text.txt") }
  }

  static func tagging() throws -> TaskRun<TaggingConfiguration> {
    try TaskRun([
      "task=tagging", "data.train=train.txt", "data.validation=valid.txt",
      "model.embedding-size=5", "model.hidden-size=6", "model.layers=1",
      "model.characters.size=3", "model.characters.hidden-size=4", "training.batch-size=4",
      "training.epochs=2", "training.seed=3",
    ]) {
      try $0.write(TinyTagging.conllu(22), to: "train.txt")
      try $0.write(TinyTagging.conllu(7, from: 40), to: "valid.txt")
    }
  }

  @Test("a run of every task is foreseen, and nothing is written", arguments: TaskKind.allCases)
  func everyTask(kind: TaskKind) throws {
    switch kind {
    case .languageModel: try check(Self.language(["training.tensorboard=true"]))
    case .tagging: try check(Self.tagging())
    case .trees: try check(TreeTaskTests.run())
    case .classification: try check(ClassificationTaskTests.run())
    case .images: try check(ImageTaskTests.run())
    case .music: try check(MusicTaskTests.run())
    case .translation: try check(TranslationTaskTests.run())
    case .generated: try check(GeneratedTaskTests.run())
    }
  }

  private func check<Configuration>(_ run: TaskRun<Configuration>) throws {
    let before = try run.folder.allNames
    let estimate = try run.estimate()
    #expect(try run.folder.allNames == before)
    try check(run.configuration.taskType, run, estimate)
  }

  /// Against the run itself.
  private func check<Task: CommandLineTask>(
    _ task: Task.Type, _ run: TaskRun<Task.Configuration>, _ estimate: TrainingEstimate
  ) throws {
    #expect(estimate.step.forward.multiplyAdds > 0)
    #expect(estimate.step.backward.multiplyAdds > estimate.step.forward.multiplyAdds)
    #expect(estimate.step.seconds > 0 && estimate.step.timed >= 3)
    let writing = try #require(estimate.writingSeconds)
    #expect(writing > 0)
    let ends = (estimate.steps - 1) / estimate.stepsPerEpoch + 1
    let sum =
      estimate.step.seconds * Double(estimate.steps)
      + estimate.evaluationSeconds * Double(estimate.evaluations)
      + writing * Double(ends)
    #expect(abs(estimate.seconds - sum) < 1e-9)
    #expect(estimate.memory.batch > 0 && estimate.memory.resident > estimate.memory.batch)
    #expect(try run.train())
    let model = Task.model(run.configuration, try Task.artefacts(in: RunFolder(reading: run.path)))
    #expect(estimate.parameters.map(\.name) == model.parameters.map(\.name))
    #expect(estimate.parameters.map(\.shape) == model.parameters.map(\.tensor.shape.dimensions))
    #expect(estimate.parameters.map(\.count) == model.parameters.map(\.tensor.count))
    #expect(estimate.parameterCount == model.parameterCount)
    let metrics = try run.metrics()
    #expect(estimate.steps == metrics.last?.step)
    #expect(estimate.evaluations == metrics.count { $0.split == .validation })
    for name in try run.folder.allNames where name.hasPrefix("run/") && name != "run/lock" {
      let size = try run.folder.bytes(of: name).count
      let file = estimate.files.first { name.hasPrefix("run/" + $0.name) }
      let foreseen = try #require(file, "\(name)").bytes
      // Numbers in texts are longer or shorter, weights after the training spread wider.
      #expect(abs(size - foreseen) <= size / 4 + 200, "\(name): \(foreseen) foreseen, \(size)")
    }
    #expect(estimate.files.count == (try run.folder.allNames.count { $0.hasPrefix("run/") }) - 1)
  }

  @Test("where nothing can be written, that takes no time, and the rest is foreseen")
  func unwritable() throws {
    let run = try Self.language()
    let estimate = try TrainingRun<LanguageModelTask<LSTMCell>>.estimate(
      run.configuration, at: "/proc/none/run", mode: .create, seconds: 0)
    #expect(estimate.writingSeconds == nil && estimate.step.seconds > 0)
  }

  @Test func whatIsTimedEarlyCountsOnlyIfNothingElseDoes() {
    var timing = RepeatedTiming()
    #expect(timing.isEmpty && timing.mean == nil)
    for seconds in [7.0, 9] { timing.add(seconds, counts: false) }
    #expect(!timing.isEmpty && timing.mean == 8)
    for seconds in [1.0, 2, 6] { timing.add(seconds, counts: true) }
    #expect(timing.mean == 3)
  }

  @Test("dry runs of one run at once write to folders of their own, and leave none")
  func folders() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("run")
    do {
      let first = try #require(RehearsalFolder(for: path))
      let second = try #require(RehearsalFolder(for: path))
      #expect(first.files.path != second.files.path)
      for kept in [first, second] {
        #expect(try folder.names.contains { kept.files.path.hasSuffix("/" + $0) })
      }
    }
    #expect(try folder.names == [])
  }

  @Test func whatIsLeftOfADryRunThatWasKilledGoesWithTheNext() throws {
    let folder = try TemporaryFolder()
    let others = [".other.dry-run.1", "run.dry-run.1"]
    for name in [".run.dry-run.1", ".run.dry-run.2"] + others { try folder.makeFolder(name) }
    for name in ["config.yaml", "lock", "best.safetensors"] {
      try folder.write("", to: ".run.dry-run.1/\(name)")
    }
    #expect(RehearsalFolder(for: folder.file("run")) != nil)
    #expect(try folder.names.sorted() == others)
  }

  @Test("the products of an LSTM language model are those counted by hand")
  func flops() throws {
    // 3 lanes of 7 symbols, and one more to foretell: an epoch is one window.
    let run = try TaskRun<LanguageModelConfiguration>([
      "task=language-model", "data.train=text.txt", "data.validation-fraction=0",
      "model.cell=lstm", "model.embedding-size=6", "model.hidden-size=8", "model.layers=1",
      "training.batch-size=3", "training.window=7",
    ]) { try $0.write("abcdefghijklmnopqrstuv", to: "text.txt") }
    let estimate = try run.estimate()
    #expect(estimate.stepsPerEpoch == 1)
    let (n, e, h) = (3 * 7, 6, 8)
    let v = try #require(estimate.parameters.first).shape[0]
    // Four gates of the input and of the state before, and a score for each symbol.
    let forward = n * 4 * h * (e + h) + n * h * v
    #expect(estimate.step.forward.multiplyAdds == forward)
    // For each product one to its weights and one to what it was made of.
    #expect(estimate.step.backward.multiplyAdds == 2 * forward)
    #expect(
      estimate.parameterCount == v * e + 4 * h * (e + h) + 8 * h + h * v + v
        || estimate.parameterCount == v * e + 4 * h * (e + h) + 4 * h + h * v + v)
  }

  @Test("a run has the same bits, with a check of memory, without, and after a dry run")
  func bits() throws {
    let settings = ["model.dropout=0.2", "model.layers=2", "training.average=0.9"]
    let runs = try (0..<3).map { _ in try Self.language(settings) }
    _ = try runs[0].estimate()
    #expect(try runs[0].train(available: nil))
    #expect(try runs[1].train(available: AvailableMemory(bytes: 1 << 40)))
    #expect(try runs[2].train(available: nil))
    for name in ["last.safetensors", "best.safetensors", "metrics.jsonl"] {
      // The paths of the texts differ, and nothing else.
      #expect(try runs[0].bytes(name) == runs[2].bytes(name), "\(name)")
      #expect(try runs[1].bytes(name) == runs[2].bytes(name), "\(name)")
    }
  }

  @Test("a run that goes on is foreseen with what its folder knows")
  func resumed() throws {
    let run = try Self.language()
    #expect(try !run.train(stoppingAfter: 3))
    let before = try run.bytes("last.safetensors")
    #expect(try run.estimate(.resume).parameterCount > 0)
    #expect(try run.bytes("last.safetensors") == before)
  }

  @Test("without the memory for a step there is no run, and one sentence says why")
  func refused() throws {
    let run = try Self.language()
    let error = try #require(throws: TaskError.self) {
      try run.train(available: AvailableMemory(bytes: 3000, limit: .group))
    }
    let text = "\(error)"
    #expect(text.hasPrefix("a training step on the largest batch, of 21 tokens, needs "))
    #expect(
      text.hasSuffix(
        " of memory, but the control group of the process leaves 3.00 kB: make training.batch-size or "
          + "training.window or the model smaller, or go on with --no-memory-check"))
    #expect(try run.folder.names == ["text.txt"])
    #expect(try run.train(available: nil))
  }

  @Test("what is refused is more than there is, and what is let through is not much less")
  func border() async {
    // In a process where nobody else takes memory.
    await #expect(processExitsWith: .success) {
      let run = try RehearsalTests.language(
        ["training.window=64", "training.batch-size=8", "model.hidden-size=40"], lines: 400)
      let task = try LanguageModelTask<LSTMCell>(run.configuration, artefacts: nil)
      func rehearsal() -> Rehearsal<LanguageModelTask<LSTMCell>> {
        Rehearsal(run.configuration, task: task)
      }
      var first = rehearsal()
      let batch = first.epoch[1]
      _ = first.make(batch)
      let bytes = first.make(batch).bytes
      func isRefused(_ bytes: Double) -> Bool {
        var other = rehearsal()
        do { try other.checkMemory(AvailableMemory(bytes: Int(bytes))) } catch { return true }
        return false
      }
      for share in [0.05, 0.3, 0.6, 0.9] where !isRefused(Double(bytes) * share) {
        fatalError("\(share) of \(bytes) bytes were enough")
      }
      for share in [1.1, 1.5, 3, 10] where isRefused(Double(bytes) * share) {
        fatalError("\(share) of \(bytes) bytes were not enough")
      }
    }
  }
}
