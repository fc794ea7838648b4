import Foundation
import Testing

@Suite("Drawing by command")
struct GraphVerbTests {
  private static func folder() throws -> CommandFolder {
    let folder = try CommandFolder()
    try folder.write(
      "data: {train: text.txt}\nmodel: {hidden-size: 5, embedding-size: 3, layers: 2}\n",
      to: "a.yaml")
    return folder
  }

  private static func count(_ part: String, in text: String) -> Int {
    text.components(separatedBy: part).count - 1
  }

  @Test func aModelIsDrawnFoldedAndUnfoldedWithoutItsData() throws {
    let folder = try Self.folder()
    let folded = try folder.run("graph", "a.yaml", "--folded")
    #expect(folded.code == 0 && folded.errors.isEmpty, "\(folded.errors)")
    #expect(folded.output.hasPrefix("<svg ") && folded.output.hasSuffix("</svg>\n"))
    #expect(folded.output.contains("Language model: 2 layers of LSTM"))
    #expect(Self.count("class=\"delay\"", in: folded.output) == 2)
    #expect(Self.count("class=\"node loss\"", in: folded.output) == 1)
    for steps in [1, 3, 20] {
      let unfolded = try folder.run("graph", "a.yaml", "--unfolded", "--steps", "\(steps)")
      #expect(unfolded.code == 0, "\(unfolded.errors)")
      #expect(Self.count("class=\"node loss\"", in: unfolded.output) == steps)
    }
    let standard = try folder.run("graph", "a.yaml", "--unfolded", "--model.cell", "gru")
    #expect(Self.count("class=\"node loss\"", in: standard.output) == 3)
    #expect(standard.output.contains("2 layers of GRU"))
  }

  @Test func aPictureIsWrittenInTheLanguageOfItsFile() throws {
    let folder = try Self.folder()
    for (name, start) in [("a.svg", "<svg "), ("a.DOT", "digraph "), ("a.gv", "digraph ")] {
      let outcome = try folder.run("graph", "a.yaml", "--unfolded", "--output", name)
      #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome.errors)")
      #expect(try folder.text(of: name).hasPrefix(start))
    }
    let unknown = try folder.run("graph", "a.yaml", "--folded", "--output", "a.png")
    #expect(unknown.code == 64 && unknown.errors.contains("--output should end in .svg"))
    #expect(!folder.holds("a.png"))
    let chosen = try folder.run(
      "graph", "a.yaml", "--folded", "--format", "dot", "--output", "b.svg")
    #expect(chosen.code == 0, "\(chosen.errors)")
    #expect(try folder.text(of: "b.svg").hasPrefix("digraph "))
  }

  /// Options of every task that a configuration can name, what its picture says, and whether symbols have vectors.
  static let tasks: [(options: [String], title: String, outputs: Int, hasVectors: Bool)] = [
    (["--task", "language-model"], "Language model: 2 layers of LSTM", 3, true),
    (["--task", "tagging"], "Tagger: 2 layers of bidirectional LSTM", 3, true),
    (["--task", "tagging", "--model.output", "crf"], "random field", 3, true),
    (["--task", "tagging", "--model.output", "jordan"], "bidirectional LSTM, Jordan", 0, true),
    (["--task", "trees"], "Tree classifier: N-ary Tree-LSTM", 5, true),
    (["--task", "classification", "--cell", "gru"], "bidirectional GRU", 1, true),
    (["--task", "classification", "--data.format", "series-csv"], "Sequence model", 1, false),
    (["--task", "music", "--layers", "2"], "Sequence model: 2 layers of LSTM", 3, false),
    (["--task", "images", "--reading", "rows"], "Sequence model", 1, false),
    (
      ["--task", "images", "--reading", "grid", "--patch", "4", "--layers", "1"],
      "Grid model: 2-D LSTMs from four corners", 1, false
    ),
    (
      [
        "--task", "images", "--reading", "grid", "--patch", "3", "--layers", "2", "--walks",
        "sweeps",
      ],
      "over rows and columns", 1, false
    ),
    (["--task", "generated", "--problem", "adding"], "Sequence model", 1, false),
    (["--task", "generated", "--problem", "copy-memory"], "Sequence model", 3, true),
  ]

  @Test func everyTaskIsDrawn() throws {
    let folder = try CommandFolder()
    for (options, title, outputs, hasVectors) in Self.tasks {
      let data =
        switch options[1] {
        case "generated": [String]()
        case "images": ["--train", "no.gz", "--train-labels", "no.gz"]
        default: ["--train", "no.txt"]
        }
      let outcome = try folder.run(["graph", "--unfolded"] + data + options)
      #expect(outcome.code == 0, "\(options): \(outcome.errors)")
      #expect(outcome.output.contains(title), "\(options)")
      #expect(Self.count("class=\"node output\"", in: outcome.output) == outputs, "\(options)")
      #expect(outcome.output.contains(">E</text>") == hasVectors, "\(options)")
    }
  }

  @Test func aRunIsDrawn() throws {
    let folder = try CommandFolder.withRun()
    let outcome = try folder.run("graph", "--folded", "--run", "run")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("Language model: LSTM"))
  }

  static let wrong: [(options: [String], sentence: String)] = [
    (["--folded", "--steps", "3"], "--steps is for --unfolded only"),
    (["--unfolded", "--steps", "0"], "--steps must be from 1 to 20, got 0"),
    (["--unfolded", "--steps", "21"], "--steps must be from 1 to 20, got 21"),
    (["--unfolded", "--steps", "two"], "'two' is invalid"),
    (["--unfolded", "--format", "png"], "'png' is invalid"),
    (["--plan", "--format", "dot"], "are for --folded and --unfolded only"),
    (["--plan", "--output", "a.svg"], "are for --folded and --unfolded only"),
    (["--folded", "--run", "run"], "give a configuration or --run, not both"),
    ([], "say what to show: --folded, --unfolded or --plan"),
    (["--folded", "--unfolded"], "--unfolded"),
  ]

  @Test(arguments: wrong.indices)
  func aWrongOptionIsOneSentence(number: Int) throws {
    let folder = try Self.folder()
    let (options, sentence) = Self.wrong[number]
    let outcome = try folder.run(["graph", "a.yaml"] + options)
    #expect(outcome.code == 64 && outcome.output.isEmpty)
    #expect(outcome.errors.contains(sentence), "\(outcome.errors)")
    #expect(!folder.holds("a.svg"))
  }

  @Test func aFileThatCannotBeWrittenIsOneSentence() throws {
    let folder = try Self.folder()
    let outcome = try folder.run("graph", "a.yaml", "--folded", "--output", "no/a.svg")
    #expect(outcome.code == 1 && outcome.output.isEmpty)
    #expect(outcome.errorLines.count == 1 && outcome.errors.contains("no/a.svg"))
  }
}
