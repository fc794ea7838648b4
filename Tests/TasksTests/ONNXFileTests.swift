import Configuration
import Files
import Foundation
import Interchange
import NumPy
import Runs
import Tensors
import TestSupport
import Testing

@testable import ONNX
@testable import Tasks

/// Trained models as they go to ONNX: what is written says what the model says.
@Suite("ONNX files of runs")
struct ONNXFileTests {
  /// The graphs of a run's model.
  static func files(
    _ path: String, _ configuration: some RunnableConfiguration
  ) throws -> [ONNXFile] {
    func files<Task: ONNXTask>(_ task: Task.Type) throws -> [ONNXFile] {
      let configuration = try #require(configuration as? Task.Configuration)
      return try Task.onnx(RunFolder(reading: path), configuration)
    }
    guard let task = configuration.taskType as? any ONNXTask.Type else { return [] }
    return try files(task)
  }

  /// Trains for three steps, and writes the model to a folder of its own.
  static func check<Configuration>(_ run: TaskRun<Configuration>, files count: Int = 1) throws {
    try run.train()
    try check(files(run.path, run.configuration), count: count)
  }

  static func check(_ files: [ONNXFile], count: Int = 1) throws {
    let folder = try TemporaryFolder()
    let certificates = try ONNXFile.write(files, to: folder.file("a.onnx"))
    #expect(certificates.count == count)
    #expect(certificates.allSatisfy { $0.outputs > 0 && $0.largestDifference <= 1e-5 })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == count)
    // All that a graph says is compared.
    for file in files {
      #expect(Set(file.probe.outputs.map(\.name)) == Set(file.model.outputs.map(\.name)))
      #expect(Set(file.probe.inputs.map(\.name)) == Set(file.model.inputs.map(\.name)))
    }
  }

  static let few = ["training.steps=3"]
  static let cells: [[String]] =
    ["elman", "gru", "leaky", "jordan", "minimal-gated", "min-gru", "min-lstm"]
    .map { ["model.cell=\($0)"] }
    + [
      [], ["model.layers=2", "model.lags=[1, 3]"],
      ["model.hidden-size=6", "model.tie-weights=true"],
      ["model.cell=clockwork", "model.periods=[1, 2]"], ["data.unit=byte"],
    ]

  @Test("a language model of any cell", arguments: cells)
  func languageModel(settings: [String]) throws {
    let run = try TinyRun(settings + Self.few)
    try run.train()
    try Self.check(Self.files(run.path, run.configuration))
  }

  @Test(
    "a classifier of texts and of series",
    arguments: [
      [], ["model.pooling=mean"], ["model.pooling=max"], ["model.pooling=attention"],
      ["model.bidirectional=false"], ClassificationTaskTests.blocks,
    ])
  func classification(settings: [String]) throws {
    try Self.check(ClassificationTaskTests.run(settings + Self.few))
  }

  @Test("a classifier of images", arguments: ["rows", "pixels", "permuted"])
  func images(reading: String) throws {
    try Self.check(ImageTaskTests.run(["model.reading=\(reading)"] + Self.few))
  }

  @Test func musicAndGeneratedSequences() throws {
    try Self.check(MusicTaskTests.run(Self.few))
    try Self.check(MusicTaskTests.run(Self.few + ["model.cell=clockwork", "model.periods=[1, 3]"]))
    try Self.check(GeneratedTaskTests.run(Self.few))
    try Self.check(GeneratedTaskTests.run(GeneratedTaskTests.copy + Self.few))
  }

  @Test(
    "a tagger",
    arguments: [
      [], ["model.characters.size=0"], ["model.output=crf", "model.layers=2"],
      ["model.output=jordan"],
    ])
  func tagging(settings: [String]) throws {
    let run = try TinyTagging(settings + Self.few)
    try run.train()
    try Self.check(Self.files(run.path, run.configuration))
  }

  @Test(
    "a translator",
    arguments: [
      [], ["model.attention.score=none"],
      ["model.attention.score=none", "model.decoder.reads-context=true"], ["model.tie=target"],
      ["model.decoder.bridge=last", "model.encoder.hidden-size=3", "model.layers=2"],
    ])
  func translation(settings: [String]) throws {
    try Self.check(TranslationTaskTests.run(settings + Self.few), files: 2)
  }

