import Layers
import Safetensors
import TestSupport
import Tensors
import Testing

@testable import Interchange

@Suite("Weights alone and a probe")
struct ProbeSearchTests {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  static func dense(
    _ name: String, _ inputs: Int, _ outputs: Int, _ function: LayerDescription.Function? = nil
  ) -> [LayerDescription] {
    [.dense(.init(name: name, inputs: inputs, outputs: outputs))]
      + (function.map { [.function($0)] } ?? [])
  }

  static func recurrent(
    _ cell: LayerDescription.Recurrent.Cell, _ activation: Activation = .tanh,
    bidirectional: Bool = false, biases: Int = 2
  ) -> LayerDescription {
    var layer = LayerDescription.Recurrent(name: "rnn", cell: cell, inputs: 4, hidden: 5)
    (layer.activation, layer.bidirectional) = (activation, bidirectional)
    layer.biases = biases
    return .recurrent(layer)
  }

  /// Inputs of such a size.
  static func input(_ shape: Shape, size: Double = 1) -> Tensor {
    var generator = RandomGenerator(seed: 11)
    return generator.normal(shape) * size
  }

  /// A search for a model of Keras's layers among all that its weights may belong to.
  static func search(
    _ layers: [LayerDescription], _ input: Tensor
  ) throws -> (search: ProbeSearch, truth: LayerStack) {
    let truth = try ConvolutionStackTests.stack(layers)
    let named = layers.filter { $0.name != nil }
    let choices = try ModelChoices(
      named.enumerated().map { LayerChoices($1, at: LayerPlace(group: "layer_\($0)")) },
      tensors: Dictionary(
        uniqueKeysWithValues: truth.parameters.map { ($0.name, $0.tensor) }),
      form: PyTorchForm(), path: "w.h5")
    let read = StackInput(.vectors(input))
    return (try ProbeSearch(choices, Probe(input: read, output: truth(read))), truth)
  }

