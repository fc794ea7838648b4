import Foundation
import Testing

@Suite("Translating by command")
struct TranslateVerbTests {
  @Test func trainingWritesARunThatCanBeRepeatedAndGoneOnWith() throws {
    let folder = try CommandFolder.withTranslator("--merges", "12")
    #expect(try folder.text(of: "run/config.yaml").hasPrefix("task: translation\n"))
    #expect(try folder.text(of: "run/merges.txt").hasPrefix("#version: 0.2\n"))
    let again = try folder.run("train", "run/config.yaml", "--run", "again")
    #expect(again.code == 0, "\(again.errors)")
    #expect(again.output.contains("validation: loss") && again.output.contains("perplexity"))
    #expect(again.output.contains("unigram baseline: loss"))
    #expect(again.errors.contains("pieces to read and") && again.errors.contains("tokens/s"))
    for name in [
      "last.safetensors", "best.safetensors", "vocabulary.json", "source-vocabulary.json",
      "merges.txt", "metrics.jsonl",
    ] {
      let isSame = try folder.bytes(of: "run/\(name)") == folder.bytes(of: "again/\(name)")
      #expect(isSame, "\(name)")
    }
    let more = try folder.run("train", "--resume", "--run", "run", "--epochs", "3")
    #expect(more.code == 0, "\(more.errors)")
    #expect(try folder.text(of: "run/metrics.jsonl").contains("\"epoch\":3"))
    let over = try folder.run(
      "train", "run/config.yaml", "--overwrite", "--run", "run", "--merges", "0", "--steps", "1")
    #expect(over.code == 0 && !folder.holds("run/merges.txt"), "\(over.errors)")
  }

