import Foundation
import Testing

@Suite("Tagging by command")
struct TaggingVerbTests {
  @Test func trainingWritesARunThatCanBeRepeatedAndGoneOnWith() throws {
    let folder = try CommandFolder.withTagger()
    #expect(try folder.text(of: "run/config.yaml").hasPrefix("task: tagging\n"))
    let again = try folder.run("train", "run/config.yaml", "--run", "again")
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("validation: loss") && again.output.contains("accuracy"))
    #expect(again.output.contains("most frequent tag of each word: accuracy"))
    #expect(again.errors.contains("words/s") && !again.errors.contains("perplexity"))
    for name in ["last.safetensors", "best.safetensors", "vocabulary.json", "metrics.jsonl"] {
      let isSame = try folder.bytes(of: "run/\(name)") == folder.bytes(of: "again/\(name)")
      #expect(isSame, "\(name)")
    }
    let more = try folder.run("train", "--resume", "--run", "run", "--epochs", "3")
    #expect(more.code == 0, "\(more.errors)")
    #expect(try folder.text(of: "run/metrics.jsonl").contains("\"epoch\":3"))
  }

  @Test func aTaskMayBeNamedInAFileWithItsOwnOptionsBeside() throws {
    let folder = try CommandFolder.withTagger()
    try folder.write(
      "data: {train: train.conllu}\ntask: tagging\nmodel: {characters: {size: 5}}\n", to: "a.yaml")
    let outcome = try folder.run("summary", "a.yaml", "--character-hidden-size", "3")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("Characters          [B, T, 6]"))
    let plan = try folder.run("graph", "--plan", "--run", "run", "--model.hidden-size", "9")
    #expect(plan.code == 0, "\(plan.errors)")
    #expect(plan.output.contains("layer 1: LSTM 13 → 9"))
    #expect(plan.output.contains("characters: LSTM 3 → 4"))
    let keys = try folder.run("train", "--list-keys", "--task", "tagging")
    #expect(keys.output.contains("--character-size") && !keys.output.contains("--window"))
  }

  /// "the", tagged X, in CoNLL-U, compressed by Python's gzip.
  static let compressed: [UInt8] = [
    0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x33, 0xE4, 0x2C, 0xC9, 0x48, 0xE5,
    0x8C, 0xE7, 0x8C, 0x00, 0x62, 0x38, 0xE4, 0xE2, 0x02, 0x00, 0x27, 0xBF, 0xCE, 0x81, 0x17, 0x00,
    0x00, 0x00,
  ]

  @Test func whatComesInMayBeCompressed() throws {
    let folder = try CommandFolder.withTagger()
    try folder.write(Self.compressed, to: "in.gz")
    let named = try folder.run("tag", "run", "in.gz")
    #expect(named.code == 0 && named.output.hasPrefix("1\tthe\t_\t"), "\(named.errors)")
    let piped = try folder.start(["tag", "run"], input: "in.gz").wait()
    #expect(piped.code == 0 && piped.outputBytes == named.outputBytes, "\(piped.errors)")
    try folder.write(Self.compressed.dropLast(9).map { $0 }, to: "cut.gz")
    let cut = try folder.start(["tag", "run"], input: "cut.gz").wait()
    #expect(cut.code == 1 && cut.output.isEmpty)
    #expect(
      cut.errorLines == [
        "unfold: 'standard input' should be a whole gzip file, but it ends before its data do"
      ])
  }

  /// Everything that a CoNLL-U file may have and a tagger must leave alone.
  static let strange =
    "\u{FEFF}# newdoc\r\n# text = don't go\r\n1-2\tdon't\t_\t_\t_\t_\t_\t_\t_\t_\r\n"
    + "1\tdo\tdo\tAUX\tVB\t_\t0\troot\t_\t_\r\n2\tn't\tnot\tPART\tRB\t_\t1\tadvmod\t_\tA=b\r\n"
    + "2.1\tgo\t_\t_\t_\t_\t_\t_\t1:x\t_\r\n\r\n\r\n# the end\n\n"
    + "1\tthe bird\t_\t_\t_\t_\t_\t_\t_\t_\n2\t👩‍👩‍👧\t_\tX\t_\t_\t1\t_\t_\t_"

  @Test func aCoNLLUFileComesBackToTheByteButForTheTags() throws {
    let folder = try CommandFolder.withTagger()
    for text in [Self.strange, TinySentences.conllu(9)] {
      try folder.write(text, to: "in.conllu")
      let outcome = try folder.run("tag", "run", "in.conllu")
      #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
      let tags = ["DET", "NOUN", "VERB", "PUNCT"]
      func lines(_ text: String) -> [[String]] {
        text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false).map {
          $0.split(separator: "\t", omittingEmptySubsequences: false).map { String($0) }
        }
      }
      let (before, after) = (lines(text), lines(outcome.output))
      #expect(before.count == after.count)
      for (old, new) in zip(before, after) {
        guard old.count == 10, Int(old[0]) != nil else {
          #expect(old == new)
          continue
        }
        #expect(new.count == 10 && tags.contains(new[3]))
        #expect(old.enumerated().allSatisfy { $0 == 3 || $1.utf8.elementsEqual(new[$0].utf8) })
      }
      let piped = try folder.start(["tag", "run"], input: "in.conllu").wait()
      #expect(piped.code == 0 && piped.outputBytes == outcome.outputBytes)
    }
  }

  @Test func aFileInColumnsComesBackToTheByteButForTheTags() throws {
    let folder = try CommandFolder.withTagger(
      form: "columns", "--format", "columns", "--scheme", "iob2")
    try folder.write(
      "-DOCSTART- X\n\nthe  B-NP \r\nbird\tO\n\n\n\nsings B-VP", to: "in.txt")
    let outcome = try folder.run("tag", "run", "in.txt")
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let tag = "(?:B-NP|I-NP|B-VP|O)"
    let form = try Regex(
      "-DOCSTART- X\n\nthe  \(tag) \r\nbird\t\(tag)\n\n\n\nsings \(tag)"
    ).matchingSemantics(.unicodeScalar)
    #expect(outcome.output.wholeMatch(of: form) != nil, "\(outcome.output)")
    try folder.write("the\nbird\n\nsings\n", to: "bare.txt")
    let bare = try folder.run("tag", "run", "bare.txt", "--untagged")
    let expected = try Regex("the \(tag)\nbird \(tag)\n\nsings \(tag)\n")
    #expect(bare.output.wholeMatch(of: expected) != nil, "\(bare.output) \(bare.errors)")
    let table = try folder.run("evaluate", "run", "--data", "train.conllu")
    #expect(table.output.contains("phrases  number") && table.output.contains("F1"))
  }

  @Test func plainWordsAreTaggedLineByLine() throws {
    let folder = try CommandFolder.withTagger()
    try folder.write("the bird sees\n\n  my \"uncle\"\tsings .  \n", to: "words.txt")
    let columns = try folder.run("tag", "run", "words.txt", "--input", "tokens")
    let tag = "(DET|NOUN|VERB|PUNCT)"
    let form = try Regex(
      "the \(tag)\nbird \(tag)\nsees \(tag)\n\n\nmy \(tag)\n\"uncle\" \(tag)\nsings \(tag)\n\\. \(tag)\n\n"
    )
    #expect(columns.code == 0 && columns.output.wholeMatch(of: form) != nil, "\(columns.output)")

    let lines = try folder.run(
      "tag", "run", "words.txt", "--input", "tokens", "--format", "json"
    ).output.split(separator: "\n")
    #expect(lines.count == 3)
    let found = try lines.map { try JSONDecoder().decode(TaggedLine.self, from: Data($0.utf8)) }
    #expect(found[0].words == ["the", "bird", "sees"] && found[0].tags.count == 3)
    #expect(found[1] == TaggedLine(words: [], tags: [], probabilities: []))
    #expect(found[2].words == ["my", "\"uncle\"", "sings", "."])
  }

  /// An object of JSON that stands for a sentence.
  struct TaggedLine: Decodable, Equatable {
    var words: [String]
    var tags: [String]
    var probabilities: [Double]
  }

  @Test("tagged files can be written as JSON", arguments: ["conllu", "columns"])
  func json(form: String) throws {
    let isColumns = form == "columns"
    // Of four tags the best has at least a quarter; a field's best path need not have the best tag of each word.
    let folder =
      isColumns
      ? try CommandFolder.withTagger(form: form, "--format", "columns", "--output", "crf")
      : try CommandFolder.withTagger(form: form)
    try folder.write(
      isColumns
        ? "the X\nbird X\n\nsings X\n"
        : "1-2\tthe bird\t_\t_\t_\t_\t_\t_\t_\t_\n1\tthe\t_\t_\t_\t_\t_\t_\t_\t_\n"
          + "2\tbird\t_\t_\t_\t_\t_\t_\t_\t_\n\n1\tsings\t_\t_\t_\t_\t_\t_\t_\t_\n\n",
      to: "in.txt")
    let outcome = try folder.run("tag", "run", "in.txt", "--format", "json")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let found = try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(TaggedLine.self, from: Data($0.utf8))
    }
    #expect(found.map(\.words) == [["the", "bird"], ["sings"]])
    for line in found {
      #expect(line.tags.count == line.words.count && line.probabilities.count == line.words.count)
      #expect(line.probabilities.allSatisfy { $0 > (isColumns ? 0 : 0.2) && $0 <= 1 })
    }
    let own = try folder.run("tag", "run", "in.txt", "--format", form)
    #expect(try own.output == folder.run("tag", "run", "in.txt").output && own.code == 0)
    let tags = found.flatMap(\.tags)
    let other = try folder.run("tag", "run", "in.txt", "--format", isColumns ? "conllu" : "columns")
    #expect(other.code == 1 && other.errors.contains("but the sentences are of the form \(form)"))
    #expect(tags.allSatisfy { own.output.contains($0) })
  }

  @Test func evaluatingShowsEveryTagAndTheMistakes() throws {
    let folder = try CommandFolder.withTagger()
    let held = try folder.run("evaluate", "run")
    #expect(held.code == 0 && held.errors.isEmpty, "\(held.errors)")
    #expect(held.output.hasPrefix("validation sentences: "))
    for row in ["tag ", "DET ", "NOUN ", "VERB ", "PUNCT "] {
      #expect(held.output.contains("\n\(row)"), "\(held.output)")
    }
    try folder.write(
      TinySentences.conllu(5).replacing("\tPUNCT\t", with: "\tSYM\t"), to: "other.conllu")
    let other = try folder.run("evaluate", "run", "--data", "other.conllu")
    #expect(other.code == 0, "\(other.errors)")
    #expect(other.output.contains("never seen in training, counted as errors: SYM (5)"))
    #expect(other.output.contains("found →"))
  }

  static let refused: [BadInputTests.Case] = [
    .init(
      "a tag of two words in columns", ["tag", "run", "bad", "--input", "columns"],
      "the tag \"N OUN\" of run 'run' cannot stand in columns"
    ) {
      let text = try $0.text(of: "run/vocabulary.json")
      try $0.write(text.replacing("NOUN", with: "N OUN"), to: "run/vocabulary.json")
      try $0.write("a b\n", to: "bad")
    },
    .init(
      "phrases in CoNLL-U",
      ["train", "run/config.yaml", "--run", "new", "--scheme", "iob2"],
      "--scheme: must be none unless data.format is columns, but it is conllu"),
    .init(
      "a line of three columns", ["tag", "run", "bad"],
      "'bad', line 2: expected 10 columns divided by tabs, found 3"
    ) {
      try $0.write("# a\n1\tthe\tDET\n\n", to: "bad")
    },
    .init("a number that does not follow", ["tag", "run", "bad"], "'bad', line 2", "should be 2") {
      try $0.write(
        "1\ta\t_\t_\t_\t_\t_\t_\t_\t_\n3\tb\t_\t_\t_\t_\t_\t_\t_\t_\n", to: "bad")
    },
    .init("a mistake in the last sentence", ["tag", "run", "bad"], "HEAD") {
      try $0.write(
        TinySentences.conllu(200) + "1\ta\t_\t_\t_\t_\t7\t_\t_\t_\n", to: "bad")
    },
    .init("an empty file", ["tag", "run", "bad"], "'bad' has no text") {
      try $0.write("", to: "bad")
    },
    .init("nothing on standard input", ["tag", "run"], "'standard input' has no text"),
    .init(
      "a file that is not UTF-8", ["tag", "run", "bad", "--input", "tokens"], "should be UTF-8"
    ) {
      try $0.write([0x61, 0xFF], to: "bad")
    },
    .init("no file", ["tag", "run", "none"], "'none'"),
    .init("a run of another task", ["sample", "run"], "is of the task tagging"),
    .init("lanes", ["evaluate", "run", "--lanes", "3"], "--lanes is for texts"),
    .init(
      "a file without sentences to evaluate", ["evaluate", "run", "--data", "bad"],
      "'bad' has no sentences"
    ) { try $0.write("# nothing\n", to: "bad") },
    .init("other sentences", ["evaluate", "run"], "has changed since the run was started") {
      try $0.write(TinySentences.conllu(6), to: "train.conllu")
    },
    .init(
      "another size for a run", ["train", "--resume", "--run", "run", "--character-size", "9"],
      "model.characters.size is 9, but the run was started with 3"),
    .init("a vocabulary of another task", ["tag", "run", "train.conllu"], "run/vocabulary.json") {
      try $0.write(#"{"format":"unfold vocabulary"}"#, to: "run/vocabulary.json")
    },
    .init(
      "a broken file to train on", ["train", "run/config.yaml", "--run", "new"],
      "train.conllu', line 1: expected 10 columns divided by tabs, found 2"
    ) { try $0.write("1\ta\n", to: "train.conllu") },
    .init(
      "a tag of no scheme",
      [
        "train", "--task", "tagging", "--run", "new", "--train", "bad", "--format", "columns",
        "--scheme", "iob2",
      ], "bad', line 2", "found 'X-NP'"
    ) { try $0.write("a B-NP\nb X-NP\n", to: "bad") },
    .init(
      "tags in another scheme's order, for a random field",
      [
        "train", "--task", "tagging", "--run", "new", "--train", "bad", "--format", "columns",
        "--scheme", "iobes", "--output", "crf",
      ], "bad', line 2, column 3", "no 'O' there, after 'B-NP'; the file agrees with iob2"
    ) { try $0.write("a B-NP\nb O\n", to: "bad") },
    .init(
      "a setting of another task", ["train", "run/config.yaml", "--set", "training.window=3"],
      "unknown key 'training.window'; it is for the task language-model"),
    .init(
      "an option of another task",
      ["train", "run/config.yaml", "--run", "new", "--walks", "corners"],
      "--walks: unknown key '--walks'; it is for the task images"),
    .init(
      "a key of another task", ["train", "other.yaml", "--run", "new"],
      "unknown key 'walks' in model (other.yaml:", "it is for the task images"
    ) {
      try $0.write(
        "task: tagging\ndata:\n  train: train.conllu\nmodel:\n  walks: corners\n", to: "other.yaml")
    },
  ]

  @Test("bad input is one sentence, and nothing is written", arguments: refused)
  func bad(wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: try CommandFolder.withTagger())
  }

  @Test func aTaggerIsNeededToTag() throws {
    try BadInputTests.check(
      .init(
        "tag with a language model", ["tag", "run", "text.txt"], "is of the task language-model"),
      in: try CommandFolder.withRun())
    for form in ["tokens", "conllu"] {
      try BadInputTests.check(
        .init(
          "an option for columns",
          ["tag", "run", "train.conllu", "--input", form, "--untagged"],
          "--untagged is for files in columns, but the sentences are of the form \(form)"),
        in: try CommandFolder.withTagger())
    }
  }
}

