import Configuration
import Datasets
import Foundation
import Layers
import Models
import Runs
import Tasks
import TestSupport
import Testing
import Training

@Suite("ClassificationTask")
struct ClassificationTaskTests {
  /// Texts about the sea or about stones, in which the word that tells stands anywhere.
  static func csv(_ count: Int, from start: Int = 0) -> String {
    let other = ["the", "old", "man", "Sees", "a"]
    return "label,text\n"
      + (start..<start + count).map { number in
        let isSea = number * 5 % 3 == 0
        var words = (0..<3 + number % 4).map { other[(number + $0) % 5] }
        words.insert(isSea ? "waves" : "rocks", at: number % words.count)
        return "\(isSea ? "sea" : "stone"),\"\(words.joined(separator: " "))\"\n"
      }.joined()
  }

  /// Series that rise or fall, about a mean that says nothing.
  static func series(_ count: Int, from start: Int = 0) -> String {
    (start..<start + count).map { number in
      let slope = number % 2 == 0 ? 1.5 : -1.5
      return (0..<4 + number % 3).map { step in
        "\(Double(step) * slope + Double(number % 7)) \(100 + number % 5)\n"
      }.joined() + "\n"
    }.joined()
  }

  static let small = [
    "task=classification", "model.hidden-size=6", "model.layers=1", "training.batch-size=4",
    "training.epochs=2", "training.log-every=3", "training.optimizer.learning-rate=0.02",
    "training.seed=3",
  ]

  static func run(
    _ settings: [String] = [], example: String? = nil, count: Int = 24
  ) throws -> TaskRun<ClassificationConfiguration> {
    let isSeries = settings.contains("data.format=series-blocks")
    let small = small + (isSeries ? [] : ["model.embedding-size=5"])
    return try TaskRun(
      (example == nil ? small : []) + ["data.train=train", "data.validation=valid"] + settings,
      example: example
    ) {
      try $0.write(isSeries ? series(count) : csv(count), to: "train")
      try $0.write(isSeries ? series(8, from: 50) : csv(8, from: 50), to: "valid")
    }
  }

  /// Rising and falling series come in turn: a count for each.
  static let blocks = [
    "data.format=series-blocks", "data.train-counts=\(String(repeating: "1 ", count: 24))",
    "data.validation-counts=1 1 1 1 1 1 1 1",
  ]

  @Test(
    "texts are learned",
    arguments: [
      ["model.pooling=last"], ["model.pooling=mean"], ["model.pooling=max", "model.cell=gru"],
      ["model.pooling=attention", "model.bidirectional=false"], ["data.unit=character"],
    ])
  func texts(settings: [String]) throws {
    let run = try Self.run(
      settings + ["training.epochs=25", "training.optimizer.learning-rate=0.03"], count: 60)
    #expect(try run.train())
    let best = try run.metrics().filter { $0.split == .validation }
      .compactMap { $0.values["accuracy"] }.max()
    #expect(best == 1)
    if settings == ["data.unit=character"] { return }
    #expect(run.messages.text.contains("most frequent label: accuracy"))
    let lines = try run.classification(
      of: "text\nthe waves of old\n\"a, man\nrocks\"\n"
    ).split(separator: "\n")
    #expect(lines.count == 2)
    #expect(lines[0].hasPrefix(#"{"example":1,"label":"sea","probabilities":{"sea":"#))
    #expect(lines[1].hasPrefix(#"{"example":2,"label":"stone","#))
  }

