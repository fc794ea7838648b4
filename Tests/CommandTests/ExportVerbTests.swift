import Foundation
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
    #expect(try folder.run("export", "run", "--to", "onnx", "b.onnx").code == 0)
    #expect(try folder.bytes(of: "b.onnx") == file)
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

  static let refused: [BadInputTests.Case] = [
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
