import Configuration
import Datasets
import Foundation
import Layers
import Models
import Runs
import Tasks
import Tensors
import Testing
import Training

/// Whatever a configuration can say, trains.
@Suite("Every option of a configuration")
struct ConfigurationTableTests {
  static let models: [[String]] =
    ["tanh", "relu", "sigmoid", "softsign", "hard-sigmoid", "leaky-relu", "elu", "gelu"].map {
      ["model.cell=elman", "model.activation=\($0)"]
    } + [
      ["model.cell=elman", "model.activation=softplus", "model.recurrent-dropout=0.2"],
      ["model.cell=elman", "model.activation=identity", "model.layers=3"],
      ["model.cell=gru", "model.reset=before"],
      ["model.cell=gru", "model.reset=after", "model.recurrent-dropout=0.2", "model.layers=2"],
      ["model.cell=lstm", "model.peepholes=true"],
      ["model.cell=lstm", "model.coupled-gates=true"],
      ["model.peepholes=true", "model.coupled-gates=true", "model.layers=2"],
      ["model.projection-size=5", "model.layers=2"],
      ["model.projection-size=6", "model.tie-weights=true"],
      ["model.layer-norm=true", "model.layers=2"],
      ["model.layer-norm=sum", "model.coupled-gates=true", "model.projection-size=3"],
      ["model.zoneout=0.3", "model.layer-norm=products", "model.peepholes=true"],
      ["model.dropout=0.4", "model.layers=2"],
      ["model.dropout=0.4", "model.layers=2", "model.variational=true"],
      ["model.embedding-dropout=0.3", "model.weight-dropout=0.3"],
      ["model.embedding-size=8", "model.tie-weights=true"],
      ["model.initializer=xavier"], ["model.initializer=he"], ["model.initializer=orthogonal"],
      ["model.initializer=uniform", "model.initializer-range=0.05"],
    ]

  static let training: [[String]] = [
    ["training.optimizer.kind=sgd"],
    ["training.optimizer.kind=sgd", "training.optimizer.momentum=0.9"],
    [
      "training.optimizer.kind=sgd", "training.optimizer.momentum=0.9",
      "training.optimizer.nesterov=true",
    ],
    ["training.optimizer.kind=rmsprop", "training.optimizer.decay=0.9"],
    ["training.optimizer.kind=rmsprop", "training.optimizer.momentum=0.5"],
    ["training.optimizer.kind=adagrad", "training.optimizer.epsilon=1e-6"],
    ["training.optimizer.kind=adam", "training.optimizer.beta1=0.8"],
    ["training.optimizer.kind=adamw", "training.optimizer.weight-decay=0.1"],
    ["training.optimizer.weight-decay=0.01"],
    ["training.schedule.warmup-steps=2"],
    ["training.schedule.kind=step", "training.schedule.after-epoch=0"],
    ["training.schedule.kind=plateau", "training.schedule.minimum=0.001"],
    ["training.schedule.kind=cosine", "training.schedule.warmup-steps=1"],
    // Warmer for longer than the run lasts.
    ["training.schedule.kind=cosine", "training.schedule.warmup-steps=1000"],
    ["training.clip-norm=none"], ["training.clip-norm=0.1"], ["training.clip-value=0.01"],
    ["training.batch-size=1", "training.window=1"], ["training.batch-size=70"],
    ["training.window=150"], ["training.threads=1"], ["training.shift-windows=true"],
    ["training.average=0.5"], ["training.average=0.999", "training.optimizer.kind=sgd"],
    ["training.evaluate-every=1", "training.save-every=1", "training.log-every=1"],
    ["data.unit=byte"], ["data.unit=grapheme"], ["data.unit=word", "training.window=3"],
    ["data.unit=word", "data.end-of-line=false", "training.window=3"],
    ["data.minimum-count=3"], ["data.maximum-vocabulary=6"], ["data.lowercase=true"],
    ["data.validation-fraction=0", "data.test-fraction=0"],
    ["data.validation-fraction=0", "data.test-fraction=0.2"],
  ]

  @Test("a configuration takes a step and can be gone on with", arguments: models + training)
  func step(settings: [String]) throws {
    let cell = try TinyRun.configuration(settings, text: "/").model.recurrent.cell
    try check(cell.type, settings)
  }

  private func check<C: ConfigurableCell>(_ cell: C.Type, _ settings: [String]) throws {
    let run = try TinyRun(settings + ["training.steps=3"])
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try run.train(.resume))
    let trained = try run.trained(cell)
    let vocabulary = trained.vocabulary.count
    let fresh = LanguageModel<C>(run.configuration, vocabularySize: vocabulary)
    #expect(
      Double(fresh.parameterCount)
        == run.configuration.model.parameterCount(vocabularySize: vocabulary))
    #expect(fresh.summary.parameterCount == fresh.parameterCount)
    // Every parameter has been trained, and is still a number.
    var last = fresh
    try Checkpoint(contentsOf: run.path + "/last.safetensors").load(into: &last)
    for ((name, before), (_, after)) in zip(fresh.parameters, last.parameters) {
      #expect(after.isFinite, "\(name)")
      #expect(before.scalars != after.scalars, "\(name)")
    }
    var text = ""
    try trained.write(prompt: "the ", length: 12, seed: 1) { text += $0 }
    #expect(!text.isEmpty)
  }

  @Test func aModelBeyondTheMachinesMemoryIsRefusedBeforeItIsMade() throws {
    for settings in [
      ["model.hidden-size=1000000"], ["model.embedding-size=1000000", "model.hidden-size=100000"],
    ] {
      let run = try TinyRun(settings)
      #expect {
        try run.train()
      } throws: { error in
        guard case .tooLarge(_, let needed, let available) = error as? TaskError else {
          return false
        }
        return needed > Double(available.bytes) && "\(error)".contains("B of memory")
      }
      #expect(!FileManager.default.fileExists(atPath: run.path))
    }
  }

  @Test func weightsMayStartAtZeroAndVectorsOfSymbolsDoNot() throws {
    let run = try TinyRun(["model.initializer=zeros", "model.projection-size=5"])
    let model = LanguageModel<LSTMCell>(run.configuration, vocabularySize: 9)
    let weights = model.parameters.filter { $0.name.contains("weight") }
    #expect(weights.count == 5)
    for (name, weight) in weights {
      #expect(weight.scalars.allSatisfy { $0 == 0 } == (name != "embedding.weight"), "\(name)")
    }
  }

  @Test("an example takes a step", arguments: try Examples.of(.languageModel))
  func example(path: String) throws {
    var run = try TinyRun(text: TinyRun.text(lines: 150))
    run.configuration = try LanguageModelConfiguration.read(
      file: path,
      settings: [
        Setting(parsing: "data.train=\(run.configuration.data.train)"),
        // Large models read little here; what is theirs alone stays.
        Setting(parsing: "training.batch-size=2"), Setting(parsing: "training.window=4"),
      ]
    ).values
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try Checkpoint(contentsOf: run.path + "/last.safetensors").header.step == 1)
  }
}