  @Test func linesKeepTheirNumbers() throws {
    let folder = try CommandFolder.withTranslator()
    try folder.write("the sea\n\n  the \"cat\"\tsees it .\r\n \nnever seen before", to: "in.txt")
    let outcome = try folder.run("translate", "run", "in.txt")
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 6 && lines[1].isEmpty && lines[3].isEmpty && lines[5].isEmpty)
    #expect(!lines[0].isEmpty && !lines[4].isEmpty, "\(outcome.output)")
    let piped = try folder.start(["translate", "run"], input: "in.txt").wait()
    #expect(piped.code == 0 && piped.outputBytes == outcome.outputBytes)
    let narrow = try folder.run("translate", "run", "in.txt", "--batch-size", "1")
    #expect(narrow.outputBytes == outcome.outputBytes)
    let greedy = try folder.run("translate", "run", "in.txt", "--beam", "1")
    #expect(greedy.outputBytes == outcome.outputBytes)
  }

  @Test func scoresComeAsJSON() throws {
    let folder = try CommandFolder.withTranslator()
    try folder.write("the \"sea\"\n\nthe cat\n", to: "in.txt")
    let outcome = try folder.run(
      "translate", "run", "in.txt", "--json", "--n-best", "3", "--length-penalty", "none")
    #expect(outcome.code == 0, "\(outcome.errors)")
    struct Line: Decodable {
      enum CodingKeys: String, CodingKey {
        case line, rank, source, target, score, units
        case logProbability = "log-probability"
      }
      let line: Int
      let rank: Int
      let source: String
      let target: String
      let score: Double
      let logProbability: Double
      let units: [String]
    }
    let lines = try outcome.output.split(separator: "\n").map {
      try JSONDecoder().decode(Line.self, from: Data($0.utf8))
    }
    #expect(lines.map(\.line) == [1, 1, 1, 2, 3, 3, 3])
    #expect(lines.map(\.rank) == [1, 2, 3, 1, 1, 2, 3])
    #expect(lines[0].source == "the \"sea\"" && lines[3].target.isEmpty && lines[3].score == 0)
    for line in lines { #expect(line.score == line.logProbability) }
    #expect(lines[0].score >= lines[1].score && lines[1].score >= lines[2].score)
    #expect(lines[4].units.joined(separator: " ") == lines[4].target)
    // What was written can be given back, to be told the same.
    try folder.write(outcome.outputBytes, to: "out.jsonl")
    let forced = try folder.run("evaluate", "run", "--data", "out.jsonl", "--force")
    #expect(forced.code == 0, "\(forced.errors)")
    #expect(forced.output.split(separator: "\n").count == 7)
    struct Forced: Decodable {
      enum CodingKeys: String, CodingKey {
        case target
        case logProbability = "log-probability"
      }
      let target: String
      let logProbability: Double
    }
    let given = try forced.output.split(separator: "\n").map {
      try JSONDecoder().decode(Forced.self, from: Data($0.utf8))
    }
    for (line, forced) in zip(lines, given) where !line.source.isEmpty {
      #expect(line.target == forced.target)
      #expect(abs(line.logProbability - forced.logProbability) < 1e-4)
    }
  }

  @Test func severalTranslationsAreNumbered() throws {
    let folder = try CommandFolder.withTranslator()
    try folder.write("the sea\n\nthe cat\n", to: "in.txt")
    let best = try folder.run("translate", "run", "in.txt", "--beam", "2")
    let both = try folder.run("translate", "run", "in.txt", "--beam", "2", "--n-best", "2")
    #expect(both.code == 0, "\(both.errors)")
    let lines = both.output.split(separator: "\n").map {
      $0.split(separator: "\t", omittingEmptySubsequences: false)
    }
    let places = lines.map { $0.prefix(2).joined(separator: ".") }
    #expect(places == ["1.1", "1.2", "2.1", "3.1", "3.2"])
    let first = lines.filter { $0[1] == "1" }.map { "\($0[2])\n" }.joined()
    #expect(first == best.output)
  }

  @Test func whatIsDrawnDependsOnTheSeedAlone() throws {
    let folder = try CommandFolder.withTranslator()
    try folder.write("the sea\nthe cat\na bird\n", to: "in.txt")
    let draw = ["translate", "run", "in.txt", "--sample", "--n-best", "4", "--temperature", "1.5"]
    let first = try folder.run(draw + ["--seed", "7"])
    #expect(first.code == 0 && first.output.split(separator: "\n").count <= 12, "\(first.errors)")
    #expect(try folder.run(draw + ["--seed", "7", "--batch-size", "2"]).output == first.output)
    #expect(try folder.run(draw + ["--seed", "8"]).output != first.output)
  }

  @Test func whatWasLookedAtIsShown() throws {
    let folder = try CommandFolder.withTranslator()
    try folder.write("the sea\n\nthe cat\n", to: "in.txt")
    let shown = try folder.run("translate", "run", "in.txt", "--attention")
    #expect(shown.code == 0, "\(shown.errors)")
    let hasShades = ["░", "▒", "▓", "█"].contains { shown.output.contains($0) }
    #expect(hasShades && shown.output.contains("<eos>"), "\(shown.output)")
    let drawn = try folder.run(
      "translate", "run", "in.txt", "--attention", "--svg", "a.svg", "--n-best", "2")
    #expect(drawn.code == 0 && !drawn.output.contains("<eos>"), "\(drawn.errors)")
    for name in ["a.svg", "a-1-2.svg", "a-3.svg", "a-3-2.svg"] {
      #expect(folder.holds(name), "\(name)")
    }
    #expect(try folder.text(of: "a.svg").contains("<svg") && !folder.holds("a-2.svg"))
    let plain = try CommandFolder.withTranslator("--attention", "none")
    try plain.write("the sea\n", to: "in.txt")
    try BadInputTests.check(
      .init(
        "attention of a model without", ["translate", "run", "in.txt", "--attention"],
        "run 'run' has no attention to show"), in: plain)
  }

  @Test func evaluatingShowsScoresWithTheirSignatures() throws {
    let folder = try CommandFolder.withTranslator()
    let held = try folder.run("evaluate", "run")
    #expect(held.code == 0 && held.errors.isEmpty, "\(held.errors)")
    #expect(held.output.hasPrefix("validation pairs: 5 pairs, loss "))
    for part in [
      "perplexity", "BLEU = ", "nrefs:1|case:mixed|eff:no|tok:13a|", "chrF2 = ", "exact match",
      "units  pairs",
    ] {
      #expect(held.output.contains(part), "\(held.output)")
    }
    let named = try folder.run(
      "evaluate", "run", "--data", "train.src", "--target", "train.tgt", "--set",
      "decoding.beam=2", "--set", "decoding.bleu=none")
    #expect(named.output.hasPrefix("train.src: 14 pairs, loss "), "\(named.errors)")
    #expect(named.output.contains("|tok:none|"))
    try folder.write("zzz sees\n", to: "a.src")
    try folder.write("xxx voit\n", to: "a.tgt")
    let unseen = try folder.run("evaluate", "run", "--data", "a.src", "--target", "a.tgt")
    #expect(unseen.code == 0, "\(unseen.errors)")
    #expect(
      unseen.output.contains("never seen in training: 1 of 2 units of the sentences"),
      "\(unseen.output)")
  }

  @Test func aTranslatorIsSummarizedAndDrawn() throws {
    let folder = try CommandFolder.withTranslator("--tie", "target")
    let summary = try folder.run("summary", "--run", "run")
    for row in [
      "Source embedding", "Bidirectional LSTM", "Bridge", "Attention", "Readout", "Dense (tied)",
    ] {
      #expect(summary.output.contains("\n\(row) "), "\(summary.output) \(summary.errors)")
    }
    let plan = try folder.run("graph", "--plan", "run/config.yaml")
    #expect(plan.output.contains("encoder layer 1: LSTM 5 → 6"), "\(plan.errors)")
    let picture = try folder.run("graph", "--unfolded", "run/config.yaml", "--output", "g.svg")
    #expect(picture.code == 0 && folder.holds("g.svg"), "\(picture.errors)")
    let keys = try folder.run("train", "--list-keys", "--task", "translation")
    #expect(keys.output.contains("--attention") && keys.output.contains("--merges"))
  }

  static let refused: [BadInputTests.Case] = [
    .init(
      "files of different lengths", ["train", "run/config.yaml", "--run", "new"],
      "train.src' has 14 lines but '", "train.tgt' has 15"
    ) { try $0.write(try $0.text(of: "train.tgt") + "un\n", to: "train.tgt") },
    .init(
      "a translation that is not UTF-8", ["train", "run/config.yaml", "--run", "new"],
      "train.tgt', line 3: the text should be UTF-8"
    ) { try $0.write(Array("a\nb\n".utf8) + [0xFF, 0x0A], to: "train.tgt") },
    .init("no sentences", ["train", "run/config.yaml", "--run", "new"], "train.src' has no text") {
      try $0.write("", to: "train.src")
    },
    .init(
      "a line beyond the limit", ["translate", "run", "bad"],
      "'bad', line 3: the sentence has 10000 units, and data.maximum-length is 50"
    ) {
      try $0.write("a\n\n" + String(repeating: "sea ", count: 10_000) + "\nb\n", to: "bad")
    },
    .init(
      "a line beyond the limit to learn from", ["train", "run/config.yaml", "--run", "new"],
      "train.src', line 2: the sentence has 60 units, and data.maximum-length is 50"
    ) {
      try $0.write("a\n" + String(repeating: "sea ", count: 60) + "\n", to: "train.src")
      try $0.write("a\nb\n", to: "train.tgt")
    },
    .init("an empty file", ["translate", "run", "bad"], "'bad' has no text") {
      try $0.write("", to: "bad")
    },
    .init("nothing on standard input", ["translate", "run"], "'standard input' has no text"),
    .init(
      "bytes that are no text", ["translate", "run", "bad"],
      "'bad', line 2: the text should be UTF-8, but byte 5 of the file, 0xe9"
    ) { try $0.write(Array("the\nd".utf8) + [0xE9, 0x0A], to: "bad") },
    .init("no file", ["translate", "run", "none"], "'none'"),
    .init("a text in place of a run", ["translate", "train.src", "train.src"], "'train.src'"),
    .init(
      "a text in place of a checkpoint", ["translate", "run", "train.src"], "best.safetensors'"
    ) { try $0.write(try $0.text(of: "train.src"), to: "run/best.safetensors") },
    .init(
      "no checkpoint", ["translate", "run", "train.src"], "best.safetensors'"
    ) { try FileManager.default.removeItem(atPath: $0.path + "/run/best.safetensors") },
    .init(
      "a vocabulary of another size", ["translate", "run", "train.src"],
      "run/vocabulary.json' has 8 units, but the model was trained with"
    ) {
      try $0.write(
        #"{"format":"unfold vocabulary","version":1,"unit":"word","unknown":0,"end_of_line":1,"#
          + #""units":["<unk>","<eos>","a","b","c","d","e","f"]}"#, to: "run/vocabulary.json")
    },
    .init(
      "a vocabulary of another unit", ["translate", "run", "train.src"],
      "run/source-vocabulary.json' is not a vocabulary: its unit should be word, not character"
    ) {
      try $0.write(
        #"{"format":"unfold vocabulary","version":1,"unit":"character","units":["a"]}"#,
        to: "run/source-vocabulary.json")
    },
    .init(
      "translations without their file", ["evaluate", "run", "--data", "train.src"],
      "name the translations of 'train.src' with --target"),
    .init(
      "translations of another number",
      ["evaluate", "run", "--data", "train.src", "--target", "valid.tgt"],
      "'train.src' has 14 lines but 'valid.tgt' has 5"),
    .init(
      "another model to evaluate", ["evaluate", "run", "--set", "model.embedding-size=9"],
      "cannot evaluate 'run' with another model.embedding-size"),
    .init(
      "a setting of no sense", ["evaluate", "run", "--set", "decoding.beam=0"],
      "decoding.beam: expected a whole number from 1 to 1000, found '0'"),
    .init(
      "merges that are none",
      ["train", "run/config.yaml", "--run", "new", "--merges-file", "bad.bpe"],
      "bad.bpe', line 2: a merge should be two symbols divided by a space, found 'one'"
    ) { try $0.write("#version: 0.2\none\n", to: "bad.bpe") },
    .init(
      "merges of other text",
      ["train", "run/config.yaml", "--run", "new", "--merges-file", "bad.bpe"],
      "bad.bpe' makes a unit of the sentences to train on: they were learned from other text"
    ) { try $0.write("#version: 0.2\nq z</w>\nз д\n", to: "bad.bpe") },
    .init(
      "a text in place of merges",
      ["train", "run/config.yaml", "--run", "new", "--merges-file", "train.src"],
      "train.src' is not a file of byte-pair merges"),
    .init("a run of another task", ["tag", "run", "train.src"], "is of the task translation"),
    .init("lanes", ["evaluate", "run", "--lanes", "3"], "--lanes is for texts"),
    .init("a beam of no width", ["translate", "run", "train.src", "--beam", "0"], "--beam"),
    .init("other sentences", ["evaluate", "run"], "has changed since the run was started") {
      try $0.write(try $0.text(of: "valid.src") + "\n", to: "valid.src")
      try $0.write(try $0.text(of: "valid.tgt") + "\n", to: "valid.tgt")
    },
    .init(
      "a table of one column",
      ["train", "--task", "translation", "--train", "bad", "--format", "table", "--run", "new"],
      "bad' has no column 2"
    ) { try $0.write("one\ntwo\n", to: "bad") },
    .init(
      "JSON without a translation",
      [
        "train", "--task", "translation", "--train", "bad", "--format", "json-lines", "--run",
        "new",
      ],
      "bad', line 2: 'target' should be a string, but there is none"
    ) { try $0.write("{\"source\":\"a\",\"target\":\"b\"}\n{\"source\":\"a\"}\n", to: "bad") },
    .init(
      "no pair of so few words",
      ["train", "run/config.yaml", "--run", "new", "--maximum-words", "1"],
      "train.src' has no pairs of sentences"),
  ]

  @Test("bad input is one sentence, and nothing is written", arguments: refused)
  func bad(wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: try CommandFolder.withTranslator())
  }

  @Test func sentencesWithoutAnAllowedTranslationAreNamed() throws {
    let folder = try CommandFolder.withTranslator()
    try folder.write("\nthe cat\nthe sea\n", to: "in.txt")
    // There are fewer words than this.
    let limits = ["--no-repeat", "1", "--minimum-length", "90", "--maximum-length", "99"]
    let outcome = try folder.run(["translate", "run", "in.txt"] + limits)
    #expect(outcome.code == 0 && outcome.output == "\n\n\n")
    #expect(
      outcome.errors.contains("warning: 2 of 3 sentences have no translation")
        && outcome.errors.contains("the first on line 2"), "\(outcome.errors)")
  }

  @Test func mergesOfAnotherVocabularyAreOneSentence() throws {
    let folder = try CommandFolder.withTranslator("--merges", "12")
    try BadInputTests.check(
      .init(
        "merges of another vocabulary", ["translate", "run", "train.src"],
        "the byte-pair merges 'run/merges.txt' are not those of 'run/vocabulary.json'"
      ) { try $0.write("#version: 0.2\nq z\n", to: "run/merges.txt") }, in: folder)
    try BadInputTests.check(
      .init("no merges", ["translate", "run", "train.src"], "run/merges.txt'") {
        try FileManager.default.removeItem(atPath: $0.path + "/run/merges.txt")
      }, in: folder)
  }

  @Test func optionsThatDoNotGoTogetherAreToldBeforeAnythingIsRead() throws {
    let folder = try CommandFolder()
    for (options, word) in [
      (["--temperature", "2"], "--sample"), (["--sample", "--beam", "3"], "--beam"),
      (["--svg", "a.svg"], "--attention"), (["--json", "--attention"], "--attention"),
      (["--n-best", "0"], "--n-best"), (["--batch-size", "0"], "--batch-size"),
      (["--sample", "--nucleus", "1.5"], "--nucleus"),
    ] {
      let usage = try folder.run(["translate", "a"] + options)
      #expect(usage.code == 64 && usage.errors.contains(word), "\(usage.errors)")
    }
  }
}

