import Files
import Layers
import Tensors
import Testing

@testable import Interchange
@testable import ONNX

@Suite("Stacks of layers as graphs")
struct LayerStackGraphTests {
  typealias Recurrent = LayerDescription.Recurrent

  /// A stack with weights drawn at random.
  static func stack(_ layers: [LayerDescription]) throws -> LayerStack {
    var generator = RandomGenerator(seed: 5)
    let description = StackDescription(layers)
    let weights = description.parameters.map {
      ($0.name, generator.normal(Shape($0.shape)) * 0.5)
    }
    return try LayerStack(
      description, weights: Dictionary(uniqueKeysWithValues: weights), from: "a test")
  }

  static func recurrent(
    _ cell: Recurrent.Cell, _ name: String = "rnn", inputs: Int = 3, hidden: Int = 4,
    _ change: (inout Recurrent) -> Void = { _ in }
  ) -> LayerDescription {
    var layer = Recurrent(name: name, cell: cell, inputs: inputs, hidden: hidden)
    change(&layer)
    return .recurrent(layer)
  }

  static func dense(_ inputs: Int) -> LayerDescription {
    .dense(.init(name: "head", inputs: inputs, outputs: 5))
  }

  static func convolution(
    _ axes: [ConvolutionAxis], name: String = "conv", inputs: Int = 4, groups: Int = 1
  ) -> LayerDescription {
    .convolution(
      .init(
        name: name, inputs: inputs, outputs: 6, groups: groups, bias: groups == 1, axes: axes))
  }

  static let convolutions: [[LayerDescription]] =
    [
      ConvolutionAxis(3, padding: .same), ConvolutionAxis(4, padding: .same),
      ConvolutionAxis(2, dilation: 3, padding: .causal), ConvolutionAxis(3, stride: 2),
      ConvolutionAxis(3, stride: 3, padding: .explicit(before: 2, after: 1)),
    ].flatMap { axis -> [[LayerDescription]] in
      [
        [convolution([axis]), convolution([axis], name: "two", inputs: 6, groups: 2)],
        [convolution([axis], groups: 2), .reduction(.max), dense(6)],
      ]
    }
    + [
      [convolution([.init(3, padding: .same)]), recurrent(.gru, inputs: 6), .reduction(.ends)],
      [
        convolution([.init(3, stride: 2), .init(2, dilation: 2, padding: .same)]),
        .function(.activation(.relu)), .reduction(.mean), dense(6),
      ],
      [convolution([.init(2), .init(3, padding: .causal)], groups: 2), .reduction(.max)],
      [convolution([.init(2), .init(3)])],
    ]

  static let stacks: [[LayerDescription]] =
    convolutions
    + LayerDescription.Reduction.allCases.map { [recurrent(.gru), .reduction($0), dense(4)] }
    + Recurrent.Cell.allCases.map { cell in
      [
        .embedding(.init(name: "table", vocabulary: 7, size: 3)),
        recurrent(cell) {
          ($0.layers, $0.bidirectional, $0.biases) = (2, true, 1)
        }, dense(8), .function(.logSoftmax),
      ]
    }
    + [Recurrent.Merge.sum, .product, .mean].flatMap { merge -> [[LayerDescription]] in
      let layer = recurrent(.lstm) { ($0.bidirectional, $0.merge) = (true, merge) }
      return [[layer], [layer, .reduction(.ends), dense(4), .function(.softmax)]]
    }
    + Activation.allCases.map {
      [dense(3), .function(.activation($0)), recurrent(.rnn, inputs: 5), .reduction(.last)]
    }
    + [
      // A reduction of what is not zero past a sequence's end.
      [recurrent(.rnn) { $0.biases = 0 }, dense(4), .reduction(.mean)],
      [recurrent(.lstm) { $0.projection = 2 }, dense(2), .reduction(.max)],
      [
        .embedding(.init(name: "table", vocabulary: 6, size: 4)),
        .normalization(.init(name: "norm", size: 4, bias: false)),
        recurrent(.gru, inputs: 4) { ($0.reset, $0.activation) = (.before, .gelu) },
        .dense(.init(name: "head", inputs: 4, outputs: 6, tiedTo: "table")),
      ],
      [dense(3), .function(.activation(.relu)), .normalization(.init(name: "n", size: 5))],
    ]

  @Test("a graph says what the layers say", arguments: stacks)
  func same(layers: [LayerDescription]) throws {
    let stack = try Self.stack(layers)
    let model = try ONNXModel(stack)
    let probe = try GraphProbe(of: stack)
    let graph = try ONNXGraph(MappedFile(model.bytes, named: "m.onnx"))
    let (largest, outputs) = try probe.difference(of: graph)
    #expect(largest <= 1e-5 && outputs > 0)
    #expect(model.inputs.map(\.name) == probe.inputs.map(\.name))
    #expect(model.outputs.map(\.name) == ["outputs"])
  }

  @Test("a convolution whose zeros depend on the length is refused by its name")
  func refused() throws {
    let stack = try Self.stack([Self.convolution([.init(3, stride: 2, padding: .same)])])
    let error = #expect(throws: ExportError.self) { try ONNXModel(stack) }
    #expect(
      error?.description
        == "layer 'conv' cannot be written as ONNX: the zeros around its windows depend on the length, by 'same' with a "
        + "stride")
  }
}
