import Foundation
import NumPy
import Tensors
import Testing

@Suite("Models of ONNX at the command line")
struct ONNXVerbTests {
  /// A folder with a model that PyTorch exported, as `m.onnx`.
  static func folder(_ name: String) throws -> CommandFolder {
    let folder = try CommandFolder()
    let fixture = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Fixtures/onnx-in/\(name)/model.onnx")
    try folder.write([UInt8](try Data(contentsOf: fixture)), to: "m.onnx")
    return folder
  }

  @Test func aModelsInputsOutputsAndNodesAreShown() throws {
    let outcome = try Self.folder("pytorch-tagger-torchscript").run("inspect", "onnx", "m.onnx")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("m.onnx: version 17 of the operators, written by pytorch"))
    #expect(outcome.output.contains("it reads\n  input_0 int64 [first, second]\nit says\n"))
    #expect(outcome.output.contains("2 LSTM"))
  }

  @Test func oneArrayGoesInAndOneComesOut() throws {
    let folder = try Self.folder("pytorch-tagger-torchscript")
    // Numbers of 32 bits fit an input of 64.
    try NumPyWriter.write(
      .indices(IndexTensor([1, 2, 3, 10, 0, 5], shape: [3, 2])), to: folder.path + "/in.npy")
    let outcome = try folder.run("predict", "m.onnx", "in.npy", "--output", "out.npy")
    #expect(
      outcome.code == 0 && outcome.output.contains(" float32 [3, 2, 3]: out.npy"), "\(outcome)")
    let said = try NumPyArray(contentsOf: folder.path + "/out.npy").tensor(as: .float64)
    #expect(said.shape == [3, 2, 3])
    #expect(said.sum(axis: 2).scalars.allSatisfy { abs($0 - 1) < 1e-6 })
  }

  @Test func severalArraysGoInAndComeOutByName() throws {
    let folder = try Self.folder("pytorch-pooled-torchscript")
    try NumPyWriter.write(
      [
        "input_0": .tensor(.generate([2, 5, 3]) { Double($0).remainder(dividingBy: 0.7) }),
        "input_1": .indices([5, 2]),
      ], to: folder.path + "/in.npz")
    let outcome = try folder.run("predict", "m.onnx", "in.npz", "--output", "out.npz")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let archive = try NumPyArchive(contentsOf: folder.path + "/out.npz")
    #expect(archive.names.count == 2)
    #expect(try archive.array(archive.names[0]).shape == [2, 2])
    let labels = try archive.array(archive.names[1])
    #expect(labels.dtype == .int64)
    #expect(try labels.integers().allSatisfy { (0...1).contains($0) })
  }

  @Test func whatIsSaidIsWrittenInItsOwnType() throws {
    let folder = try Self.folder("node-casts")
    try NumPyWriter.write(
      .tensor(Tensor([0, 1, 2.75, 100], shape: [4])), to: folder.path + "/in.npy")
    let outcome = try folder.run("predict", "m.onnx", "in.npy", "--output", "out.npz")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let archive = try NumPyArchive(contentsOf: folder.path + "/out.npz")
    for (name, type) in [
      ("int8", NumPyDType.int8), ("int16", .int16), ("int32", .int32), ("int64", .int64),
      ("uint8", .uint8), ("uint16", .uint16), ("bool", .bool),
    ] {
      let array = try archive.array(name)
      #expect(array.dtype == type)
      #expect(try array.integers() == (name == "bool" ? [0, 1, 1, 1] : [0, 1, 2, 100]))
    }
  }

  static let wrong: [BadInputTests.Case] = [
    .init(
      "no model", ["predict", "m.onnx", "in.npy", "-o", "out.npy"], "there is no file 'm.onnx'"),
    .init(
      "a file that is none", ["inspect", "onnx", "m.onnx"], "'m.onnx' should be an ONNX model, but"
    ) { try $0.write("\u{FF}text", to: "m.onnx") },
  ]

  @Test("what is wrong is one sentence", arguments: wrong)
  func badInput(_ wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: CommandFolder())
  }

  @Test func whatDoesNotFitIsOneSentence() throws {
    let folder = try Self.folder("pytorch-pooled-torchscript")
    let path = folder.path
    try NumPyWriter.write(
      ["input_0": .tensor(.zeros([2, 5, 3])), "words": .indices([5, 2])], to: path + "/other.npz")
    try NumPyWriter.write(["input_0": .tensor(.zeros([2, 5, 3]))], to: path + "/less.npz")
    try NumPyWriter.write(
      ["input_0": .tensor(.zeros([2, 5, 4])), "input_1": .indices([5, 2])], to: path + "/wide.npz")
    try NumPyWriter.write(.tensor(.zeros([2, 5, 3])), to: path + "/one.npy")
    let cases = [
      ("other.npz", "out.npz", "input 'words' is not read; it reads 'input_0', 'input_1'"),
      ("less.npz", "out.npz", "input 'input_1' is missing; it should be input_1 int64 [2]"),
      (
        "wide.npz", "out.npz",
        "should be input_0 float32 [first, second, 3], but it is float32 [2, 5, 4]"
      ),
      ("one.npy", "out.npz", "'one.npy' should be an .npz or .safetensors file with input_0"),
      ("less.npz", "out.npy", "'out.npy' should be an .npz file, since the model says"),
    ]
    for (input, output, sentence) in cases {
      let outcome = try folder.run("predict", "m.onnx", input, "-o", output)
      #expect(outcome.code == 1 && outcome.errorLines.count == 1, "\(outcome)")
      #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
      #expect(!folder.holds(output))
    }
  }
}
