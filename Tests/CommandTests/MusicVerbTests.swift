import Foundation
import Testing

@Suite("Music and generated problems by command")
struct MusicVerbTests {
  static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(
      #"{"train": [[[60, 64], [62], []], [[60], [62]]], "valid": [[[60], [62]]]}"#, to: "a.json")
    let outcome = try folder.run(
      "train", "--task", "music", "--train", "a.json", "--run", "run", "--hidden-size", "5",
      "--layers", "1", "--epochs", "2")
    guard outcome.code == 0 else { throw CommandFolder.Failed(outcome: outcome) }
    return folder
  }

  @Test func aPieceIsWrittenAsAMIDIFile() throws {
    let folder = try Self.folder()
    let outcome = try folder.run(
      "sample", "run", "--output", "a.mid", "--length", "7", "--tempo", "120", "--seed", "3")
    #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
    let bytes = try folder.bytes(of: "a.mid")
    #expect(bytes.starts(with: Array("MThd".utf8)))
    // Half a second a quarter note, in microseconds; and the end of the track.
    #expect(Data(bytes).range(of: Data([0xFF, 0x51, 3, 0x07, 0xA1, 0x20])) != nil)
    #expect(bytes.suffix(3) == [0xFF, 0x2F, 0])
    #expect(
      try folder.run("evaluate", "run").output.hasPrefix("validation pieces: 1 piece, 2 steps"))
  }

  @Test func aPieceIsGoneOnWith() throws {
    let folder = try Self.folder()
    try folder.write("[[[70], [71, 74]]]", to: "start.json")
    let outcome = try folder.run(
      "sample", "run", "--output", "a.mid", "--length", "3", "--prompt", "start.json")
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    // The start's notes are struck in the file, each with the usual velocity.
    let bytes = Data(try folder.bytes(of: "a.mid"))
    for note in [UInt8(70), 71, 74] { #expect(bytes.range(of: Data([note, 80])) != nil) }
  }

  @Test func piecesAreForetoldFromAFileOrStandardInput() throws {
    let folder = try Self.folder()
    let pieces = "[[[70], [71, 74], []],\n[[60]]]"
    try folder.write(pieces, to: "new.json")
    let outcome = try folder.run("classify", "run", "new.json")
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let read = try folder.start(["classify", "run"], input: "new.json").wait()
    #expect(read.output == outcome.output)
    try folder.write(outcome.output, to: "again.json")
    #expect(try folder.run("classify", "run", "again.json").code == 0)
    let lines = try folder.run("classify", "run", "new.json", "--format", "json").output
      .split(separator: "\n")
    #expect(lines.count == 4)
    #expect(lines[3].hasPrefix("{\"piece\":2,\"step\":1,\"notes\":["))
  }

  @Test func aPieceNeedsAFileAndNoOptionsOfTexts() throws {
    let folder = try Self.folder()
    for (arguments, sentence) in [
      ([], "--output piece.mid"), (["--output", "a.mid", "--top-k", "2"], "are for text"),
      (["--output", "a.mid", "--tempo", "0"], "--tempo must be from"),
      (["--output", "a.mid", "--length", "1000000"], "a piece has at most 100000 steps"),
    ] {
      let outcome = try folder.run(["sample", "run"] + arguments)
      #expect(outcome.code == 64 && outcome.errors.contains(sentence), "\(outcome.errors)")
      #expect(!folder.holds("a.mid"))
    }
    let text = try CommandFolder.withRun().run("sample", "run", "--output", "a.mid")
    #expect(text.code == 64 && text.errors.contains("--output is for music"))
  }

  static let refused: [BadInputTests.Case] = [
    .init(
      "a note out of range", ["train", "run/config.yaml", "--run", "new"],
      "a.json', line 1, column 20 (train, piece 1, step 2)", "from 21 to 108", "109"
    ) { try $0.write(#"{"train": [[[60], [109]]]}"#, to: "a.json") },
    .init(
      "a split that would be passed over", ["train", "run/config.yaml", "--run", "new"],
      "names train, valid, test, found 'validation'"
    ) { try $0.write(#"{"train": [[[60]]], "validation": []}"#, to: "a.json") },
    .init("no split to train on", ["train", "run/config.yaml", "--run", "new"], "'train'") {
      try $0.write(#"{"valid": []}"#, to: "a.json")
    },
    .init(
      "a file of another kind", ["evaluate", "run", "--data", "run/config.yaml"],
      "line 1, column 1 (at its outermost): expected a list of pieces, found task"),
    .init(
      "a piece of unknown notes to go on with",
      ["sample", "run", "--output", "a.mid", "--prompt", "start.json"],
      "'start.json', line 1, column 4 (piece 1, step 1): expected a note"
    ) { try $0.write("[[[7]]]", to: "start.json") },
    .init(
      "splits to go on with", ["sample", "run", "--output", "a.mid", "--prompt", "a.json"],
      "'a.json' should be a list of pieces, but has 'train', 'valid'"),
    .init(
      "no piece to go on with", ["sample", "run", "--output", "a.mid", "--prompt", "start.json"],
      "'start.json' has no pieces"
    ) { try $0.write("[]", to: "start.json") },
    .init("a folder that is not there", ["sample", "run", "--output", "no/a.mid"], "no"),
    .init(
      "music to classify without a test", ["classify", "run", "a.json"],
      "'a.json' should have a list 'test' of pieces, but has 'train', 'valid'"),
    .init(
      "music as trees", ["classify", "run", "a.json", "--format", "trees"],
      "--format trees is not for the task music"),
    .init(
      "other pieces", ["evaluate", "run"], "has changed since the run was started"
    ) { try $0.write(#"{"train": [[[60]]], "valid": [[[60]]]}"#, to: "a.json") },
    .init(
      "images with a wrong magic number",
      [
        "train", "--task", "images", "--train", "a.json", "--train-labels", "a.json", "--run",
        "new",
      ],
      "a.json'"),
    .init("a problem of no name", ["train", "--task", "generated", "--problem", "x"], "--problem"),
  ]

  @Test("bad input is one sentence, and nothing is written", arguments: refused)
  func bad(wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: try Self.folder())
  }

  @Test func aProblemIsDrawnAndNotRead() throws {
    let folder = try CommandFolder()
    let outcome = try folder.run(
      "train", "--task", "generated", "--length", "5", "--train-count", "8",
      "--validation-count", "4", "--test-count", "4", "--hidden-size", "4", "--epochs", "1",
      "--run", "run")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("always 1: mean squared error"))
    let evaluated = try folder.run("evaluate", "run")
    #expect(evaluated.output.hasPrefix("test sequences: loss "))
  }
}
