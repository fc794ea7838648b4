import Configuration
import Datasets
import Drawing
import Layers
import Models
import Runs
import Tasks
import Tensors
import Testing
import Training
import Unfolding

/// Every cell that a configuration can name, with all that can be chosen of it, in every task.
@Suite("Cells of a configuration")
struct CellSettingsTests {
  /// One of each kind, as every task takes it: 12 units.
  static let kinds: [[String]] = [
    ["model.cell=jordan", "model.feedback-size=5"], ["model.cell=leaky"],
    ["model.cell=clockwork", "model.periods=[1, 2, 3]"], ["model.cell=minimal-gated"],
    ["model.cell=min-gru"], ["model.cell=min-lstm"],
    ["model.cell=deep-transition", "model.transition-layers=7", "model.output-layers=[9, 5]"],
    ["model.cell=lstm", "model.lags=[1, 2]"], ["model.cell=gru", "model.lags=2"],
  ]

  static let options: [[String]] =
    kinds + [
      ["model.cell=elman", "model.biases=2", "model.lags=[1, 3, 4]"],
      ["model.cell=elman", "model.biases=0"],
      ["model.cell=jordan", "model.activation=softsign", "model.output-activation=tanh"],
      ["model.cell=jordan", "model.lags=[2, 3]", "model.weight-dropout=0.2"],
      ["model.cell=leaky", "model.retention=0.7", "model.activation=relu"],
      [
        "model.cell=leaky",
        "model.retention=[0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1]",
      ],
      ["model.cell=leaky", "model.time-scales=[1, 9.5]", "model.learn-retention=false"],
      ["model.cell=leaky", "model.time-scales=[1.5, 4]", "model.lags=[1, 2]"],
      ["model.cell=clockwork", "model.activation=hard-sigmoid", "model.biases=2"],
      ["model.cell=clockwork", "model.recurrent-dropout=0.2", "model.weight-dropout=0.2"],
      ["model.cell=minimal-gated", "model.gate-activation=hard-sigmoid", "model.activation=elu"],
      ["model.cell=min-gru", "model.candidate=positive", "model.gate-activation=hard-sigmoid"],
      ["model.cell=min-gru", "model.candidate=tanh", "model.lags=[1, 4]"],
      ["model.cell=min-lstm", "model.candidate=positive", "model.layers=2"],
      ["model.cell=deep-transition", "model.input-layers=[7, 4]"],
      [
        "model.cell=deep-transition", "model.input-layers=3", "model.transition-layers=[4, 5]",
        "model.skip-connection=true", "model.output-layers=6", "model.activation=softsign",
        "model.lags=[1, 2]", "model.tie-weights=true",
      ],
      ["model.cell=gru", "model.biases=0", "model.activation=softsign"],
      [
        "model.cell=gru", "model.reset=before", "model.biases=2",
        "model.gate-activation=hard-sigmoid",
      ],
      [
        "model.forget-bias=-2", "model.biases=2", "model.gate-activation=hard-sigmoid",
        "model.activation=softsign",
      ],
      ["model.zoneout=0.2", "model.cell-zoneout=0.4", "model.biases=0"],
      ["model.projection-size=5", "model.lags=[1, 3]", "model.recurrent-dropout=0.3"],
      ["model.lags=70", "training.window=80"],
    ]

