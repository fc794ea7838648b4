import Files
import Layers
import Safetensors
import Tensors
import TestSupport
import Testing
import Training

@Suite("Checkpoint")
struct CheckpointTests {
  /// What a program might keep beside its model.
  struct Payload: Codable, Equatable {
    var name = "Träume \"und\" \\ mehr\n"
    var generator = RandomGenerator(seed: .max - 4)
    var best: Double? = 0.1 + 0.2
    var worst = Double.infinity
  }

  let folder: TemporaryFolder
  let path: String
  let header = Checkpoint.Header(kind: "language-model", step: 12, epoch: 3)
  let inputs = IndexTensor([3, 0, 6, 6, 2, 1, 4, 3, 0, 5], shape: [2, 5])
  let targets = IndexTensor([0, 6, 6, 2, 3, 4, 3, 0, 5, 1], shape: [2, 5])

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("last.safetensors")
  }

  /// Steps of training from wherever model and optimiser are.
  func train(_ model: inout ReferenceModel, _ optimizer: inout Optimizer, steps: Int) {
    for _ in 0..<steps {
      var gradient = valueWithGradient(at: model) { $0.loss(inputs, targets) }.gradient
      _ = GradientClipping.globalNorm(limit: 0.1)(&gradient)
      optimizer.update(&model, gradient: gradient, learningRate: 0.05)
    }
  }

  @Test(
    "a run interrupted and gone on with ends with the same bits",
    arguments: OptimizerTests.rules.indices,
    [ScalarType.float32, .float64])
  func resumes(rule: Int, type: ScalarType) throws {
    var model = ReferenceModel(scalarType: type)
    var optimizer = Optimizer(OptimizerTests.rules[rule], weightDecay: 0.01)
    train(&model, &optimizer, steps: 2)
    try Checkpoint.save(model, optimizer: optimizer, header: header, payload: 0, to: path)
    train(&model, &optimizer, steps: 3)

    var other = ReferenceModel(scalarType: type, seed: 99)
    var restored = Optimizer(OptimizerTests.rules[rule], weightDecay: 0.01)
    let checkpoint = try Checkpoint(contentsOf: path, kind: "language-model")
    try checkpoint.load(into: &other)
    try checkpoint.restore(&restored, for: other)
    train(&other, &restored, steps: 3)
    #expect(bits(other) == bits(model))
    #expect(restored.step == 5)
    for (found, expected) in zip(restored.state.tensors, optimizer.state.tensors) {
      #expect(found.name == expected.name)
      #expect(
        found.tensor.withUnsafeBytes { Array($0) } == expected.tensor.withUnsafeBytes { Array($0) })
    }
  }

  @Test("header, payload and extra tensors come back as they were")
  func roundTrip() throws {
    let extras = [
      "hidden.0": Tensor.scattered([2, 4], scalarType: .float32),
      "odd": Tensor([.nan, -.infinity, -0.0, 0x1p-1074], shape: [2, 2], scalarType: .float64),
      "empty": Tensor.zeros([0, 3]),
    ]
    try Checkpoint.save(
      ReferenceModel(), extras: extras, header: header, payload: Payload(), to: path)
    let checkpoint = try Checkpoint(contentsOf: path)
    #expect(checkpoint.header == header)
    #expect(checkpoint.path == path)
    #expect(try checkpoint.payload(as: Payload.self) == Payload())
    let found = try checkpoint.extras()
    #expect(found.keys.sorted() == ["empty", "hidden.0", "odd"])
    for (name, tensor) in extras {
      #expect(found[name]?.shape == tensor.shape)
      #expect(found[name]?.scalarType == tensor.scalarType)
      #expect(
        found[name]?.withUnsafeBytes { Array($0) } == tensor.withUnsafeBytes { Array($0) })
    }
  }

  @Test("the same run writes the same bytes")
  func sameBytes() throws {
    var model = ReferenceModel()
    var optimizer = Optimizer(Adam())
    train(&model, &optimizer, steps: 1)
    let extras = Dictionary(uniqueKeysWithValues: (0..<20).map { ("e\($0)", Tensor(Double($0))) })
    for name in ["a", "b"] {
      try Checkpoint.save(
        model, optimizer: optimizer, extras: extras, header: header, payload: Payload(),
        to: folder.file(name))
    }
    #expect(try folder.bytes(of: "a") == folder.bytes(of: "b"))
    #expect(try folder.names == ["a", "b"])
  }

  @Test("parameters stand in the file under their plain names")
  func plainNames() throws {
    var model = ReferenceModel()
    var optimizer = Optimizer(SGD(momentum: 0.9))
    train(&model, &optimizer, steps: 1)
    try Checkpoint.save(model, optimizer: optimizer, header: header, payload: 0, to: path)
    let names = Set(try SafetensorsFile(contentsOf: path).names)
    #expect(names.contains("lstm.weight_ih_l1"))
    #expect(names.contains("optimizer.momentum.lstm.weight_ih_l1"))
    #expect(names.count == 2 * model.parameters.count)
  }

  @Test("an optimiser that has made no step is restored as such")
  func beforeFirstStep() throws {
    let model = ReferenceModel()
    try Checkpoint.save(
      model, optimizer: Optimizer(Adam()), header: header, payload: 0, to: path)
    var restored = Optimizer(Adam())
    try Checkpoint(contentsOf: path).restore(&restored, for: model)
    #expect(restored.step == 0)
    #expect(bits(stepped(restored, model)) == bits(stepped(Optimizer(Adam()), model)))
  }

  private func stepped(_ optimizer: Optimizer, _ model: ReferenceModel) -> ReferenceModel {
    var optimizer = optimizer, model = model
    train(&model, &optimizer, steps: 1)
    return model
  }

  // MARK: - Files that do not fit

  /// Saves a pair with an optimiser after one step, then writes the file anew with some entries and metadata changed.
  func save(
    changing metadata: [String: String] = [:], removing key: String? = nil,
    dropping dropped: String? = nil,
    adding added: SafetensorsWriter.Entry? = nil
  ) throws {
    var model = Self.pair
    var optimizer = Optimizer(SGD(momentum: 0.5))
    optimizer.update(&model, gradient: model, learningRate: 0.1)
    try Checkpoint.save(
      model, optimizer: optimizer, extras: ["h": .ones([2])], header: header, payload: Payload(),
      to: path)
    let file = try SafetensorsFile(contentsOf: path)
    var entries = file.entries.filter { $0.name != dropped }.map { entry in
      SafetensorsWriter.Entry(name: entry.name, dtype: entry.dtype, shape: entry.shape) { body in
        entry.withUnsafeBytes(body)
      }
    }
    if let added { entries.append(added) }
    let texts = file.metadata.merging(metadata) { $1 }.filter { $0.key != key }
    try SafetensorsWriter.write(entries, metadata: texts, to: path)
  }

  static let pair = Pair(weight: .ramp([2, 3], scalarType: .float32), bias: .zeros([4]))

  static func entry(
    _ name: String, _ shape: [Int], _ dtype: SafetensorsDType = .float32
  ) -> SafetensorsWriter.Entry {
    let count = shape.reduce(1, *)
    return dtype == .float32
      ? .init(
        name: name, dtype: dtype, shape: shape, values: Array(repeating: Float(0), count: count))
      : .init(name: name, dtype: dtype, shape: shape, values: Array(repeating: 0.0, count: count))
  }

  /// Expects an error from loading a model and restoring its optimiser, neither of which changes.
  func expectError(
    _ expected: CheckpointError, _ sentence: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    var model = Pair(weight: .full([2, 3], 7), bias: .full([4], 7))
    let before = bits(model)
    var optimizer = Optimizer(SGD(momentum: 0.5))
    #expect(throws: expected, sourceLocation: sourceLocation) {
      let checkpoint = try Checkpoint(contentsOf: path, kind: "language-model")
      _ = try checkpoint.payload(as: Payload.self)
      _ = try checkpoint.extras()
      // The optimiser first: loading the model comes last, and succeeds only if nothing is wrong.
      try checkpoint.restore(&optimizer, for: model)
      try checkpoint.load(into: &model)
    }
    #expect(bits(model) == before, sourceLocation: sourceLocation)
    #expect(expected.description == sentence, sourceLocation: sourceLocation)
  }

  @Test("the unchanged file fits")
  func unchanged() throws {
    try save()
    var model = Self.pair
    try Checkpoint(contentsOf: path).load(into: &model)
    #expect(model.bias.scalars == [0, 0, 0, 0])
  }

  @Test("a missing parameter")
  func missingParameter() throws {
    try save(dropping: "bias")
    expectError(
      .missing(path: path, tensor: "bias", expected: [4]),
      "'\(path)' has no tensor 'bias', which should have the shape [4]")
  }

  @Test("a surplus parameter")
  func surplusParameter() throws {
    try save(adding: Self.entry("gain", [3]))
    expectError(
      .surplus(path: path, tensor: "gain", found: [3]),
      "'\(path)' has a tensor 'gain' of shape [3], which the model does not have")
  }

  @Test("a parameter of another shape")
  func wrongShape() throws {
    try save(dropping: "weight", adding: Self.entry("weight", [3, 2]))
    expectError(
      .shape(path: path, tensor: "weight", expected: [2, 3], found: [3, 2]),
      "tensor 'weight' in '\(path)' should have the shape [2, 3], but it has [3, 2]")
  }

  @Test("a parameter of another element type")
  func wrongType() throws {
    try save(dropping: "weight", adding: Self.entry("weight", [2, 3], .float64))
    expectError(
      .dtype(path: path, tensor: "weight", expected: .float32, found: .float64),
      "tensor 'weight' in '\(path)' should be F32, but it is F64")
  }

  @Test("a missing tensor of the optimiser")
  func missingMemory() throws {
    try save(dropping: "optimizer.momentum.bias")
    expectError(
      .missing(path: path, tensor: "optimizer.momentum.bias", expected: [4]),
      "'\(path)' has no tensor 'optimizer.momentum.bias', which should have the shape [4]")
  }

  @Test("a surplus tensor of the optimiser")
  func surplusMemory() throws {
    try save(adding: Self.entry("optimizer.square_sum.bias", [4]))
    expectError(
      .surplus(path: path, tensor: "optimizer.square_sum.bias", found: [4]),
      "'\(path)' has a tensor 'optimizer.square_sum.bias' of shape [4], which the model does not have"
    )
  }

  @Test("an extra tensor that is not of floating-point numbers")
  func extraOfIntegers() throws {
    try save(adding: Self.entry("extra.cursor", [1], .int64))
    expectError(
      .dtype(path: path, tensor: "extra.cursor", expected: .float32, found: .int64),
      "tensor 'extra.cursor' in '\(path)' should be F32, but it is I64")
  }

  @Test("another optimiser's state, and none")
  func otherOptimizer() throws {
    try save(changing: ["optimizer": "adam"])
    expectError(
      .optimizer(path: path, expected: "sgd", found: "adam"),
      "'\(path)' was written with the optimiser adam, but the run uses sgd")
    try save(removing: "optimizer")
    expectError(
      .optimizer(path: path, expected: "sgd", found: nil),
      "'\(path)' holds a model only; going on with sgd needs the optimiser's state")
  }

  @Test("another kind of model")
  func otherKind() throws {
    try save(changing: ["kind": "tagger"])
    expectError(
      .kind(path: path, expected: "language-model", found: "tagger"),
      "'\(path)' should hold a model of the task language-model, but it holds one of tagger")
  }

  @Test("a newer version of the format")
  func newerVersion() throws {
    try save(changing: ["format_version": "2"])
    expectError(
      .version(path: path, found: 2, supported: 1),
      "'\(path)' is a checkpoint of version 2, and this program reads up to 1")
  }

  @Test(
    "metadata that makes no sense",
    arguments: [
      ("format", "pt", "'unfold'"), ("step", "-1", "a whole number"),
      ("epoch", "two", "a whole number"), ("optimizer_step", "1.5", "a whole number"),
      ("payload", "{\"name\": 3}", "a Payload as JSON"),
    ])
  func senselessMetadata(key: String, value: String, expected: String) throws {
    try save(changing: [key: value])
    expectError(
      .metadata(path: path, key: key, expected: expected, found: value),
      "'\(path)' is not a checkpoint of Unfold: its metadata should have \(expected) under '\(key)', not '\(value)'"
    )
    try save(removing: key)
    expectError(
      .metadata(path: path, key: key, expected: expected, found: nil),
      "'\(path)' is not a checkpoint of Unfold: its metadata should have \(expected) under '\(key)', but has nothing"
    )
  }

  @Test("a file that is not there, and one cut short")
  func unreadable() throws {
    expectError(.file(.file(.missing(path: path))), "there is no file '\(path)'")
    try save()
    let bytes = try folder.bytes(of: "last.safetensors")
    try folder.write(Array(bytes.dropLast()), to: "last.safetensors")
    #expect {
      try Checkpoint(contentsOf: path)
    } throws: { error in
      guard case .file(.offsetsPastEnd)? = error as? CheckpointError else { return false }
      return true
    }
  }

  @Test("a folder that is not there to write to")
  func unwritable() {
    let nowhere = folder.file("none/last.safetensors")
    #expect {
      try Checkpoint.save(Self.pair, header: header, payload: 0, to: nowhere)
    } throws: { error in
      guard case .unwritable(.unwritable(nowhere, _))? = error as? CheckpointError else {
        return false
      }
      return true
    }
  }

  @Test("a parameter with a reserved name traps")
  func reservedName() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      try Checkpoint.save(
        Reserved(), header: .init(kind: "k", step: 0, epoch: 0), payload: 0, to: "never-written")
    }
    expectMessage(result, "Checkpoint: a parameter must not be called 'optimizer.weight'")
  }
}

/// A module whose names collide with a checkpoint's own.
private struct Reserved: Module {
  var pair = CheckpointTests.pair

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("optimizer", &pair)
  }
}