  @Test("tiny numbers, of which tanh makes what they are, do not tell what a layer does")
  func tiny() throws {
    let layers = [Self.recurrent(.rnn, biases: 0)] + Self.dense("head", 5, 3)
    let error = #expect(throws: InterchangeError.self) {
      try Self.search(layers, Self.input([8, 6, 4], size: 1e-6)).search.found()
    }
    #expect(error?.description.contains("several models that they may belong to") ?? false)
    let (search, truth) = try Self.search(layers, Self.input([8, 6, 4]))
    #expect(try search.found().description == truth.description)
  }

  @Test("a model that is not among those that are tried is not taken for its neighbour")
  func neighbour() throws {
    func layers(_ epsilon: Double) -> [LayerDescription] {
      [.normalization(.init(name: "norm", size: 4, epsilon: epsilon))] + Self.dense("head", 4, 3)
    }
    let error = #expect(throws: InterchangeError.self) {
      try Self.search(layers(3e-6), Self.input([9, 4], size: 2)).search.found()
    }
    #expect(
      error?.description.contains("none gives its outputs but for rounding") ?? false,
      "\(error?.description ?? "")")
    let (search, truth) = try Self.search(layers(1e-12), Self.input([9, 4], size: 0.01))
    #expect(try search.found().description == truth.description)
  }

  @Test("a note says where relu may have a limit that the probe does not reach")
  func limits() throws {
    let layers = Self.dense("first", 4, 6, .activation(.relu)) + Self.dense("head", 6, 3)
    for (size, count) in [(0.1, 2), (30, 1)] {
      let (search, truth) = try Self.search(layers, Self.input([9, 4], size: size))
      let found = try search.found()
      #expect(found.description == truth.description)
      let notes = try search.notes(on: found)
      #expect(notes.count == count)
      if count == 2 { #expect(notes[1].contains("such as relu6")) }
    }
  }

  /// Models with more layers than all their kinds can be tried of.
  static let deep: [(layers: [LayerDescription], shape: Shape)] = [
    (
      (0..<5).flatMap { dense("d\($0)", 4, 4, .activation(.relu)) } + dense("head", 4, 3, .softmax),
      [9, 4]
    ),
    (
      [recurrent(.lstm), .reduction(.ends)]
        + (0..<4).flatMap { dense("d\($0)", 5, 5, .activation(.elu)) } + dense("head", 5, 3),
      [9, 6, 4]
    ),
    (
      [ConvolutionStackTests.convolution(4, 5, ConvolutionAxis(2), name: "c0")]
        + (1..<3).flatMap {
          [
            .function(.activation(.relu)),
            ConvolutionStackTests.convolution(5, 5, ConvolutionAxis(2), name: "c\($0)"),
          ]
        } + [.function(.activation(.relu))] + dense("d", 5, 5, .activation(.relu))
        + dense("head", 5, 1, .activation(.sigmoid)),
      [9, 6, 4]
    ),
  ]

  @Test("layers that can have nothing in common are not left out for it")
  func nothingInCommon() {
    var first = LayerDescription.Recurrent(name: "a", cell: .gru, inputs: 4, hidden: 5)
    first.bidirectional = true
    var second = LayerDescription.Recurrent(name: "b", cell: .gru, inputs: 5, hidden: 5)
    let own = [LayerDescription.recurrent(second)]
    second.reset = .before
    let sums = [LayerDescription.Recurrent.Merge.sum, .mean].map { merge in
      first.merge = merge
      return [LayerDescription.recurrent(first)]
    }
    // Sums and means of one, two places of a reset gate of the other.
    let order = [sums, [own, [.recurrent(second)]]]
    for narrowing in ModelChoices.Narrowing.allCases {
      let usual = ModelChoices.usual(order, narrowing: narrowing)
      #expect(Set(usual.flatMap { $0[0] }.map { "\($0)" }).count == 2)
      #expect(Set(usual.flatMap { $0[1] }.map { "\($0)" }).count == 2)
    }
  }

  @Test("of many layers those are tried that are followed by one function", arguments: deep)
  func usual(layers: [LayerDescription], shape: Shape) throws {
    let (search, truth) = try Self.search(layers, Self.input(shape))
    #expect(search.note.contains(" most usual of "))
    #expect(try search.found().description == truth.description)
  }

  /// What `forward` may do with layers of PyTorch, which a state dict does not say.
  static let forwards: [[LayerDescription]] = [
    [recurrent(.lstm), .reduction(.last)] + dense("fc", 5, 3),
    [recurrent(.lstm, bidirectional: true), .reduction(.ends)] + dense("fc", 10, 3),
    [recurrent(.gru)] + dense("fc1", 5, 7, .activation(.relu)) + dense("fc2", 7, 2),
    [recurrent(.rnn, .relu), .reduction(.mean)] + dense("fc", 5, 2, .logSoftmax),
    dense("0", 4, 6, .activation(.gelu)) + dense("2", 6, 6, .activation(.gelu))
      + dense("4", 6, 2),
    [
      recurrent(.gru), .normalization(.init(name: "norm", size: 5, epsilon: 1e-3)),
      .reduction(.max),
    ]
      + dense("fc", 5, 2),
  ]

  @Test(
    "what forward does that a state dict does not say is found by a probe", arguments: forwards)
  func stateDict(layers: [LayerDescription]) throws {
    let truth = try ConvolutionStackTests.stack(layers)
    let path = folder.file("weights.safetensors")
    try SafetensorsWriter.write(
      truth.parameters.map { .init($0.name, $0.tensor) }, metadata: ["format": "pt"], to: path)
    let input = StackInput(
      .vectors(Self.input(truth.description.readsSequences ? [8, 6, 4] : [8, 4])))
    let probe = Probe(input: input, output: try truth(input))
    let model = try StackFile(contentsOf: path, of: .pytorch) { _ in probe }
    #expect(model.stack.description == truth.description)
    #expect(model.notes.first?.contains("found by the probe") ?? false)
  }

  @Test("a tied table stays one where a probe tells the rest")
  func tied() throws {
    let truth = try StackFileTests.model()
    let path = folder.file("weights.safetensors")
    try SafetensorsWriter.write(
      truth.parameters.map { .init($0.name, $0.tensor) },
      aliases: ["decoder.weight": "encoder.weight"], metadata: ["format": "pt"], to: path)
    let input = StackInput(.symbols(IndexTensor([0, 1, 2, 3, 4, 5, 6, 2], shape: [2, 4])))
    let probe = Probe(input: input, output: try truth(input))
    let model = try StackFile(contentsOf: path, of: .pytorch) { layers in
      #expect(layers.readsSymbols)
      return probe
    }
    #expect(model.stack.description == truth.description)
  }

  @Test("of more models than can be tried what PyTorch has by itself is held to the probe")
  func tooMany() throws {
    let truth = try ConvolutionStackTests.stack(
      [Self.recurrent(.rnn)] + Self.dense("d0", 5, 300) + Self.dense("d1", 300, 301)
        + Self.dense("d2", 301, 302) + Self.dense("d3", 302, 3))
    let path = folder.file("deep.safetensors")
    try SafetensorsWriter.write(
      truth.parameters.map { .init($0.name, $0.tensor) }, metadata: ["format": "pt"], to: path)
    // Each of the models would take 10¹⁰ multiply-adds.
    let input = StackInput(.vectors(Self.input([60, 1000, 4])))
    let probe = Probe(input: input, output: try truth(input))
    let model = try StackFile(contentsOf: path, of: .pytorch) { _ in probe }
    #expect(model.stack.description == truth.description)
    #expect(model.probe?.output.scalars == probe.output.scalars && model.notes.isEmpty)
  }

  @Test("files that are no safetensors files, or empty ones, are told")
  func others() throws {
    for (bytes, error) in [
      ([0x50, 0x4B, 0x03, 0x04, 0, 0, 0, 0, 0, 0], InterchangeError.ownFile(path: "", .pytorch)),
      ([0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9], .ownFile(path: "", .pytorch)),
    ] as [([UInt8], InterchangeError)] {
      let path = folder.file("model.pt")
      try folder.write(bytes, to: "model.pt")
      let found = #expect(throws: InterchangeError.self) {
        try StackFile(contentsOf: path, of: .pytorch)
      }
      #expect(found?.description.replacing(path, with: "") == error.description)
    }
    let path = folder.file("empty.safetensors")
    try SafetensorsWriter.write([], to: path)
    #expect(throws: InterchangeError.empty(path: path)) {
      try StackFile(contentsOf: path, of: .pytorch)
    }
  }

  @Test("outputs that are no numbers are told")
  func notNumbers() {
    let output = Tensor([1, 2, .nan], shape: [3])
    let error = #expect(throws: InterchangeError.self) {
      try Certificate(output, output, path: "m")
    }
    #expect(error?.description.contains("are no numbers, NaN or infinite") ?? false)
  }
}
