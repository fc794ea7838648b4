import Configuration
import Datasets
import Layers
import Models
import Runs
import Tasks
import Tensors
import TestSupport
import Testing
import Training

@Suite("TaggingTask")
struct TaggingTaskTests {
  static let long = ["training.epochs=12", "training.optimizer.learning-rate=0.03"]

  @Test func aSmallTaggerLearnsWhatWordsAloneDoNotTell() throws {
    let run = try TinyTagging(Self.long, sentences: 60)
    #expect(try run.train())
    let best = try #require(
      try run.metrics().filter { $0.split == .validation }.compactMap { $0.values["accuracy"] }
        .max())
    #expect(best == 1)
    #expect(run.messages.text.contains("validation: loss"))
    #expect(run.messages.text.contains("accuracy 100.00 %, best in epoch"))
    // "can" is two things: the most frequent tag of each word is not enough.
    let baseline = try #require(
      run.messages.text.firstMatch(of: /most frequent tag of each word: accuracy ([0-9.]+) %/))
    #expect(try #require(Double(baseline.1)) < 100)
  }

  @Test(
    "an interrupted run ends as an uninterrupted one",
    arguments: [
      ["model.dropout=0.3", "model.input-dropout=0.3", "model.layers=2"],
      ["training.similar-lengths=true", "training.epochs=3", "training.average=0.9"],
      ["model.cell=gru", "model.weight-dropout=0.2", "model.word-dropout=2"],
      ["model.output=crf", "model.dropout=0.2"], ["model.output=jordan"],
      ["model.characters.size=0", "training.evaluate-every=3", "training.save-every=2"],
    ])
  func interrupted(settings: [String]) throws {
    let whole = try TinyTagging(settings)
    #expect(try whole.train())
    let parts = try whole.sibling(settings)
    var isFinished = try parts.train(stoppingAfter: 2)
    for steps in [1, 4, 3] where !isFinished {
      isFinished = try parts.train(.resume, stoppingAfter: steps)
    }
    if !isFinished { #expect(try parts.train(.resume)) }
    for name in ["last.safetensors", "best.safetensors", "metrics.jsonl", "vocabulary.json"] {
      let isSame = try whole.bytes(name) == parts.bytes(name)
      #expect(isSame, "\(name)")
    }
  }

  static let options: [[String]] = [
    ["model.cell=elman", "model.activation=relu"], ["model.cell=gru", "model.reset=before"],
    ["model.cell=gru", "model.reset=after", "model.layers=3"],
    ["model.peepholes=true", "model.coupled-gates=true"],
    ["model.projection-size=3", "model.layers=2"], ["model.layer-norm=sum", "model.zoneout=0.2"],
    ["model.dropout=0.4", "model.layers=2", "model.variational=true"],
    ["model.input-dropout=0.4", "model.recurrent-dropout=0.2"], ["model.characters.size=0"],
    ["model.word-dropout=0"], ["model.initializer=orthogonal"], ["data.lowercase=false"],
    ["data.minimum-count=3"], ["training.batch-size=1"], ["training.batch-size=500"],
    ["model.output=crf"], ["model.output=crf", "data.format=columns", "data.scheme=iob2"],
    ["model.output=jordan", "model.dropout=0.2"],
    ["data.format=columns"], ["data.format=columns", "data.scheme=iob2"],
    ["data.format=columns", "data.word-column=1", "data.tag-column=2"],
    ["training.schedule.kind=plateau", "training.patience=1"],
  ]

  @Test("a configuration takes a step and can be gone on with", arguments: options)
  func step(settings: [String]) throws {
    let run = try TinyTagging(settings + ["training.steps=3"])
    let cell = run.configuration.model.recurrent.cell
    try check(cell.type, run)
  }

  private func check<C: ConfigurableCell>(_ cell: C.Type, _ run: TinyTagging) throws {
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try run.train(.resume))
    let trained = try run.trained(cell)
    let fresh = Tagger<C>(run.configuration, trained.artefacts)
    #expect(
      Double(fresh.parameterCount)
        == run.configuration.model.parameterCount(trained.artefacts))
    var last = fresh
    try Checkpoint(contentsOf: run.path + "/last.safetensors").load(into: &last)
    for ((name, before), (_, after)) in zip(fresh.parameters, last.parameters) {
      #expect(after.isFinite, "\(name)")
      #expect(before.scalars != after.scalars, "\(name)")
    }
  }

  @Test("an example takes a step", arguments: try Examples.of(.tagging))
  func example(path: String) throws {
    let format = try TaggingConfiguration.read(file: path).values.data.format
    var run = try TinyTagging(format == .columns ? ["data.format=columns"] : [])
    run.configuration = try TaggingConfiguration.read(
      file: path, settings: [Setting("data.train", run.configuration.data.train)]
    ).values
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try Checkpoint(contentsOf: run.path + "/last.safetensors").header.step == 1)
  }

  @Test func theBestParametersAreThoseOfTheGreatestAccuracyOrF1() throws {
    for (settings, name) in [
      ([], "accuracy"), (["data.format=columns", "data.scheme=iob2"], "f1"),
    ] {
      let run = try TinyTagging(settings + ["training.epochs=5", "training.evaluate-every=2"])
      try run.train()
      let validations = try run.metrics().filter { $0.split == .validation }
      let figures = validations.compactMap { $0.values[name] }
      #expect(figures.count == validations.count)
      let first = try #require(figures.firstIndex(of: figures.max() ?? 0))
      #expect(try run.trained(LSTMCell.self).step == validations[first].step)
    }
  }

  @Test func aFieldsTagsKeepToTheScheme() throws {
    let run = try TinyTagging([
      "data.format=columns", "data.scheme=iob2", "model.output=crf", "training.steps=2",
    ])
    try run.train()
    let words = "sees sees the follows can uncle bird . my paint\n"
    let tagged = try run.trained(LSTMCell.self).tag(words, named: "words", as: .tokens)
    let tags = tagged.split(separator: "\n").map { String($0.split(separator: " ")[1]) }
    #expect(tags.count == 10)
    for (previous, next) in zip([nil] + tags, tags) {
      #expect(PhraseScheme.iob2.allows(next, after: previous), "\(tags)")
    }
  }

  @Test func otherSentencesAreNoticed() throws {
    let run = try TinyTagging()
    try run.train(stoppingAfter: 2)
    try run.folder.write(TinyTagging.conllu(22, from: 1), to: "train.txt")
    #expect(
      throws: TaskError.otherData(folder: run.path, file: run.configuration.data.train)
    ) { try run.train(.resume) }
  }

  @Test func aVocabularyOfAnotherSizeIsNamed() throws {
    let run = try TinyTagging()
    try run.train(stoppingAfter: 9)
    let path = run.path + "/vocabulary.json"
    let known = try TaggingVocabulary(contentsOf: path)
    let larger = TaggingVocabulary(
      words: Array(known.words.symbols.dropFirst()) + ["more"], tags: known.tags.symbols,
      lowercase: true)
    try larger.write(to: path)
    #expect(
      throws: TaskError.otherVocabulary(
        path: path, found: known.words.count + 1, expected: known.words.count)
    ) { _ = try run.trained(LSTMCell.self) }
  }

  @Test func aModelBeyondTheMachinesMemoryIsRefused() throws {
    let run = try TinyTagging(["model.hidden-size=1000000"])
    #expect {
      try run.train()
    } throws: { error in
      guard case .tooLarge = error as? TaskError else { return false }
      return true
    }
  }

  @Test func oneTagAloneIsRefused() throws {
    let run = try TinyTagging(["data.column=xpos"])
    try run.folder.write(
      "1\ta\t_\tX\t_\t_\t_\t_\t_\t_\n2\tb\t_\tY\t_\t_\t_\t_\t_\t_\n\n", to: "train.txt")
    #expect(
      throws: TaskError.fewClasses(path: run.configuration.data.train, kind: "tag", found: ["_"])
    ) { try run.train() }
  }

  @Test func aFileWithoutSentencesIsSaid() throws {
    let run = try TinyTagging(["training.steps=1"])
    try run.train()
    for (form, text) in [(SentenceForm.conllu, "# nothing\n"), (.columns, "\n")] {
      #expect(throws: TaskError.noSentences(path: "text")) {
        try run.trained(LSTMCell.self).tag(text, named: "text", as: form)
      }
    }
    try run.folder.write("# nothing yet\n", to: "train.txt")
    #expect(throws: TaskError.noSentences(path: run.configuration.data.train)) {
      try run.train(.overwrite)
    }
  }
}