  @Test("the probe of each file can be written beside it")
  func probes() throws {
    let run = try TranslationTaskTests.run(Self.few)
    try run.train()
    let folder = try TemporaryFolder()
    let files = try Self.files(run.path, run.configuration)
    _ = try ONNXFile.write(files, to: folder.file("a.onnx"), probe: folder.file("p.npz"))
    #expect(
      try folder.names == [
        "a-decoder-step.onnx", "a-encoder.onnx", "p-decoder-step.npz", "p-encoder.npz",
      ])
    for (part, file) in zip(["encoder", "decoder-step"], files) {
      let graph = try ONNXGraph(contentsOf: folder.file("a-\(part).onnx"))
      let archive = try NumPyArchive(contentsOf: folder.file("p-\(part).npz"))
      #expect(
        Set(archive.names)
          == Set(
            graph.inputs.map { "input.\($0.name)" } + graph.outputs.map { "output.\($0.name)" }))
      for (name, value) in file.probe.inputs {
        let array = try archive.array("input.\(name)")
        #expect(array.shape == value.shape.dimensions && Self.type(of: array) == value.type)
      }
      // What is written is what the graph says, wherever a number is expected.
      let said = try graph.run(
        Dictionary(uniqueKeysWithValues: file.probe.inputs.map { ($0.name, $0.value) }))
      for (name, value) in said {
        let array = try archive.array("output.\(name)")
        #expect(array.shape == value.shape.dimensions && Self.type(of: array) == value.type)
        let expected = array.tensor(as: .float64).scalars
        for (x, y) in zip(expected, value.scalars) where !x.isNaN {
          #expect(abs(x - y) <= 1e-5 * max(1, abs(x)), "\(name)")
        }
      }
    }
  }

  @Test("what a tagger says past a sentence's end is marked in its probe")
  func markedProbe() throws {
    let run = try TinyTagging(Self.few)
    try run.train()
    let folder = try TemporaryFolder()
    let files = try Self.files(run.path, run.configuration)
    _ = try ONNXFile.write(files, to: folder.file("a.onnx"), probe: folder.file("p.npz"))
    let archive = try NumPyArchive(contentsOf: folder.file("p.npz"))
    let lengths = try archive.array("input.lengths").integers()
    let tags = try archive.array("output.tags")
    let steps = tags.shape[0]
    #expect(try tags.integers().count { $0 == -1 } == lengths.reduce(0) { $0 + steps - Int($1) })
    let scalars = try archive.array("output.probabilities").tensor(as: .float32).scalars
    #expect(scalars.contains { $0.isNaN } && scalars.contains { !$0.isNaN })
  }

  @Test("where a probe cannot be written there is no model")
  func unwritableProbe() throws {
    let run = try TinyRun(Self.few)
    try run.train()
    let folder = try TemporaryFolder()
    let files = try Self.files(run.path, run.configuration)
    #expect(throws: FileError.self) {
      try ONNXFile.write(files, to: folder.file("a.onnx"), probe: folder.file("no/p.npz"))
    }
    #expect(try folder.names == [])
  }

  private static func type(of array: NumPyArray) -> ONNXElementType? {
    switch (array.dtype.kind, array.dtype.size) {
    case (.float, 4): .float32
    case (.signed, 8): .int64
    case (.signed, 4): .int32
    case (.unsigned, 1): .uint8
    default: nil
    }
  }

  @Test("a damaged weight of any table is found out, and nothing is written", arguments: [0, 1])
  func damage(place: Int) throws {
    let run = try TranslationTaskTests.run(Self.few)
    try run.train()
    let files = try Self.files(run.path, run.configuration)
    var tried = 0
    for number in files[place].model.graph.initializer.indices {
      var damaged = files
      // Of a table of symbols' vectors, the first that is read.
      let read = try #require(files[place].probe.inputs[0].value.wholeNumbers).elements[0]
      let isDamaged = damaged[place].model.graph.initializer[number].damage(vector: Int(read))
      guard isDamaged else { continue }
      tried += 1
      let folder = try TemporaryFolder()
      for name in ["a-encoder.onnx", "a-decoder-step.onnx"] { try folder.write("old", to: name) }
      let name = files[place].model.graph.initializer[number].name
      let error = #expect(throws: InterchangeError.self, "\(name)") {
        try ONNXFile.write(damaged, to: folder.file("a.onnx"))
      }
      guard case .difference(let path, let largest, _) = error else {
        Issue.record("\(name): \(String(describing: error))")
        continue
      }
      #expect(path == folder.file(place == 0 ? "a-encoder.onnx" : "a-decoder-step.onnx"))
      #expect(largest > 1e-5)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
      #expect(names.count == 2)
      for name in names { #expect(try folder.bytes(of: name) == Array("old".utf8)) }
    }
    #expect(tried > 2)
  }
}

extension Onnx_TensorProto {
  /// Adds 1 to a weight in the middle, or of symbols' vectors to the first number of one.
  ///
  /// - Returns: Whether this is a table of weights.
  fileprivate mutating func damage(vector: Int) -> Bool {
    guard let tensor, tensor.count > 3, tensor.shape.rank > 1 else { return false }
    var scalars = tensor.scalars
    let isOfSymbols = ["source.weight", "target.weight"].contains(name)
    scalars[isOfSymbols ? vector * tensor.shape[1] : scalars.count / 2] += 1
    var copy = Onnx_TensorProto(
      Tensor(scalars, shape: tensor.shape, scalarType: tensor.scalarType))
    copy.name = name
    self = copy
    return true
  }
}
