import Foundation
import Testing

@Suite("Bad input")
struct BadInputTests {
  /// Something wrong, and what the sentence about it must contain.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let arguments: [String]
    let words: [String]
    let prepare: @Sendable (CommandFolder) throws -> Void

    init(
      _ name: String, _ arguments: [String], _ words: String...,
      prepare: @escaping @Sendable (CommandFolder) throws -> Void = { _ in }
    ) {
      self.name = name
      self.arguments = arguments
      self.words = words
      self.prepare = prepare
    }

    var testDescription: String { name }
  }

  /// One sentence on standard error, a code that says failure, and a folder that is as it was.
  static func check(_ wrong: Case, in folder: CommandFolder) throws {
    try wrong.prepare(folder)
    let before = try folder.contents()
    let outcome = try folder.run(wrong.arguments)
    #expect(outcome.code == 1, "\(outcome.code): \(outcome.errors)")
    #expect(outcome.errorLines.count == 1, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("unfold: "), "\(outcome.errors)")
    #expect(outcome.output.isEmpty, "\(outcome.output)")
    for word in wrong.words { #expect(outcome.errors.contains(word), "\(outcome.errors)") }
    let isSame = try folder.contents() == before
    #expect(isSame, "the folder has changed")
  }

  static func train(_ options: String...) -> [String] { ["train"] + CommandFolder.small + options }

  static let fresh: [Case] = [
    Case("a missing text", train("--train", "no.txt"), "--train", "no.txt"),
    Case("a folder as text", train("--train", "folder"), "--train", "/folder'") {
      try FileManager.default.createDirectory(
        atPath: $0.path + "/folder", withIntermediateDirectories: true)
    },
    Case(
      "a text that is not UTF-8", train(),
      "text.txt', line 1: the text should be UTF-8, but byte 4 of the file, 0xff"
    ) {
      try $0.write([0x61, 0x62, 0xC3, 0xA9, 0xFF, 0x63], to: "text.txt")
    },
    Case("an empty text", train(), "text.txt' has no text") { try $0.write("", to: "text.txt") },
    Case("a text shorter than a window", train("--window", "5000"), "4 lanes of 5000 steps"),
    Case("more lanes than text", train("--batch-size", "1000000"), "1000000 lanes"),
    Case(
      "a held-out part without text", train("--validation-fraction", "0.00001"),
      "the text has 1 unit,"),
    Case("a missing configuration", ["train", "no.yaml"], "'no.yaml'"),
    Case(
      "an unknown key", ["train", "bad.yaml"], "unknown key 'hiden-size' in model (bad.yaml:4)",
      "did you mean 'hidden-size'?"
    ) {
      try $0.write("data:\n  train: text.txt\nmodel:\n  hiden-size: 3\n", to: "bad.yaml")
    },
    Case(
      "a value of another type", ["train", "bad.yaml"], "model.hidden-size: expected",
      "found 'many' (bad.yaml:4)"
    ) {
      try $0.write("data:\n  train: text.txt\nmodel:\n  hidden-size: many\n", to: "bad.yaml")
    },
    Case("a configuration that is no YAML", ["train", "bad.yaml"], "not valid YAML", "bad.yaml:") {
      try $0.write("data: [1, 2\nmodel: }\n", to: "bad.yaml")
    },
    Case("a configuration that is not UTF-8", ["train", "bad.yaml"], "not valid UTF-8") {
      try $0.write([0x61, 0x3A, 0x20, 0xFF], to: "bad.yaml")
    },
    Case(
      "an unknown task", ["train", "bad.yaml"], "task: expected", "found 'juggling' (bad.yaml:1)"
    ) {
      try $0.write("task: juggling\ndata:\n  train: text.txt\n", to: "bad.yaml")
    },
    Case("no text named", ["train", "--run", "run"], "data.train is not set"),
    Case("an option that is unknown to --set", train("--set", "model.hiddensize=3"), "hidden-size"),
    Case("a number that is none", train("--hidden-size", "x"), "--hidden-size: expected"),
    Case("a value that is missing", train("--hidden-size"), "--hidden-size: expected"),
    Case("a negative size", train("--hidden-size", "-5"), "--hidden-size: expected"),
    Case("an absurd size", train("--hidden-size", "1000000000"), "--hidden-size: expected"),
    Case("a size beyond integers", train("--hidden-size", "99999999999999999999"), "--hidden-size"),
    Case("no layers", train("--layers", "0"), "--layers: expected"),
    Case("no window", train("--window", "0"), "--window: expected"),
    Case("no lanes", train("--batch-size", "0"), "--batch-size: expected"),
    Case("a dropout of everything", train("--dropout", "1"), "--dropout: expected"),
    Case("a rate that is none", train("--learning-rate", "nan"), "--learning-rate: expected"),
    Case("more memory than there is", train("--hidden-size", "1000000"), "B of memory"),
    Case(
      "a summary of more than there is",
      ["summary", "--train", "text.txt", "--hidden-size", "1000000"],
      "B of memory"),
    Case(
      "settings that do not go together", train("--tie-weights"),
      "--tie-weights: needs model.embedding-size to equal model.hidden-size"),
    Case("no run to go on with", ["train", "--resume", "--run", "no"], "'no' is not a run folder"),
    Case("no run to evaluate", ["evaluate", "no"], "'no' is not a run folder"),
    Case("no run to sample from", ["sample", "no"], "'no' is not a run folder"),
    Case("a text as a run", ["sample", "text.txt"], "'text.txt' is not a run folder"),
    Case("a folder of something else", train(), "'run' is not a run folder and is not empty") {
      try FileManager.default.createDirectory(
        atPath: $0.path + "/run", withIntermediateDirectories: true)
      try $0.write("mine", to: "run/diary.txt")
    },
    Case("a file where the run should be", train("--run", "text.txt"), "'text.txt'"),
    Case("a run below a file", train("--run", "text.txt/run"), "text.txt/run"),
  ]

  @Test("is one sentence, and nothing is written", arguments: fresh)
  func refused(wrong: Case) throws {
    let folder = try CommandFolder()
    try folder.write(TinyText.english.text(), to: "text.txt")
    try Self.check(wrong, in: folder)
  }

  @Test("a text without permission is named", .enabled(if: geteuid() != 0, "root may read it"))
  func unreadable() throws {
    let folder = try CommandFolder()
    try folder.write(TinyText.english.text(), to: "text.txt")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0], ofItemAtPath: folder.path + "/text.txt")
    let outcome = try folder.run(Self.train())
    #expect(outcome.code == 1)
    #expect(outcome.errors.hasPrefix("unfold: --train: no readable file at"))
  }

  @Test(
    "in what is typed is worded with usage",
    arguments: [
      ["summary", "--vocabulary-size", "0"], ["summary", "--vocabulary-size", "-1"],
      ["summary", "--vocabulary-size", "1000000000000"], ["summary", "a.yaml", "--run", "run"],
      ["train", "--resume", "--overwrite"], ["train", "--no-such-option"], ["train", "a", "b"],
      ["evaluate"], ["evaluate", "run", "--lanes", "0"], ["evaluate", "run", "--threads", "0"],
      ["evaluate", "run", "--force", "--binary"],
      ["sample"], ["sample", "run", "--temperature", "-1"],
      ["sample", "run", "--temperature", "nan"],
      ["sample", "run", "--nucleus", "0"], ["sample", "run", "--nucleus", "1.5"],
      ["sample", "run", "--top-k", "0"], ["sample", "run", "--length", "x"], ["no-such-verb"],
    ])
  func usage(arguments: [String]) throws {
    let folder = try CommandFolder()
    let outcome = try folder.run(arguments)
    #expect(outcome.code == 64, "\(outcome.errors)")
    #expect(outcome.errors.hasPrefix("Error: ") && outcome.errors.contains("Usage: unfold"))
    #expect(try folder.contents().isEmpty)
  }

  @Test func aNumberBelowZeroIsNoOption() throws {
    for (option, value) in [("--length", "-4"), ("--temperature", "-1.0")] {
      let outcome = try CommandFolder().run("sample", "run", option, value)
      #expect(
        outcome.code == 64
          && outcome.errors.contains("\(option) must not be negative, got \(value)"),
        "\(outcome.errors)")
    }
  }

  @Test func aRunMayGoOnLongerWithMorePatienceAndOtherHabits() throws {
    let folder = try CommandFolder.withRun()
    let outcome = try folder.run(
      DamagedRunTests.resume + [
        "--epochs", "3", "--patience", "7", "--save-every", "9", "--log-every", "2", "--threads",
        "1", "--sample-length", "5",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try folder.text(of: "run/metrics.jsonl").contains("\"epoch\":3"))
    #expect(try folder.text(of: "run/config.yaml").contains("patience: 7"))
  }

  @Test func aRunCanBeReplaced() throws {
    let folder = try CommandFolder.withRun()
    let outcome = try folder.run(Self.train("--overwrite", "--hidden-size", "5"))
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(try folder.text(of: "run/config.yaml").contains("hidden-size: 5"))
    #expect(try folder.run("sample", "run", "--length", "3").code == 0)
  }
}

extension BadInputTests.Case {
  /// The same with more words to expect.
  init(_ other: Self, _ words: [String]) {
    name = other.name
    arguments = other.arguments
    self.words = other.words + words
    prepare = other.prepare
  }
}