/// Sentences by a formula in which "can" is a noun or a verb.
enum TinySentences {
  static func words(_ count: Int) -> [[(word: String, tag: String)]] {
    let who = ["the can", "the bird", "The Moon", "my uncle"]
    let does = ["sees", "can paint", "follows"]
    return (0..<count).map { number in
      let words = "\(who[number * 7 % 4]) \(does[number * number % 3]) \(who[number * 3 % 4]) ."
        .split(separator: " ").map(String.init)
      let articles = ["the", "The", "my"]
      return words.enumerated().map { index, word in
        if word == "." { return (word, "PUNCT") }
        if articles.contains(word) { return (word, "DET") }
        return (word, index > 0 && articles.contains(words[index - 1]) ? "NOUN" : "VERB")
      }
    }
  }

  static func conllu(_ count: Int) -> String {
    words(count).map { sentence in
      sentence.enumerated().map { index, word in
        "\(index + 1)\t\(word.word)\t_\t\(word.tag)\t_\t_\t_\t_\t_\t_\n"
      }.joined() + "\n"
    }.joined()
  }

  static func columns(_ count: Int) -> String {
    let chunks = ["DET": "B-NP", "NOUN": "I-NP", "VERB": "B-VP"]
    return words(count).map { sentence in
      sentence.map { "\($0.word) \(chunks[$0.tag] ?? "O")\n" }.joined() + "\n"
    }.joined()
  }
}

extension CommandFolder {
  /// A folder with sentences and a run of a tagger over them in `run`.
  static func withTagger(form: String = "conllu", _ options: String...) throws -> CommandFolder {
    let folder = try CommandFolder()
    func sentences(_ count: Int) -> String {
      form == "conllu" ? TinySentences.conllu(count) : TinySentences.columns(count)
    }
    try folder.write(sentences(14), to: "train.conllu")
    try folder.write(sentences(5), to: "valid.conllu")
    let outcome = try folder.run(
      [
        "train", "--task", "tagging", "--train", "train.conllu", "--validation", "valid.conllu",
        "--run", "run", "--hidden-size", "6", "--embedding-size", "5", "--layers", "1",
        "--character-size", "3", "--character-hidden-size", "4", "--batch-size", "4", "--epochs",
        "2", "--seed", "3",
      ] + options)
    guard outcome.code == 0 else { throw Failed(outcome: outcome) }
    return folder
  }
}
