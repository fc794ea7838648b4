import Configuration
import Datasets
import Interchange
import Runs
import Safetensors
import Tensors
import TestSupport
import Testing

@testable import Tasks

/// Models of runs as they go to another framework.
@Suite("Exports of runs")
struct ModelExportTests {
  /// A language model from elsewhere, which may end in a function.
  static func stack(_ ending: [LayerDescription]) throws -> LayerStack {
    var gru = LayerDescription.Recurrent(name: "body", cell: .gru, inputs: 3, hidden: 5)
    gru.biases = 2
    let description = StackDescription(
      [
        .embedding(.init(name: "table", vocabulary: 4, size: 3)), .recurrent(gru),
        .dense(.init(name: "head", inputs: 5, outputs: 4)),
      ] + ending)
    var generator = RandomGenerator(seed: 3)
    let weights: [(String, Tensor)] = [
      ("table.weight", generator.normal([4, 3])),
      ("body.weight_ih_l0", generator.normal([15, 3])),
      ("body.weight_hh_l0", generator.normal([15, 5])),
      ("body.bias_ih_l0", generator.normal([15])), ("body.bias_hh_l0", generator.normal([15])),
      ("head.weight", generator.normal([4, 5])), ("head.bias", generator.normal([4])),
    ]
    return try LayerStack(
      description, weights: Dictionary(uniqueKeysWithValues: weights), from: "a")
  }

  @Test(
    "a model that came from elsewhere goes back with the layers that it had",
    arguments: [nil, .softmax, .logSoftmax] as [LayerDescription.Function?])
  func finalFunction(function: LayerDescription.Function?) throws {
    let folder = try TemporaryFolder()
    let stack = try Self.stack(function.map { [.function($0)] } ?? [])
    let path = folder.file("a.safetensors")
    try StackFile.write(stack, probe: Probe(of: stack), to: path, for: .pytorch)
    let file = try StackFile(contentsOf: path, of: .pytorch)
    let text = try folder.write("abcdabdcbacd", to: "text.txt")
    let symbols = try folder.write(#"["a", "b", "c", "d"]"#, to: "symbols.json")
    let vocabulary = try Vocabulary(foreign: symbols, unit: .character)
    let run = folder.file("run")
    let brought = try LanguageModelImport(file, text: text, unit: .character)
    _ = try brought.write(to: run, vocabulary: vocabulary, from: symbols, mode: .create)
    let export = try ModelExport(RunFolder(reading: run), brought.configuration.taskType)
    #expect(export.stack.description == file.stack.description)
    #expect(try export.probe.output.scalars == file.stack(export.probe.input).scalars)
    let back = folder.file("back.safetensors")
    try StackFile.write(export.stack, probe: export.probe, to: back, for: .pytorch)
    let read = try StackFile(contentsOf: back, of: .pytorch)
    #expect(read.stack.description == stack.description)
  }

  @Test func layersThatAreNoLanguageModelAreRefusedAsSuch() throws {
    let folder = try TemporaryFolder()
    let stack = try Self.stack([.function(.activation(.tanh))])
    let path = folder.file("a.safetensors")
    try StackFile.write(stack, probe: Probe(of: stack), to: path, for: .pytorch)
    let file = try StackFile(contentsOf: path, of: .pytorch)
    let error = InterchangeError.noLanguageModel(path: path)
    #expect(throws: error) { try LanguageModelImport(file, text: "t", unit: .character) }
    #expect(error.description.hasPrefix("the layers in '\(path)' are not those of a language"))
  }
}