extension CommandFolder {
  /// A folder with pairs of sentences and a run of a translator over them in `run`.
  static func withTranslator(_ options: String...) throws -> CommandFolder {
    let folder = try CommandFolder()
    let who = [("the cat", "le chat"), ("a bird", "un oiseau"), ("my uncle", "mon oncle")]
    let does = [("sees", "voit"), ("follows", "suit"), ("forgets", "oublie")]
    for (name, count) in [("train", 14), ("valid", 5)] {
      let pairs = (0..<count).map { number in
        let (a, b) = (who[number % 3], does[number * number % 3])
        return ("\(a.0) \(b.0) the sea", "la mer , \(a.1) \(b.1)")
      }
      try folder.write(pairs.map { $0.0 + "\n" }.joined(), to: "\(name).src")
      try folder.write(pairs.map { $0.1 + "\n" }.joined(), to: "\(name).tgt")
    }
    let outcome = try folder.run(
      [
        "train", "--task", "translation", "--train", "train.src", "--train-target", "train.tgt",
        "--validation", "valid.src", "--validation-target", "valid.tgt", "--run", "run",
        "--tokenizer", "as-it-is", "--maximum-length", "50", "--hidden-size", "6",
        "--embedding-size", "5", "--batch-size", "4", "--epochs", "2", "--seed", "3",
        "--learning-rate", "0.02",
      ] + options)
    guard outcome.code == 0 else { throw Failed(outcome: outcome) }
    return folder
  }
}