  @Test("is trained, gone on with to the same bits, listed and drawn", arguments: options)
  func languageModel(settings: [String]) throws {
    let settings = settings + ["model.hidden-size=12", "training.epochs=1"]
    let whole = try TinyRun(settings), parts = try whole.sibling(settings)
    #expect(try whole.train())
    #expect(try !parts.train(stoppingAfter: 2))
    #expect(try parts.train(.resume))
    try ResumeTests.expectSame(whole, parts)
    #expect(
      try LanguageModelConfiguration.read(file: whole.path + "/config.yaml").values
        == whole.configuration)
    let cell: any ConfigurableCell.Type = whole.configuration.model.recurrent.cell.type
    try check(cell, whole)
  }

  private func check<C: ConfigurableCell>(_ cell: C.Type, _ run: TinyRun) throws {
    let trained = try run.trained(cell)
    let count = trained.vocabulary.count
    let fresh = LanguageModel<C>(run.configuration, vocabularySize: count)
    #expect(
      Double(fresh.parameterCount) == run.configuration.model.parameterCount(vocabularySize: count))
    #expect(fresh.summary.parameterCount == fresh.parameterCount)
    #expect(fresh.recurrent.outputSize == run.configuration.model.recurrent.outputSize)
    // The text is too short to learn over, and the step that keeps as many states has no plan.
    let isFar = run.configuration.model.recurrent.cell.lags == [70]
    for ((name, before), (_, after)) in zip(fresh.parameters, trained.model.parameters)
    where !isFar {
      #expect(after.isFinite && before.scalars != after.scalars, "\(name)")
    }
    #expect(fresh.circuit.folded.svg.contains("</svg>"))
    #expect(fresh.circuit.unfolded(steps: fresh.circuit.leastSteps).dot.hasPrefix("digraph"))
    #expect(LanguageModelTask<C>.layers(of: fresh).allSatisfy { ($0.plan == nil) == isFar })

    // What is drawn step by step is what a walk over all steps says.
    var generation = Generation(trained.model, sampling: Sampling(temperature: 0), seed: 1)
    var symbols: [Int32] = [3]
    generation.read(symbols)
    for _ in 0..<9 { symbols.append(generation.next()) }
    let (logits, _) = trained.model(IndexTensor(symbols), lengths: [symbols.count])
    #expect(logits.argmax().elements.dropLast() == symbols.dropFirst())
  }

  @Test("tags", arguments: kinds)
  func tagging(settings: [String]) throws {
    let settings = settings + ["model.hidden-size=12", "training.steps=7"]
    let whole = try TinyTagging(settings), parts = try whole.sibling(settings)
    #expect(try whole.train())
    #expect(try !parts.train(stoppingAfter: 2))
    #expect(try parts.train(.resume))
    #expect(try whole.bytes("last.safetensors") == parts.bytes("last.safetensors"))
    let cell: any ConfigurableCell.Type = whole.configuration.model.recurrent.cell.type
    try tag(cell, whole)
  }

  private func tag<C: ConfigurableCell>(_ cell: C.Type, _ run: TinyTagging) throws {
    let trained = try run.trained(cell)
    #expect(
      Double(trained.model.parameterCount)
        == run.configuration.model.parameterCount(trained.artefacts))
    let tagged = try trained.tag(
      "the bird sees my uncle .\n", named: "", as: .tokens, isUntagged: false, to: .columns)
    #expect(tagged.split(separator: "\n").count == 6)
    #expect(trained.model.circuit.unfolded(steps: 3).svg.contains("</svg>"))
  }

  @Test("classifies", arguments: kinds)
  func classification(settings: [String]) throws {
    for more in [[], ["model.bidirectional=false", "model.pooling=mean", "model.layers=2"]] {
      let run = try ClassificationTaskTests.run(
        settings + more + ["model.hidden-size=12", "training.steps=3"])
      try run.checkSteps {
        run.configuration.model.parameterCount(try #require($0 as? ClassificationVocabulary))
      }
      #expect(try !run.classification(of: "text\na story\n").isEmpty)
    }
  }

  @Test("reads images", arguments: kinds)
  func images(settings: [String]) throws {
    for more in [
      ["model.reading=rows"], ["model.reading=pixels", "model.bidirectional=true"],
      ImageTaskTests.grid + ["model.walks=sweeps", "model.patch=1"],
    ] {
      let run = try ImageTaskTests.run(
        settings + more + ["model.hidden-size=12", "training.steps=3"])
      try run.checkSteps {
        run.configuration.model.parameterCount(try #require($0 as? ImageVocabulary))
      }
    }
  }

  @Test("writes music", arguments: kinds)
  func music(settings: [String]) throws {
    let run = try MusicTaskTests.run(settings + ["model.hidden-size=12", "training.steps=3"])
    try run.checkSteps {
      run.configuration.model.parameterCount(try #require($0 as? MusicVocabulary))
    }
    let cell: any ConfigurableCell.Type = run.configuration.model.recurrent.cell.type
    try compose(cell, run)
  }

  private func compose<C: ConfigurableCell>(
    _ cell: C.Type, _ run: TaskRun<MusicConfiguration>
  ) throws {
    let trained = try TrainedModel<MusicTask<C>>(RunFolder(reading: run.path), run.configuration)
    let piece = trained.piece(length: 9, temperature: 0, seed: 1)
    // Each step's notes are those that the steps before it foretell, read all at once.
    var rows: [Float] = Array(repeating: 0, count: trained.artefacts.count)
    for step in 0..<8 {
      rows += (0..<trained.artefacts.count).map {
        piece[step].contains(UInt8($0 + trained.artefacts.lowestNote)) ? 1 : 0
      }
    }
    let scores = trained.model(
      SequenceBatch(Tensor(rows, shape: [9, trained.artefacts.count]), lengths: [9]))
    for step in 0..<9 {
      let numbers = scores.slice(step..<step + 1).scalars
      let notes = numbers.indices.filter { numbers[$0] > 0 }
        .map { UInt8($0 + trained.artefacts.lowestNote) }
      #expect(Array(piece[step]) == notes, "step \(step)")
    }
  }

  @Test("learns generated problems", arguments: kinds)
  func generated(settings: [String]) throws {
    for problem in [[], GeneratedTaskTests.copy] {
      let run = try GeneratedTaskTests.run(
        problem + settings + ["model.hidden-size=12", "training.steps=3", "training.epochs=9"])
      try run.checkSteps { _ in run.configuration.parameterCount }
    }
  }
}
