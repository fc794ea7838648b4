import Files
import Foundation
import Layers
import Safetensors
import TestSupport
import Tensors
import Testing

@testable import Interchange

@Suite("StackFile")
struct StackFileTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// The models that `Scripts/interchange/fixtures.py` wrote.
  static func fixtures(_ framework: Framework) throws -> [String] {
    let paths = Bundle.module.paths(forResourcesOfType: "safetensors", inDirectory: "Fixtures")
    return paths.filter { $0.split(separator: "/").last?.hasPrefix(framework.rawValue) ?? false }
      .sorted()
  }

  @Test("a model of another framework gives the same outputs here", arguments: Framework.allCases)
  func outputs(framework: Framework) throws {
    let fixtures = try Self.fixtures(framework)
    // Eight with convolutions.
    #expect(fixtures.count == 28)
    for path in fixtures {
      let file = try StackFile(contentsOf: path, of: framework)
      let probe = try #require(file.probe)
      let certificate = try Certificate(of: file.stack, on: probe, path: path)
      #expect(certificate.outputs == probe.output.count && certificate.outputs > 0)
    }
  }

  @Test(
    "a model goes out with the weights that came in, to the bit", arguments: Framework.allCases)
  func roundTrip(framework: Framework) throws {
    for path in try Self.fixtures(framework) {
      let model = try StackFile(contentsOf: path, of: framework)
      let probe = try #require(model.probe)
      let back = folder.file("back.safetensors")
      try StackFile.write(model.stack, probe: probe, to: back, for: framework)
      let (sent, returned) = (
        try SafetensorsFile(contentsOf: path), try SafetensorsFile(contentsOf: back)
      )
      #expect(Set(sent.names) == Set(returned.names))
      #expect(sent.aliases == returned.aliases)
      for entry in sent.entries {
        let other = try #require(returned[entry.name])
        #expect(
          entry.withUnsafeBytes { Array($0) } == other.withUnsafeBytes { Array($0) },
          "\(entry.name) in \(path)")
      }
    }
  }

  @Test("a model goes from one framework to the other", arguments: Framework.allCases)
  func crossing(from framework: Framework) throws {
    let other: Framework = framework == .pytorch ? .keras : .pytorch
    var crossed = 0
    for path in try Self.fixtures(framework) {
      let model = try StackFile(contentsOf: path, of: framework)
      let probe = try #require(model.probe)
      let out = folder.file("out\(crossed).safetensors")
      do throws(InterchangeError) {
        try StackFile.write(model.stack, probe: probe, to: out, for: other)
        crossed += 1
      } catch {
        guard case .unsupported(_, let layer, let reason) = error else { throw error }
        #expect(!layer.isEmpty && !reason.isEmpty)
        #expect(try !folder.names.contains("out\(crossed).safetensors"))
      }
    }
    #expect(crossed >= 3)
  }

  /// A model of an embedding, an LSTM and a tied output.
  static func model(tied: Bool = true) throws -> LayerStack {
    var lstm = LayerDescription.Recurrent(name: "body", cell: .lstm, inputs: 3, hidden: 3)
    lstm.layers = 2
    let description = StackDescription([
      .embedding(.init(name: "encoder", vocabulary: 7, size: 3)), .recurrent(lstm),
      .dense(.init(name: "decoder", inputs: 3, outputs: 7, tiedTo: tied ? "encoder" : nil)),
    ])
    var generator = RandomGenerator(seed: 3)
    let weights = description.parameters.map { parameter in
      (parameter.name, generator.normal(Shape(parameter.shape)))
    }
    return try LayerStack(
      description, weights: Dictionary(uniqueKeysWithValues: weights), from: "a")
  }

  @Test func tiedWeightsAreThereOnceForPyTorchAndTwiceForKeras() throws {
    let stack = try Self.model()
    let probe = try Probe(of: stack)
    let path = folder.file("a.safetensors")
    try StackFile.write(stack, probe: probe, to: path, for: .pytorch)
    let file = try SafetensorsFile(contentsOf: path)
    #expect(file.aliases == ["decoder.weight": "encoder.weight"])
    #expect(!file.names.contains("decoder.weight"))
    #expect(try StackFile(contentsOf: path, of: .pytorch).stack.description == stack.description)
    try StackFile.write(stack, probe: probe, to: path, for: .keras)
    #expect(try SafetensorsFile(contentsOf: path)["decoder.kernel"]?.shape == [3, 7])
  }

  @Test func aFileOfWeightsAloneIsReadByNamesAndShapes() throws {
    let stack = try Self.model(tied: false)
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(
      stack.parameters.map { .init($0.name, $0.tensor) }, metadata: ["format": "pt"], to: path)
    let file = try StackFile(contentsOf: path, of: .pytorch)
    #expect(file.probe == nil)
    #expect(file.stack.description == stack.description)
    let probe = try Probe(of: stack)
    #expect(try Certificate(of: file.stack, on: probe, path: path).largestDifference == 0)
  }

  @Test func otherOutputsAreRefusedAndNothingIsWritten() throws {
    let stack = try Self.model()
    var probe = try Probe(of: stack)
    let scale = probe.output.scalars.map(abs).max() ?? 0
    probe.output = probe.output + 2e-5 * scale
    let path = folder.file("a.safetensors")
    let error = #expect(throws: InterchangeError.self) {
      try StackFile.write(stack, probe: probe, to: path, for: .pytorch)
    }
    guard case .difference(path, let largest, 1e-5) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(abs(largest - 2e-5) < 2e-6)
    #expect(try folder.names.isEmpty)
  }

  @Test func noNumberIsNoAgreement() throws {
    let nan = Tensor([.nan], shape: [1, 1])
    #expect(throws: InterchangeError.difference(path: "a", largest: .infinity, limit: 1e-5)) {
      try Certificate(nan, Tensor([1], shape: [1, 1]), path: "a")
    }
    #expect(throws: InterchangeError.self) { try Certificate(nan, nan, path: "a") }
    let infinite = Tensor([Float.infinity], shape: [1, 1])
    #expect(try Certificate(infinite, infinite, path: "a").largestDifference == 0)
  }

  @Test("a difference is one of the largest output, however large or small outputs are")
  func relativeDifference() throws {
    func certify(_ found: [Double], _ expected: [Double]) throws(InterchangeError) -> Double {
      let shape: Shape = [found.count]
      return try Certificate(
        Tensor(found, shape: shape, scalarType: .float64),
        Tensor(expected, shape: shape, scalarType: .float64), path: "a"
      ).largestDifference
    }
    // What rounding leaves of numbers around 5000.
    #expect(try abs(certify([5000.001, -3], [5000, -3]) - 2e-7) < 1e-12)
    // A softmax of 50,000 symbols: far apart, if small.
    let error = #expect(throws: InterchangeError.self) {
      try certify([2e-5, 3e-6], [2e-5, 2e-6])
    }
    guard case .difference("a", let largest, 1e-5) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(abs(largest - 0.05) < 1e-9)
    #expect(throws: InterchangeError.self) { try certify([1e-9, 2], [0, .infinity]) }
    #expect(try certify([0.5, .infinity], [0.5, .infinity]) == 0)
  }

  @Test(
    "outputs that are all the same show nothing",
    arguments: [[], [0], [0, 0, 0], [1, 1]])
  func constantOutputs(outputs: [Double]) {
    let tensor = Tensor(outputs, shape: [outputs.count])
    #expect(throws: InterchangeError.constantProbe(path: "p")) {
      try Certificate(tensor, tensor, path: "a", probePath: "p")
    }
  }

  @Test func aProbeOfItsOwnFileIsNamedByIt() throws {
    let stack = try Self.model()
    let probe = try Probe(of: stack)
    let vectors = Probe(input: StackInput(.vectors(.ones([2, 3, 4]))), output: probe.output)
    let other = Probe(input: probe.input, output: .ones([2]))
    for wrong in [vectors, other] {
      let error = #expect(throws: InterchangeError.self) {
        try Certificate(of: stack, on: wrong, path: "model", probePath: "probe.npz")
      }
      #expect(
        error?.description.hasPrefix("the probe in 'probe.npz' is not for this model: ") ?? false)
    }
  }

  @Test func aLayerThatIsTheWholeModelHasNothingBeforeItsNames() throws {
    let path = folder.file("a.safetensors")
    try SafetensorsWriter.write(
      [
        .init("weight_ih_l0", .ones([9, 2])), .init("weight_hh_l0", .ones([9, 3])),
        .init("bias_ih_l0", .ones([9])), .init("bias_hh_l0", .ones([9])),
      ], metadata: ["format": "pt"], to: path)
    let file = try StackFile(contentsOf: path, of: .pytorch)
    var gru = LayerDescription.Recurrent(name: "layer", cell: .gru, inputs: 2, hidden: 3)
    gru.biases = 2
    #expect(file.stack.description == StackDescription([.recurrent(gru)]))
  }

  @Test(
    "whether a matrix is a table is told by sizes, and by names where those leave it open",
    arguments: [
      (["tokens": [7, 3], "head": [5, 3]], "tokens"), (["embed_input": [3, 2]], nil),
      (["embedding": [4, 3], "output": [4, 3]], "embedding"),
    ] as [([String: [Int]], String?)])
  func tables(matrices: [String: [Int]], table: String?) throws {
    let path = folder.file("a.safetensors")
    var entries = matrices.map {
      SafetensorsWriter.Entry("\($0.key).weight", .ones(Shape($0.value)))
    }
    if matrices["head"] != nil { entries.append(.init("head.bias", .ones([5]))) }
    // An LSTM of 3 and 3.
    entries += [
      .init("rnn.weight_ih_l0", .ones([12, 3])), .init("rnn.weight_hh_l0", .ones([12, 3])),
    ]
    try SafetensorsWriter.write(entries, metadata: [:], to: path)
    let layers = try StackFile(contentsOf: path, of: .pytorch).stack.description.layers
    #expect(layers.first?.name == table ?? "embed_input")
    #expect(layers.contains { if case .embedding = $0 { true } else { false } } == (table != nil))
  }

  /// Writes weights and a description, and expects it to be refused.
  private func expect(
    _ error: InterchangeError, json: String?, _ tensors: [String: Shape],
    of framework: Framework = .pytorch
  ) throws {
    let path = folder.file("bad.safetensors")
    try SafetensorsWriter.write(
      tensors.map { .init($0.key, .ones($0.value)) },
      metadata: json.map { [StackFile.layersKey: $0] } ?? [:], to: path)
    #expect(throws: error) { try StackFile(contentsOf: path, of: framework) }
    #expect(!"\(error)".contains("\n") && "\(error)".contains("'\(path)'"))
  }

  static let recurrent =
    #"[{"type":"recurrent","name":"a","cell":"gru","inputs":3,"hidden":2,"layers":1,"bidirectional":false,"#
    + #""merge":"concatenation","biases":2,"activation":"tanh","gate_activation":"sigmoid","reset":"after"}]"#
  static let dense = #"{"type":"dense","name":"a","inputs":3,"outputs":2,"bias":false}"#

  @Test func whatIsWrongIsNamed() throws {
    let path = folder.file("bad.safetensors")
    try expect(
      .missing(path: path, tensor: "a.weight", expected: [2, 3]), json: "[\(Self.dense)]", [:])
    try expect(
      .shape(path: path, tensor: "a.weight", expected: [2, 3], found: [3, 2]),
      json: "[\(Self.dense)]", ["a.weight": [3, 2]])
    try expect(
      .surplus(path: path, tensor: "b", found: [5]), json: "[\(Self.dense)]",
      ["a.weight": [2, 3], "b": [5]])
    try expect(
      .layer(path: path, layer: "a", reason: "stands there twice"),
      json: "[\(Self.dense),\(Self.dense)]", ["a.weight": [2, 3]])
    try expect(.layer(path: path, layer: "", reason: "there is none"), json: "[]", [:])
    try expect(
      .description(path: path, reason: "the list of layers is no JSON"), json: "nope", [:])
    try expect(
      .description(path: path, reason: "layer 1: inputs should be a whole number"),
      json: "[\(Self.dense.replacing("3", with: "\"3\""))]", [:])
    try expect(
      .description(path: path, reason: "layer 1 has no gate_activation"),
      json: Self.recurrent.replacing(#","gate_activation":"sigmoid""#, with: ""), [:])
    try expect(
      .description(path: path, reason: "layer 1: cell is none of those that are known"),
      json: Self.recurrent.replacing("gru", with: "zebra"), [:])
    try expect(
      .description(path: path, reason: "layer 1: there is no layer of the type 'attention'"),
      json: #"[{"type":"attention"}]"#, [:])
    try expect(
      .description(path: path, reason: "layer 1: there is no function 'swish'"),
      json: #"[{"type":"function","function":"swish"}]"#, [:])
    try expect(
      .description(path: path, reason: "layer 1 has no bias"),
      json: #"[{"type":"dense","name":"a","inputs":3,"outputs":2}]"#, [:])
    try expect(
      .layer(path: path, layer: "a", reason: "has a size of 0"),
      json: #"[{"type":"dense","name":"a","inputs":0,"outputs":2,"bias":true}]"#, [:])
    // A size that no tensor has is refused before anything of it is made.
    try expect(
      .missing(path: path, tensor: "a.weight", expected: [268_435_456, 268_435_456]),
      json: #"[{"type":"dense","name":"a","inputs":268435456,"outputs":268435456,"bias":true}]"#,
      [:])
    try expect(
      .layer(path: path, layer: "b", reason: "reads vectors of 3, but gets 2"),
      json: "[\(Self.dense),\(Self.dense.replacing("\"a\"", with: "\"b\""))]", [:])
    try expect(
      .layer(
        path: path, layer: "number 2",
        reason: "takes the ends of a recurrent layer, which should stand right before it"),
      json: "[\(Self.dense),{\"type\":\"reduction\",\"by\":\"ends\"}]", [:])
  }

  @Test func stateDictsThatAreNoStackAreRefused() throws {
    let path = folder.file("bad.safetensors")
    try expect(
      .layer(
        path: path, layer: "conv",
        reason:
          "has the tensors bias, weight, which are those of no layer that Unfold knows: nn.Embedding, nn.RNN, nn.LSTM, "
          + "nn.GRU, nn.Conv1d, nn.Conv2d, nn.Linear and nn.LayerNorm"),
      json: nil, ["conv.weight": [3, 2, 5, 1, 1], "conv.bias": [3]])
    try expect(
      .layer(
        path: path, layer: "bn",
        reason:
          "has the tensors bias, running_mean, weight, which are those of no layer that Unfold knows: "
          + "nn.Embedding, nn.RNN, nn.LSTM, nn.GRU, nn.Conv1d, nn.Conv2d, nn.Linear and nn.LayerNorm"
      ),
      json: nil, ["bn.weight": [3], "bn.bias": [3], "bn.running_mean": [3]])
    try expect(
      .layer(
        path: path, layer: "a",
        reason: "and the others fit in several orders: write the file with the printed script"),
      json: nil, ["a.weight": [3, 3], "b.weight": [3, 3]])
    try expect(
      .layer(
        path: path, layer: "e",
        reason: "and the others fit in several orders: write the file with the printed script"),
      json: nil, ["e.weight": [9, 5], "head.weight": [9, 5]])
    try expect(
      .layer(path: path, layer: "a", reason: "and the others do not fit in any order"), json: nil,
      ["a.weight": [3, 4], "b.weight": [5, 6]])
    try expect(
      .missing(path: path, tensor: "r.weight_hh_l1", expected: [12, 3]), json: nil,
      ["r.weight_ih_l0": [12, 2], "r.weight_hh_l0": [12, 3], "r.weight_ih_l1": [12, 3]])
    try expect(
      .layer(
        path: path, layer: "r", reason: "has 5 gates, like none of nn.RNN, nn.LSTM and nn.GRU"),
      json: nil, ["r.weight_ih_l0": [15, 2], "r.weight_hh_l0": [15, 3]])
    try expect(
      .description(
        path: path,
        reason: "its metadata has no unfold.layers; write it with 'unfold import --script keras'"),
      json: nil, ["a.kernel": [3, 4]], of: .keras)
  }

  @Test("what a framework does not have is refused by name")
  func unsupported() throws {
    func refusal(
      _ framework: Framework, _ change: (inout LayerDescription.Recurrent) -> Void
    ) throws -> InterchangeError? {
      var layer = LayerDescription.Recurrent(name: "body", cell: .gru, inputs: 2, hidden: 3)
      change(&layer)
      let description = StackDescription([.recurrent(layer)])
      let weights = description.parameters.map { ($0.name, Tensor.ones(Shape($0.shape))) }
      let stack = try LayerStack(
        description, weights: Dictionary(uniqueKeysWithValues: weights), from: "a")
      do throws(InterchangeError) {
        try StackFile.write(
          stack, probe: Probe(of: stack), to: folder.file("out"), for: framework)
        return nil
      } catch {
        return error
      }
    }
    func unsupported(_ framework: String, _ reason: String) -> InterchangeError {
      .unsupported(framework: framework, layer: "body", reason: reason)
    }
    #expect(
      try refusal(.pytorch) { $0.reset = .before }
        == unsupported("PyTorch", "nn.GRU resets after the product, not before"))
    #expect(
      try refusal(.pytorch) { $0.activation = .relu }
        == unsupported("PyTorch", "nn.GRU has tanh, not relu"))
    #expect(
      try refusal(.pytorch) { $0.gateActivation = .hardSigmoid }
        == unsupported("PyTorch", "nn.GRU has sigmoid gates, not hard-sigmoid"))
    #expect(
      try refusal(.pytorch) {
        $0.bidirectional = true
        $0.merge = .sum
      } == unsupported("PyTorch", "its two directions stand side by side only"))
    #expect(
      try refusal(.pytorch) {
        $0.cell = .rnn
        $0.activation = .softsign
      } == unsupported("PyTorch", "nn.RNN has tanh or relu, not softsign"))
    #expect(
      try refusal(.keras) {
        $0.cell = .lstm
        $0.projection = 2
      } == unsupported("Keras", "its LSTM has no projection"))
    #expect(try refusal(.keras) { $0.reset = .before } == nil)
    #expect(try refusal(.pytorch) { $0.biases = 1 } == nil)
  }
}