  @Test func seriesAreLearnedInTheScaleOfTheTrainingData() throws {
    let count = 40
    let csv = { (count: Int, start: Int) in
      "name,label,a,b\n"
        + (start..<start + count).flatMap { number in
          (0..<3 + number % 3).map { step in
            let slope = number % 2 == 0 ? 1.5 : -1.5
            return
              "s\(number),\(number % 2 == 0 ? "up" : "down"),\(5000 + Double(step) * slope),7\n"
          }
        }.joined()
    }
    let run = try TaskRun<ClassificationConfiguration>(
      Self.small + [
        "data.train=train", "data.test=test", "data.format=series-csv",
        "data.sequence-column=name", "data.validation-fraction=0.2", "training.epochs=20",
      ]
    ) {
      try $0.write(csv(count, 0), to: "train")
      try $0.write(csv(10, 100), to: "test")
    }
    #expect(try run.train())
    let evaluation = try run.evaluation()
    #expect(evaluation.hasPrefix("test examples: 10 examples, 0 wrong, loss "), "\(evaluation)")
    #expect(evaluation.contains("accuracy 100.00 %"))
    #expect(try run.metrics().contains { $0.split == .validation })
    // Without labels, and with their column all the same.
    let bare = "name,a,b\nx,5000,7\nx,5001.5,7\n"
    let labelled = "name,label,a,b\nx,?,5000,7\nx,?,5001.5,7\n"
    let answer = try run.classification(of: bare)
    #expect(answer.hasPrefix(#"{"example":1,"sequence":"x","label":"up","#))
    #expect(try answer == run.classification(of: labelled))
    // The columns in another order are the same columns.
    #expect(try answer == run.classification(of: "b,name,a\n7,x,5000\n7,x,5001.5\n"))
    #expect(throws: SeriesError.noColumn(path: "text", line: 1, name: "b", expected: ["a", "b"])) {
      try run.classification(of: "name,a\nx,5000\n")
    }
    let turned = try run.folder.write("b,a,name,label\n7,5000,x,up\n7,5001.5,x,up\n", to: "turned")
    #expect(try run.evaluation(on: turned).contains("accuracy 100.00 %"))
  }

  /// A vocabulary that was written before it kept names reads columns by their places, as it did then.
  @Test func aVocabularyWithoutNamesReadsByPlace() throws {
    let text = "sequence,label,a,b\nx,u,1,2\ny,v,3,4\nz,u,5,6\n"
    let run = try TaskRun<ClassificationConfiguration>(
      Self.small + ["data.train=train", "data.format=series-csv", "training.steps=2"]
    ) { try $0.write(text, to: "train") }
    try run.train()
    let stored = try String(decoding: run.bytes("vocabulary.json"), as: UTF8.self)
    let object = try #require(
      JSONSerialization.jsonObject(with: Data(stored.utf8)) as? [String: Any])
    var contents = try #require(object["contents"] as? [String: Any])
    #expect(contents.removeValue(forKey: "columns") as? [String] == ["a", "b"])
    let named = try run.classification(of: "sequence,b,a\nq,2,1\n")
    let old = try JSONSerialization.data(
      withJSONObject: object.merging(["contents": contents]) { $1 })
    try run.folder.write(String(decoding: old, as: UTF8.self), to: "run/vocabulary.json")
    #expect(try run.classification(of: "sequence,c,d\nq,1,2\n") == named)
    #expect(throws: TaskError.frameWidth(path: "text", found: 1, expected: 2)) {
      try run.classification(of: "sequence,a\nx,5000\n")
    }
  }

  /// A column of labels that is named by its number may be missing where labels are not read.
  @Test func aLabelColumnByNumberMayBeMissing() throws {
    let text = "sequence,label,a,b\nx,u,1,2\ny,v,3,4\nz,u,5,6\n"
    let run = try TaskRun<ClassificationConfiguration>(
      Self.small + [
        "data.train=train", "data.format=series-csv", "data.label-column=2", "training.steps=2",
      ]
    ) { try $0.write(text, to: "train") }
    try run.train()
    #expect(
      try run.classification(of: "sequence,a,b\nq,1,2\n")
        == run.classification(of: "sequence,label,a,b\nq,,1,2\n"))
  }

  @Test(
    "an interrupted run ends as an uninterrupted one",
    arguments: [
      ["model.dropout=0.3", "model.input-dropout=0.3", "model.layers=2"],
      ["training.similar-lengths=true", "training.epochs=3", "model.pooling=attention"], blocks,
    ])
  func interrupted(settings: [String]) throws {
    try Self.run(settings).checkInterruptions(of: Self.run(settings))
  }

  static let options: [[String]] = [
    ["model.cell=elman", "model.activation=relu"], ["model.cell=gru", "model.layers=2"],
    ["model.bidirectional=false"], ["model.pooling=mean"], ["model.pooling=max"],
    ["model.pooling=attention"], ["model.projection-size=4"], ["model.dropout=0.4"],
    ["model.dropout=0.4", "model.variational=true", "model.layers=2"],
    ["model.weight-dropout=0.3"], ["data.unit=character"], ["data.lowercase=false"],
    ["data.minimum-count=5"], ["data.text-column=2", "data.label-column=1"], blocks,
    blocks + ["model.pooling=attention", "model.bidirectional=false"],
    ["training.batch-size=500"],
  ]

  @Test("a configuration takes a step and can be gone on with", arguments: options)
  func step(settings: [String]) throws {
    let run = try Self.run(settings + ["training.steps=3"])
    try run.checkSteps {
      run.configuration.model.parameterCount(try #require($0 as? ClassificationVocabulary))
    }
  }

  @Test("an example takes a step", arguments: try Examples.of(.classification))
  func example(path: String) throws {
    let format = try ClassificationConfiguration.read(file: path).values.data.format
    let settings = format.isSeries ? Self.blocks : ["data.format=csv"]
    let run = try Self.run(settings, example: path)
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try Checkpoint(contentsOf: run.path + "/last.safetensors").header.step == 1)
  }

  @Test func aPartOfTheTrainingExamplesIsKeptByTheSeedAlone() throws {
    let parts = try [1, 1, 2].map { seed in
      let run = try TaskRun<ClassificationConfiguration>(
        Self.small.dropLast() + [
          "model.embedding-size=5", "data.train=train", "data.validation-fraction=0.3",
          "training.seed=\(seed)", "training.steps=1",
        ]
      ) { try $0.write(Self.csv(20), to: "train") }
      try run.train()
      #expect(try run.evaluation().hasPrefix("validation examples: 6 examples, "))
      return try run.evaluation()
    }
    #expect(parts[0] == parts[1] && parts[0] != parts[2])
  }

  @Test func labelsThatWereNeverSeenAreErrorsAndSaid() throws {
    let run = try Self.run(["training.steps=2"])
    try run.train()
    let other = try run.folder.write("label,text\nsky,the old\nsea,waves\n", to: "other")
    let evaluation = try run.evaluation(on: other)
    #expect(evaluation.contains("never seen in training, counted as errors: sky (1)"))
    #expect(evaluation.hasPrefix("\(other): 2 examples, "))
  }

  @Test func countsOfOtherSeriesAreGivenWithThem() throws {
    let run = try Self.run(Self.blocks + ["training.steps=2"])
    try run.train()
    let other = try run.folder.write("1 2\n\n3 4\n5 6\n\n7 8\n", to: "other")
    #expect(throws: SeriesError.labelCounts(path: other, series: 3, expected: 24)) {
      try run.evaluation(on: other)
    }
    #expect(try run.evaluation(on: other, labels: "2 0 1").hasPrefix("\(other): 3 examples, "))
    #expect(
      throws: TaskError.labels(found: "2 x", expected: "whole numbers from 0 on divided by spaces")
    ) { try run.evaluation(on: other, labels: "2 x") }
  }

  @Test func numbersFarFromAllOthersAreReadAsFar() throws {
    let run = try Self.run(Self.blocks + ["training.steps=2"])
    try run.train()
    let line = try run.classification(of: "3e38 -3e38\n")
    #expect(line.contains("\"label\":") && !line.contains("nan"))
  }

  @Test func oneClassAloneIsRefused() throws {
    let run = try Self.run()
    try run.folder.write("label,text\nsea,waves\nsea,the sea\n", to: "train")
    let series = try Self.run([Self.blocks[0], "data.train-counts=24", Self.blocks[2]])
    for (run, label) in [(run, "sea"), (series, "1")] {
      let error = TaskError.fewClasses(
        path: run.configuration.data.train, kind: "label", found: [label])
      #expect(throws: error) { try run.train() }
      #expect("\(error)".contains("train' have no label but '\(label)': two at least"))
      #expect(!FileManager.default.fileExists(atPath: run.path))
    }
    // A run that began with more goes on to say that its data are others.
    let other = try Self.run()
    try other.train(stoppingAfter: 1)
    try other.folder.write("label,text\nsea,waves\nsea,the sea\n", to: "train")
    #expect(throws: TaskError.otherData(folder: other.path, file: other.configuration.data.train)) {
      try other.train(.resume)
    }
  }

  @Test func countsOfLabelsMustBeThere() throws {
    #expect {
      try Self.run(["data.format=series-blocks"])
    } throws: { "\($0)".contains("data.train-counts: must be given for series-blocks") }
    #expect {
      try Self.run(["data.train-counts=3 3"])
    } throws: { "\($0)".contains("data.format is series-blocks") }
    let run = try Self.run([Self.blocks[0], "data.train-counts=3 3", Self.blocks[2]])
    #expect(throws: SeriesError.self) { try run.train() }
    #expect(!FileManager.default.fileExists(atPath: run.path))
  }
}
