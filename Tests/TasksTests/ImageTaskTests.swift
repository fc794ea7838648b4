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

@Suite("ImageTask")
struct ImageTaskTests {
  /// An IDX file of bytes.
  static func idx(_ shape: [Int], _ values: [UInt8]) -> [UInt8] {
    [0, 0, 8, UInt8(shape.count)]
      + shape.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 255) } } + values
  }

  /// Images of 4 × 6 pixels with a bright bar: upright for the label 3, lying for the label 7.
  static func images(_ count: Int, from start: Int = 0) -> (images: [UInt8], labels: [UInt8]) {
    let numbers = start..<start + count
    let pixels = numbers.flatMap { number in
      (0..<24).map { place -> UInt8 in
        let (row, column) = (place / 6, place % 6)
        let isBar = number % 2 == 0 ? column == number % 6 : row == number / 2 % 4
        return isBar ? 250 : UInt8((number * 31 + place * 7) % 40)
      }
    }
    return (
      idx([count, 4, 6], pixels), idx([count], numbers.map { $0 % 2 == 0 ? 3 : 7 })
    )
  }

  static let small = [
    "task=images", "model.hidden-size=6", "model.layers=1", "training.batch-size=5",
    "training.epochs=2", "training.log-every=3", "training.optimizer.learning-rate=0.02",
    "training.seed=3",
  ]
  static let grid = ["model.reading=grid", "model.dense-size=7"]

  static func run(
    _ settings: [String] = [], example: String? = nil, count: Int = 30,
    write: (TemporaryFolder) throws -> Void = { _ in }
  ) throws -> TaskRun<ImageConfiguration> {
    try TaskRun(
      (example == nil ? small + ["data.validation-fraction=0.2"] : []) + [
        "data.train=train-images-idx3", "data.train-labels=train-labels-idx1",
      ] + settings, example: example
    ) {
      let (images, labels) = Self.images(count)
      try $0.write(images, to: "train-images-idx3")
      try $0.write(labels, to: "train-labels-idx1")
      try write($0)
    }
  }

  static let readings: [[String]] = [
    ["model.reading=rows", "model.bidirectional=true"],
    ["model.reading=pixels", "model.cell=gru"],
    ["model.reading=permuted", "model.permutation-seed=5", "model.pooling=mean"], grid,
    grid + ["model.walks=sweeps", "model.cell=gru"],
  ]

  @Test("images are learned", arguments: readings)
  func learned(settings: [String]) throws {
    let run = try Self.run(
      settings + ["training.epochs=40", "training.optimizer.learning-rate=0.02"], count: 80)
    #expect(try run.train())
    let best = try run.metrics().filter { $0.split == .validation }
      .compactMap { $0.values["accuracy"] }.max()
    #expect(try #require(best) > 0.8, "\(settings)")
    #expect(try run.evaluation().hasPrefix("validation images: 16 images, "))
  }

  @Test("an interrupted run ends as an uninterrupted one", arguments: [readings[0], grid])
  func interrupted(settings: [String]) throws {
    let settings = settings + ["model.dropout=0.3"]
    try Self.run(settings).checkInterruptions(of: Self.run(settings))
  }

  static let options: [[String]] =
    readings + [
      ["model.layers=2", "model.dropout=0.2"], ["model.pooling=attention"], ["model.pooling=max"],
      grid + ["model.patch=1", "model.layers=1"], grid + ["model.dropout=0.4"],
      grid + ["model.activation=elu", "model.gate-activation=hard-sigmoid"],
      grid + ["model.walks=sweeps", "model.cell=lstm", "model.projection-size=4"],
      ["data.validation-fraction=0"],
    ]

  @Test("a configuration takes a step and can be gone on with", arguments: options)
  func step(settings: [String]) throws {
    let run = try Self.run(settings + ["training.steps=3"])
    try run.checkSteps {
      run.configuration.model.parameterCount(try #require($0 as? ImageVocabulary))
    }
  }

  @Test func aSecondLevelReadsPatchesOfTheFirst() throws {
    let settings = Self.grid + ["model.layers=2", "training.steps=2"]
    let run = try Self.run(settings) {
      try $0.write(Self.idx([4, 4, 8], Array(repeating: 9, count: 128)), to: "train-images-idx3")
      try $0.write(Self.idx([4], [1, 2, 1, 2]), to: "train-labels-idx1")
    }
    #expect(try !run.train(stoppingAfter: 1))
    // 4 × 6 pixels are 2 × 3 patches, of which 3 cannot be halved.
    let odd = try Self.run(settings)
    #expect(throws: TaskError.patches(height: 4, width: 6, patch: 2, levels: 2)) {
      try odd.train()
    }
    #expect(!FileManager.default.fileExists(atPath: odd.path))
  }

  @Test("an example takes a step", arguments: try Examples.of(.images))
  func example(path: String) throws {
    let run = try Self.run(
      ["training.batch-size=4", "data.validation-fraction=0.5"], example: path
    ) {
      let pixels = (0..<10 * 784).map { UInt8($0 * 7 % 251) }
      try $0.write(Self.idx([10, 28, 28], pixels), to: "train-images-idx3")
      try $0.write(Self.idx([10], Array(0..<10)), to: "train-labels-idx1")
    }
    #expect(try !run.train(stoppingAfter: 1))
    #expect(try Checkpoint(contentsOf: run.path + "/last.safetensors").header.step == 1)
  }

  @Test func otherImagesAreEvaluatedByTheLabelsBesideThem() throws {
    let run = try Self.run(["training.steps=2"])
    try run.train()
    let (images, labels) = Self.images(6, from: 100)
    let path = try run.folder.write(images, to: "new-images-idx3")
    try run.folder.write(labels, to: "new-labels-idx1")
    #expect(try run.evaluation(on: path).hasPrefix("\(path): 6 images, "))
    let plain = try run.folder.write(images, to: "new")
    #expect(throws: TaskError.noLabelFile(path: plain)) { try run.evaluation(on: plain) }
    let named = try run.evaluation(on: plain, labels: run.folder.file("new-labels-idx1"))
    #expect(named.hasPrefix("\(plain): 6 images, "))
    let wide = try run.folder.write(
      Self.idx([1, 3, 8], Array(repeating: 0, count: 24)), to: "wide-images-idx3")
    try run.folder.write(Self.idx([1], [3]), to: "wide-labels-idx1")
    #expect(throws: TaskError.imageSize(path: wide, found: [3, 8], expected: [4, 6])) {
      try run.evaluation(on: wide)
    }
    #expect(throws: IDXError.magic(path: "text", found: [0x78])) { try run.classification(of: "x") }
  }

  @Test func cornersAreWalkedByLSTMsAlone() throws {
    #expect {
      try Self.run(Self.grid + ["model.cell=gru"])
    } throws: { "\($0)".contains("must be lstm for walks from the corners") }
    #expect {
      try Self.run(["data.test=a"])
    } throws: { "\($0)".contains("give both or neither") }
  }

  @Test func oneClassAloneAndNoImagesAreRefused() throws {
    let run = try Self.run(["training.steps=1"])
    try run.train()
    for path in [nil, "empty"] {
      let bytes = path == nil ? Self.images(2).images : Self.idx([0, 4, 6], [])
      let lines = { try run.classification(of: bytes) }
      if path == nil {
        #expect(try lines().split(separator: "\n").count == 2)
      } else {
        #expect(throws: TaskError.noExamples(path: "input", kind: "images")) { try lines() }
      }
    }
    try run.folder.write(
      Self.idx([30], Array(repeating: 3, count: 30)), to: "train-labels-idx1")
    #expect(
      throws: TaskError.fewClasses(
        path: run.configuration.data.trainLabels, kind: "label", found: ["3"])
    ) { try run.train(.overwrite) }
  }
}
