import Foundation
import NumPy
import Tensors
import Testing

/// Models that go to other frameworks and come back, by command.
@Suite("Interchange by command")
struct InterchangeVerbTests {
  static let models: [(options: [String], framework: String)] = [
    (["--layers", "2"], "pytorch"), (["--cell", "gru", "--biases", "1"], "pytorch"),
    (["--cell", "elman", "--activation", "relu"], "pytorch"),
    (["--tie-weights", "--embedding-size", "8"], "pytorch"),
    (["--projection-size", "5"], "pytorch"), (["--cell", "gru", "--reset", "before"], "keras"),
    (["--layers", "2", "--biases", "2"], "keras"),
  ]

  @Test func aRunsFolderIsNoModelToPredictWith() throws {
    let folder = try CommandFolder.withRun()
    let outcome = try folder.run("predict", "run", "a.npy", "--output", "b.npy")
    #expect(outcome.code == 1)
    #expect(outcome.errors.contains("'run' is not a model's folder"), "\(outcome.errors)")
    #expect(outcome.errors.contains("it has no layers.safetensors"))
  }

  @Test("a language model goes out and comes back as a run that does the same", arguments: models)
  func languageModel(options: [String], framework: String) throws {
    let folder = try CommandFolder.withRun(options)
    let out = try folder.run("export", "run", "--to", framework, "m.safetensors")
    #expect(out.code == 0, "\(out.errors)")
    #expect(out.output.contains("outputs of the probe are the same: the largest difference is "))
    guard framework == "pytorch" || !options.contains("2") else {
      // In Keras every layer is one of its own, so what comes back is a model folder.
      let back = try folder.run("import", "--from", framework, "m.safetensors", "-o", "model")
      #expect(back.code == 0 && back.output.contains("rnn_1: LSTM"), "\(back.errors)")
      return
    }
    let back = try folder.run(
      "import", "--from", framework, "m.safetensors", "--output", "back", "--vocabulary",
      "run/vocabulary.json", "--text", "text.txt")
    #expect(back.code == 0, "\(back.errors)")
    for arguments in [["evaluate", "RUN"], ["sample", "RUN", "--length", "60", "--seed", "4"]] {
      let outcomes = try ["run", "back"].map { run in
        try folder.run(arguments.map { $0 == "RUN" ? run : $0 })
      }
      #expect(outcomes[1].code == 0, "\(outcomes[1].errors)")
      #expect(outcomes[0].output == outcomes[1].output)
    }
    let best = try folder.bytes(of: "back/best.safetensors")
    let resumed = try folder.run("train", "--resume", "--run", "back")
    #expect(resumed.code == 1 && resumed.errorLines.count == 1)
    #expect(
      resumed.errors.contains("the model of 'back' was imported and has no training to go on with"),
      "\(resumed.errors)")
    #expect(try folder.bytes(of: "back/best.safetensors") == best)
    let again = try folder.run("export", "back", "--to", framework, "again.safetensors")
    #expect(again.code == 0, "\(again.errors)")
    if !options.contains("--biases") {
      #expect(try folder.bytes(of: "again.safetensors") == folder.bytes(of: "m.safetensors"))
    }
  }

  @Test func aModelFolderPredictsOnArrays() throws {
    let folder = try CommandFolder.withRun("--cell", "gru")
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    let brought = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    #expect(brought.code == 0, "\(brought.errors)")
    #expect(brought.output.contains("rnn: GRU, 6 → 8\n"), "\(brought.output)")
    let symbols = IndexTensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    let path = folder.path
    try NumPyWriter.write(
      ["input": .indices(symbols), "lengths": .indices([3, 2])], isDeflated: true,
      to: path + "/in.npz")
    try NumPyWriter.write(.indices([4, 5]), to: path + "/one.npy")
    for (input, output) in [("in.npz", "both.npy"), ("one.npy", "single.npy")] {
      let outcome = try folder.run("predict", "model", input, "--output", output)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    let both = try NumPyArray(contentsOf: path + "/both.npy").tensor(as: .float32)
    let single = try NumPyArray(contentsOf: path + "/single.npy").tensor(as: .float32)
    #expect(both.shape.rank == 3 && single.shape.rank == 2)
    #expect(both.slice(1..<2).slice(0..<2, axis: 1).scalars == single.scalars)
    #expect(both.slice(1..<2).slice(2..<3, axis: 1).scalars.allSatisfy { $0 == 0 })
  }

  @Test("files that do not fit are named, and what is read is not written over")
  func inputsThatDoNotFit() throws {
    let folder = try CommandFolder.withRun()
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    _ = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    let path = folder.path
    try NumPyWriter.write(
      .indices(IndexTensor([1, 2, 3], shape: [1, 3])), to: path + "/in.npy")
    try NumPyWriter.write(
      .indices(IndexTensor([1, 2, 3], shape: [1, 3, 1])), to: path + "/deep.npy")
    try NumPyWriter.write(.indices(IndexTensor([3], shape: [1, 1])), to: path + "/two.npy")
    try NumPyWriter.write(.indices([9]), to: path + "/long.npy")
    let cases: [(arguments: [String], code: Int32, said: String)] = [
      (["in.npy", "-o", "./in.npy"], 64, "'./in.npy' is read and cannot be written, too"),
      (
        ["deep.npy", "-o", "out.npy"], 1, "'deep.npy' does not fit: the model reads symbols [B, T]"
      ),
      (
        ["in.npy", "--lengths", "two.npy", "-o", "out.npy"], 1,
        "the lengths in 'two.npy' should have the shape [B], but it is [1, 1]"
      ),
      (
        ["in.npy", "--lengths", "long.npy", "-o", "out.npy"], 1,
        "'long.npy' does not fit: the model reads lengths from 1 to 3"
      ),
    ]
    for wrong in cases {
      let outcome = try folder.run(["predict", "model"] + wrong.arguments)
      #expect(
        outcome.code == wrong.code && outcome.errors.contains(wrong.said), "\(outcome.errors)")
      #expect(!folder.holds("out.npy"))
    }
  }

  @Test("the scripts of the other side are printed", arguments: ["pytorch", "keras"])
  func scripts(framework: String) throws {
    let outcome = try CommandFolder().run("import", "--script", framework)
    #expect(outcome.code == 0 && outcome.output.contains("def save(model, example, path):"))
  }

  @Test("the script for Keras 3 does not run under Keras 2", .enabled(if: PeerPython.isThere))
  func scriptUnderKeras2() throws {
    let folder = try CommandFolder()
    let script = try folder.run("import", "--script", "keras").output
    for (name, text) in [
      ("unfold_keras.py", script), ("keras.py", #"__version__ = "2.15.0""#),
      // Stand for those that it needs besides.
      ("numpy.py", "save_file = None"),
      ("safetensors.py", "safe_open = None; __path__ = ['.']"),
    ] {
      try folder.write(text, to: name)
    }
    let outcome = try PeerPython.run(["-c", "import unfold_keras"], in: folder)
    #expect(outcome.code == 1)
    #expect(
      outcome.errors.contains("ImportError: this script needs Keras 3, but here is Keras 2.15.0"),
      "\(outcome.errors)")
  }

  static let wrong: [BadInputTests.Case] = [
    .init(
      "a missing file", ["import", "--from", "pytorch", "no.safetensors", "-o", "out"],
      "there is no file 'no.safetensors'"),
    .init(
      "a file that is none", ["import", "--from", "keras", "text.txt", "-o", "out"], "'text.txt'"
    ) { try $0.write("text", to: "text.txt") },
    .init(
      "a run that is none", ["export", "folder", "--to", "pytorch", "m.safetensors"], "'folder'"),
    .init(
      "a model folder that is none", ["predict", "no", "in.npy", "-o", "out.npy"],
      "'no' is not a model's folder"),
  ]

  @Test("what is wrong is one sentence", arguments: wrong)
  func badInput(_ wrong: BadInputTests.Case) throws {
    try BadInputTests.check(wrong, in: CommandFolder())
  }

  @Test("an output that ends in .npz is one")
  func archive() throws {
    let folder = try CommandFolder.withRun()
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    _ = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    try NumPyWriter.write(
      .indices(IndexTensor([1, 2, 3], shape: [1, 3])), to: folder.path + "/in.npy")
    for name in ["out.npy", "out.npz"] {
      #expect(try folder.run("predict", "model", "in.npy", "--output", name).code == 0)
    }
    let other = try folder.run("predict", "model", "in.npy", "--output", "out.safetensors")
    #expect(other.code == 64 && other.errors.contains("--output should end in .npy or .npz"))
    #expect(!folder.holds("out.safetensors"))
    let archive = try NumPyArchive(contentsOf: folder.path + "/out.npz")
    #expect(archive.names == ["output"])
    #expect(
      try archive.array("output").tensor(as: .float32).scalars
        == NumPyArray(contentsOf: folder.path + "/out.npy").tensor(as: .float32).scalars)
  }

  @Test("a folder of something else is not replaced, and what is in the way is named")
  func folders() throws {
    let folder = try CommandFolder.withRun()
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    let import_ = ["import", "--from", "pytorch", "m.safetensors", "--overwrite", "--output"]
    let before = try folder.contents()
    for (output, said) in [
      (
        "run",
        "'run' is no imported model's folder and is not empty, it holds 'best.safetensors': name another folder"
      ),
      (
        "text.txt",
        "cannot write 'text.txt': 'text.txt' is a file; what was there before is unchanged"
      ),
      (
        "text.txt/a/b",
        "cannot write 'text.txt/a/b': 'text.txt' is a file; what was there before is unchanged"
      ),
    ] {
      let outcome = try folder.run(import_ + [output])
      #expect(outcome.code == 1 && outcome.errors == "unfold: \(said)\n", "\(outcome.errors)")
    }
    #expect(try folder.contents() == before)
    #expect(try folder.run(import_ + ["model"]).code == 0)
    let train = try folder.run(["train"] + CommandFolder.small + ["--overwrite", "--run", "model"])
    #expect(train.code == 1 && train.errors.contains("'model' is not a run folder"))
  }

  @Test("layers with longer edges are told as what they are", arguments: ["elman", "lstm"])
  func lags(cell: String) throws {
    let folder = try CommandFolder.withRun("--cell", cell, "--lags", "1,3")
    let outcome = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    #expect(
      outcome.errors
        == "unfold: layer 'rnn' cannot go to another framework: its steps follow those 1 and 3 before them, and layers "
        + "elsewhere follow the one before alone\n")
  }

  @Test func aTaggerOfWordsGoesOutAndOthersSayWhatStandsInTheWay() throws {
    let folder = try CommandFolder.withTagger()
    let refused = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    #expect(refused.code == 1 && refused.errorLines.count == 1)
    #expect(
      refused.errors.contains(
        "layer 'characters' cannot go to another framework: it reads the spelling of each word"))
    func train(_ run: String, _ options: String...) throws {
      let outcome = try folder.run(
        [
          "train", "--task", "tagging", "--train", "train.conllu", "--validation", "valid.conllu",
          "--run", run, "--hidden-size", "6", "--embedding-size", "5", "--layers", "1",
          "--character-size", "0", "--batch-size", "4", "--epochs", "1",
        ] + options)
      #expect(outcome.code == 0, "\(outcome.errors)")
    }
    try train("words")
    let outcome = try folder.run("export", "words", "--to", "pytorch", "m.safetensors")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let back = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    #expect(back.code == 0, "\(back.errors)")
    #expect(back.output.contains("rnn: LSTM, 5 → 12, both directions"), "\(back.output)")
    for (choice, said) in [("crf", "by a conditional random field"), ("jordan", "by a Jordan net")]
    {
      try train(choice, "--output", choice)
      let outcome = try folder.run("export", choice, "--to", "pytorch", "n.safetensors")
      #expect(outcome.code == 1 && outcome.errors.contains(said), "\(outcome.errors)")
    }
  }

  @Test func aModelOfImagesByRowsGoesOut() throws {
    let folder = try ImageVerbTests.folder()
    let outcome = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let back = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    #expect(back.code == 0 && back.output.contains("ends of each"), "\(back.errors)")
  }

  @Test func whatCannotGoIsRefusedAndNothingIsWritten() throws {
    let folder = try CommandFolder.withRun("--cell", "min-gru")
    let outcome = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    #expect(outcome.code == 1 && outcome.errorLines.count == 1)
    #expect(
      outcome.errors.contains("its cell is MinGRU, and others have plain ones, LSTM and GRU"),
      "\(outcome.errors)")
    #expect(!folder.holds("m.safetensors"))
  }

  @Test func aRunThatIsNoStackIsRefusedByItsName() throws {
    let outcome = try CommandFolder.withTrees().run(
      "export", "run", "--to", "pytorch", "m.safetensors")
    #expect(outcome.code == 1 && outcome.errorLines.count == 1)
    #expect(
      outcome.errors.contains("the model of 'run' cannot go to another framework"),
      "\(outcome.errors)")
  }

  @Test func aVocabularyOfAnotherSizeIsNamed() throws {
    let folder = try CommandFolder.withRun()
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    try folder.write(#"["a", "b"]"#, to: "few.json")
    let outcome = try folder.run(
      "import", "--from", "pytorch", "m.safetensors", "--output", "back", "--vocabulary",
      "few.json", "--text", "text.txt")
    #expect(outcome.code == 1 && outcome.errorLines.count == 1)
    #expect(
      outcome.errors.contains("the vocabulary 'few.json' has 2 units"), "\(outcome.errors)")
    try folder.write("{", to: "damaged.json")
    let damaged = try folder.run(
      "import", "--from", "pytorch", "m.safetensors", "--output", "back", "--vocabulary",
      "damaged.json", "--text", "text.txt")
    #expect(
      damaged.errors.contains("'damaged.json' is not a vocabulary: it should be a JSON array"),
      "\(damaged.errors)")
  }

  @Test func aFileWithoutAProbeNeedsTheUsersWord() throws {
    let folder = try CommandFolder.withRun()
    // A run's own parameters have PyTorch's names, and nothing beside them but the metadata of a checkpoint.
    let import_ = ["import", "--from", "pytorch", "run/best.safetensors", "-o", "model"]
    let refused = try folder.run(import_)
    #expect(refused.code == 1 && refused.errors.contains("has no probe"), "\(refused.errors)")
    #expect(!folder.holds("model"))
    let brought = try folder.run(import_ + ["--unchecked"])
    #expect(brought.code == 0 && brought.output.contains("unchecked"), "\(brought.errors)")
    let twice = try folder.run(import_ + ["--unchecked"])
    #expect(twice.code == 1 && twice.errors.contains("--overwrite"), "\(twice.errors)")
    #expect(try folder.run(import_ + ["--unchecked", "--overwrite"]).code == 0)
  }

  @Test func aProbeOfNumPyChecksAFileThatHasNone() throws {
    let folder = try CommandFolder.withRun()
    let import_ = ["import", "--from", "pytorch", "run/best.safetensors", "-o"]
    _ = try folder.run(import_ + ["first", "--unchecked"])
    let symbols = IndexTensor([1, 2, 3, 4, 5, 6], shape: [2, 3])
    try NumPyWriter.write(.indices(symbols), to: folder.path + "/in.npy")
    _ = try folder.run("predict", "first", "in.npy", "--output", "out.npy")
    let output = try NumPyArray(contentsOf: folder.path + "/out.npy").tensor(as: .float32)
    for (change, name) in [(0.0, "same"), (1e-3, "other")] {
      try NumPyWriter.write(
        ["input": .indices(symbols), "output": .tensor(output + change)],
        to: folder.path + "/\(name).npz")
    }
    let same = try folder.run(import_ + ["second", "--probe", "same.npz"])
    #expect(
      same.code == 0 && same.output.contains("the largest difference is 0.0"), "\(same.errors)")
    let other = try folder.run(import_ + ["third", "--probe", "other.npz"])
    #expect(other.code == 1 && other.errors.contains("none gives its outputs"), "\(other.errors)")
    #expect(!folder.holds("third"))
    try NumPyWriter.write(
      ["input": .indices(symbols), "output": .tensor(.ones([2, 3, 1, 1]))],
      to: folder.path + "/shape.npz")
    let shape = try folder.run(import_ + ["fourth", "--probe", "shape.npz"])
    #expect(
      shape.code == 1
        && shape.errors.contains("the probe in 'shape.npz'")
        && shape.errors.contains("no order of its layers gives outputs of the shape [2, 3, 1, 1]"),
      "\(shape.errors)")
  }

  @Test func aDamagedWeightIsFoundOut() throws {
    let folder = try CommandFolder.withRun()
    _ = try folder.run("export", "run", "--to", "pytorch", "m.safetensors")
    var bytes = try folder.bytes(of: "m.safetensors")
    let header = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    // The exponents of the first tensor, which is the embedding by its name.
    for place in stride(from: 8 + header + 3, to: 8 + header + 200, by: 4) { bytes[place] ^= 1 }
    try folder.write(bytes, to: "m.safetensors")
    let outcome = try folder.run("import", "--from", "pytorch", "m.safetensors", "-o", "model")
    #expect(outcome.code == 1 && outcome.errors.contains("differ by up to"), "\(outcome.errors)")
    #expect(!folder.holds("model"))
  }
}
