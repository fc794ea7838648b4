import Foundation
import NumPy
import Tensors
import Testing

@Suite("Export by command")
struct ExportVerbTests {
  /// Whether the bytes of a text stand somewhere in a file.
  static func holds(_ file: [UInt8], _ text: String) -> Bool {
    Data(file).range(of: Data(text.utf8)) != nil
  }

  @Test func aRunBecomesAnONNXGraphWithItsVocabulary() throws {
    let folder = try CommandFolder.withRun()
    let outcome = try folder.run("export", "run", "--to", "onnx", "a.onnx")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("model for onnx: a.onnx\nit reads\n  symbols [time, batch]"))
    #expect(outcome.output.contains("\nit says\n"))
    #expect(outcome.output.contains("  log_probabilities [time, batch, "))
    #expect(
      outcome.output.contains("outputs of the probe are the same: the largest difference is "))
    let file = try folder.bytes(of: "a.onnx")
    for text in ["LSTM", "final_h_l0", "language-model", "unfold.vocabulary", "symbols"] {
      #expect(Self.holds(file, text), "\(text)")
    }
    // The same run gives the same file, in the place of what was there.
    try folder.write("old", to: "b.onnx")
    #expect(try folder.run("export", "run", "--to", "onnx", "b.onnx", "--overwrite").code == 0)
    #expect(try folder.bytes(of: "b.onnx") == file)
  }

  @Test("a file that is there is replaced only when that is said", arguments: ["onnx", "pytorch"])
  func overwriting(target: String) throws {
    let folder = try CommandFolder.withRun()
    let file = target == "onnx" ? "a.onnx" : "a.safetensors"
    try folder.write("old", to: file)
    let arguments = ["export", "run", "--to", target, file]
    let refused = try folder.run(arguments)
    #expect(refused.code == 1)
    #expect(
      refused.errors
        == "unfold: '\(file)' is there already: replace it by --overwrite, or name another file\n")
    #expect(try folder.text(of: file) == "old")
    #expect(try folder.run(arguments + ["--overwrite"]).code == 0)
    #expect(try folder.bytes(of: file).count > 1000)
    guard target == "onnx" else { return }
    try folder.write("old", to: "p.npz")
    let probed = try folder.run("export", "run", "--to", "onnx", "b.onnx", "--probe", "p.npz")
    #expect(probed.code == 1 && probed.errors.contains("'p.npz' is there already"))
    #expect(!folder.holds("b.onnx"))
  }

  @Test("a model that was imported becomes an ONNX graph, too")
  func modelFolder() throws {
    let folder = try CommandFolder.withRun()
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    _ = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    let outcome = try folder.run("export", "model", "--to", "onnx", "m.onnx", "--probe", "m.npz")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("model for onnx: m.onnx\nit reads\n  symbols [time, batch]"))
    #expect(outcome.output.contains("  outputs [time, batch, "))
    #expect(
      outcome.output.contains("outputs of the probe are the same: the largest difference is "))
    #expect(try Self.holds(folder.bytes(of: "m.onnx"), "unfold.layers"))
    let predicted = try folder.run("predict", "m.onnx", "m.npz", "--output", "out.npz")
    #expect(predicted.code == 1 && predicted.errorLines.count == 1)
    let summary = try folder.run("summary", "--run", "model")
    #expect(summary.code == 0, "\(summary.errors)")
    #expect(summary.output.contains("rnn: LSTM"), "\(summary.output)")
    #expect(summary.output.split(separator: "\n").last?.hasPrefix("total ") == true)
  }

  @Test func aTaggerAndAModelOfMusicAreExported() throws {
    let tagger = try CommandFolder.withTagger()
    let outcome = try tagger.run("export", "run", "--to", "onnx", "a.onnx")
    #expect(outcome.output.contains("  characters [length, time, batch]"), "\(outcome.errors)")
    #expect(outcome.output.contains("  tags [time, batch]"))
    #expect(try Self.holds(tagger.bytes(of: "a.onnx"), "NOUN"))
    let music = try MusicVerbTests.folder()
    let piece = try music.run("export", "run", "--to", "onnx", "a.onnx")
    #expect(piece.output.contains("  frames [time, batch, 88]"), "\(piece.errors)")
    #expect(try Self.holds(music.bytes(of: "a.onnx"), "lowest_note"))
  }

  @Test(
    "onnxruntime says what the model said, by the script of the command",
    .enabled(
      if: PeerPython.has("onnxruntime, numpy"), "no Python with onnxruntime: UNFOLD_PEER_PYTHON"))
  func onnxruntime() throws {
    let folder = try CommandFolder.withRun()
    let exported = try folder.run(
      "export", "run", "--to", "onnx", "a.onnx", "--probe", "p.npz")
    #expect(exported.code == 0, "\(exported.errors)")
    try folder.write(folder.run("export", "--script", "onnx").output, to: "unfold_onnx.py")
    let outcome = try PeerPython.run(["unfold_onnx.py", "a.onnx", "p.npz"], in: folder)
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("outputs of the probe in onnxruntime "))
    #expect(outcome.output.contains("the largest difference is "))

    // Of another model, the same inputs give something else.
    let path = folder.path + "/p.npz"
    let archive = try NumPyArchive(contentsOf: path)
    let arrays = try archive.names.map { name -> (key: String, value: NumPyWriter.Array) in
      let array = try archive.array(name)
      guard array.scalarType != nil else {
        let type: NumPyDType = array.dtype
        return (
          name, .wholeNumbers(try array.integers(), shape: Shape(array.shape), type)
        )
      }
      let tensor = array.tensor(as: .float32)
      return (name, .tensor(name == "output.log_probabilities" ? tensor + 0.001 : tensor))
    }
    try NumPyWriter.write(arrays: arrays, to: path)
    let other = try PeerPython.run(["unfold_onnx.py", "a.onnx", "p.npz"], in: folder)
    #expect(other.code == 1)
    #expect(other.errors.hasPrefix("a.onnx: the outputs differ by up to "), "\(other.errors)")
  }

  @Test("the probe is written where it is asked for, and only then")
  func probe() throws {
    let folder = try CommandFolder.withRun()
    #expect(try folder.run("export", "run", "--to", "onnx", "a.onnx").code == 0)
    #expect(!folder.holds("p.npz"))
    let outcome = try folder.run("export", "run", "--to", "onnx", "b.onnx", "--probe", "p.npz")
    #expect(outcome.output.hasSuffix("probe: p.npz\n"), "\(outcome.errors)")
    let archive = try NumPyArchive(contentsOf: folder.path + "/p.npz")
    #expect(
      archive.names.sorted() == [
        "input.initial_c_l0", "input.initial_h_l0", "input.lengths", "input.symbols",
        "output.final_c_l0", "output.final_h_l0", "output.log_probabilities",
      ])
  }

  @Test("the scripts of all sides are printed", arguments: ["pytorch", "keras", "onnx"])
  func scripts(target: String) throws {
    let outcome = try CommandFolder().run("export", "--script", target)
    #expect(outcome.code == 0 && outcome.output.contains("LIMIT = 1e-5"))
  }

  static let misused: [(arguments: [String], said: String)] = [
    (["run", "--to", "onnx"], "give a run's folder, --to and a file; or --script"),
    (["run", "a.onnx"], "give a run's folder, --to and a file; or --script"),
    (["run", "--script", "onnx"], "--script prints a script and takes no model"),
    (
      ["run", "--to", "onnx", "a.safetensors"],
      "the file for onnx should end in .onnx, but it is 'a.safetensors'"
    ),
    (
      ["run", "--to", "pytorch", "a.npz"],
      "the file for pytorch should end in .safetensors, but it is 'a.npz'"
    ),
    (
      ["run", "--to", "onnx", "a.onnx", "--probe", "./a.onnx"],
      "--probe should end in .npz, but it is './a.onnx'"
    ),
    (
      ["run", "--to", "keras", "a.safetensors", "--probe", "p.npz"],
      "--probe is for --to onnx; other files have a probe in them"
    ),
  ]

  @Test("what does not go together is told", arguments: misused)
  func misuse(arguments: [String], said: String) throws {
    let outcome = try CommandFolder().run(["export"] + arguments)
    #expect(outcome.code == 64 && outcome.errors.contains(said), "\(outcome.errors)")
  }

  static let refused: [BadInputTests.Case] = [
    .init(
      "a place for the probe that is not there",
      ["export", "run", "--to", "onnx", "a.onnx", "--probe", "no/p.npz"], "cannot write 'no/p.npz'"),
    .init(
      "a place that is not there", ["export", "run", "--to", "onnx", "no/a.onnx"],
      "cannot write 'no/a.onnx'"),
    .init("no run", ["export", "no", "--to", "onnx", "a.onnx"], "'no' is not a run folder"),
    .init(
      "a run without parameters", ["export", "run", "--to", "onnx", "a.onnx"], "best.safetensors"
    ) {
      try FileManager.default.removeItem(atPath: $0.path + "/run/best.safetensors")
    },
  ]

  @Test("is one sentence, and nothing is written", arguments: refused)
  func badInput(wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: try CommandFolder.withRun())
  }

  @Test func treesAreRefused() throws {
    try BadInputTests.check(
      .init(
        "trees", ["export", "run", "--to", "onnx", "a.onnx"], "'run' is of the task trees",
        "cannot be written as ONNX"), in: try CommandFolder.withTrees())
  }
}
