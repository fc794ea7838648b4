import Foundation
import Testing

/// Every way in which a run folder can be damaged or misused, for every verb that reads it.
@Suite("A damaged run folder")
struct DamagedRunTests {
  typealias Case = BadInputTests.Case
  typealias Edit = @Sendable (inout EditedSafetensors) -> Void

  static let resume = ["train", "--resume", "--run", "run"]
  static let verbs: [(name: String, arguments: [String])] = [
    ("resume", resume), ("evaluate", ["evaluate", "run"]), ("sample", ["sample", "run"]),
  ]

  /// The same damage to the last parameters, for going on, and to the best, for the other verbs.
  static func damage(
    _ name: String, _ words: String..., by edit: @escaping @Sendable ([UInt8]) throws -> [UInt8]
  ) -> [Case] {
    verbs.map { verb, arguments in
      let file = verb == "resume" ? "run/last.safetensors" : "run/best.safetensors"
      let wrong = Case("\(name), \(verb)", arguments, file) {
        try $0.write(try edit(try $0.bytes(of: file)), to: file)
      }
      return Case(wrong, words)
    }
  }

  static func rebuilt(_ edit: @escaping Edit) -> @Sendable ([UInt8]) throws -> [UInt8] {
    { bytes in
      var file = try EditedSafetensors(bytes)
      edit(&file)
      return try file.bytes
    }
  }

  static let bytes: [[Case]] = [
    damage("no bytes") { _ in [] },
    damage("its half", "truncated") { Array($0.prefix($0.count / 2)) },
    damage("its first bytes") { Array($0.prefix(5)) },
    damage("its header's half") { Array($0.prefix(100)) },
    damage("garbage") { $0.indices.map { UInt8(truncatingIfNeeded: $0 * 37 + 11) } },
    damage("a header of 2^63 bytes") { [0, 0, 0, 0, 0, 0, 0, 0x80] + $0.dropFirst(8) },
    damage("a byte too many") { $0 + [0] },
  ]

  static let tensors: [[Case]] = [
    damage("overlapping tensors", by: rebuilt { $0.overlap() }),
    damage(
      "offsets beyond integers",
      by: rebuilt { $0.set("output.bias", "data_offsets", to: [0, UInt64.max]) }),
    damage(
      "another type", "'embedding.weight'",
      by: rebuilt { $0.set("embedding.weight", "dtype", to: "I32") }),
    damage(
      "another shape", "'embedding.weight'", "should have the shape",
      by: rebuilt { $0.transpose("embedding.weight") }),
    damage("a missing tensor", "no tensor '", by: rebuilt { _ = $0.removeLast() }),
    damage(
      "a surplus tensor", "'rnn.weight_ih_l1'", "does not have",
      by: rebuilt { $0.add("rnn.weight_ih_l1") }),
    damage("no metadata", by: rebuilt { $0.set("__metadata__", "format", to: "pt") }),
    damage("another kind", "tagger", by: rebuilt { $0.set("__metadata__", "kind", to: "tagger") }),
    damage(
      "a newer version", "version 99",
      by: rebuilt { $0.set("__metadata__", "format_version", to: "99") }),
  ]

  static let edits: [(name: String, word: String, edit: Edit)] = [
    ("a state that does not exist", "extra.state.9.0", { $0.add("extra.state.9.0") }),
    ("another optimiser", "SGD", { $0.set("__metadata__", "optimizer", to: "SGD") }),
    ("a payload that is none", "payload", { $0.set("__metadata__", "payload", to: "{}") }),
    (
      "a window that does not exist", "window 99999",
      { $0.replacePayload("\"window\":[0-9]+", with: "\"window\":99999") }
    ),
    ("a negative step", "step", { $0.replacePayload("\"step\":[0-9]+", with: "\"step\":-3") }),
  ]

  static let resumption: [Case] = edits.map { name, word, edit in
    Case(name, resume, "run/last.safetensors", word) {
      let file = "run/last.safetensors"
      try $0.write(try rebuilt(edit)(try $0.bytes(of: file)), to: file)
    }
  }

  static let companions: [Case] = verbs.flatMap { verb, arguments -> [Case] in
    [
      Case("a broken vocabulary, \(verb)", arguments, "run/vocabulary.json") {
        try $0.write("{\"format\"", to: "run/vocabulary.json")
      },
      Case("an empty vocabulary, \(verb)", arguments, "run/vocabulary.json") {
        try $0.write("", to: "run/vocabulary.json")
      },
      Case(
        "a vocabulary of another size, \(verb)", arguments,
        "the vocabulary 'run/vocabulary.json' has", "units, but the model was trained with"
      ) {
        let text = try $0.text(of: "run/vocabulary.json")
        let shorter = text.replacingOccurrences(
          of: ",\\s*\"[^\"]\"\\s*\\]", with: "]", options: .regularExpression)
        try $0.write(shorter, to: "run/vocabulary.json")
      },
      Case("a broken configuration, \(verb)", arguments, "run/config.yaml:") {
        try $0.write("model: [\n", to: "run/config.yaml")
      },
      Case("a configuration of a giant, \(verb)", arguments, "B of memory") {
        try $0.replace("hidden-size: 8", with: "hidden-size: 1000000", in: "run/config.yaml")
      },
    ]
  }

  static let misuses: [Case] = [
    Case(
      "a run that is there", BadInputTests.train(), "'run' already holds a run", "--resume",
      "--overwrite"),
    Case(
      "another size for a run", resume + ["--hidden-size", "9"],
      "cannot go on with 'run': model.hidden-size is 9, but the run was started with 8"),
    Case("another text for a run", resume, "run 'run'", "has changed since") {
      try $0.write(TinyText.japanese.text(), to: "text.txt")
    },
    Case("another text to evaluate", ["evaluate", "run"], "run 'run'", "has changed since") {
      try $0.write(TinyText.japanese.text(), to: "text.txt")
    },
    Case("the text of a run is gone", resume, "text.txt") {
      try FileManager.default.removeItem(atPath: $0.path + "/text.txt")
    },
    Case("a missing text to evaluate", ["evaluate", "run", "--text", "no.txt"], "'no.txt'"),
    Case("a text of one token", ["evaluate", "run", "--text", "a.txt"], "the text has 1 unit,") {
      try $0.write("a", to: "a.txt")
    },
    Case("an end that is no token", ["sample", "run", "--end", "☃"], "'☃' is not a unit"),
    Case("nothing held out", ["evaluate", "run"], "holds out no data") {
      try $0.replace(
        "validation-fraction: 0.1", with: "validation-fraction: 0", in: "run/config.yaml")
    },
    Case("damaged metrics", resume + ["--epochs", "3"], "metrics.jsonl:1") {
      try $0.write("nonsense\n" + (try $0.text(of: "run/metrics.jsonl")), to: "run/metrics.jsonl")
    },
  ]

  @Test(
    "is one sentence, and the run stays as it is",
    arguments: bytes.flatMap(\.self) + tensors.flatMap(\.self) + resumption + companions + misuses)
  func damaged(wrong: Case) throws {
    try BadInputTests.check(wrong, in: try CommandFolder.withRun())
  }
}

extension CommandFolder {
  /// Puts other text in the place of some that must be there.
  fileprivate func replace(_ old: String, with new: String, in name: String) throws {
    let text = try text(of: name)
    try #require(text.contains(old))
    try write(text.replacingOccurrences(of: old, with: new), to: name)
  }
}
