import Files
import Foundation
import SwiftProtobuf
import Tensors
import TestSupport
import Testing

@testable import ONNX

@Suite("Reading ONNX files")
struct ModelFileTests {
  /// What is said of a model; empty if it is read.
  static func message(_ model: Onnx_ModelProto) throws -> String {
    message(try model.serializedBytes() as [UInt8])
  }

  static func message(_ bytes: [UInt8]) -> String {
    do {
      _ = try ONNXGraph(MappedFile(bytes, named: "m.onnx"))
      return ""
    } catch { return error.description }
  }

  /// A model of a graph.
  static func model(
    version: Int64 = 17, _ fill: (inout Onnx_GraphProto) -> Void
  ) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.opsetImport = [.with { $0.version = version }]
    model.graph.input = [Onnx_ValueInfoProto("x", .float, [.batch, 3], "")]
    fill(&model.graph)
    return model
  }

  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String],
    _ attributes: [Onnx_AttributeProto] = [], name: String = ""
  ) -> Onnx_NodeProto {
    .with {
      $0.opType = type
      $0.name = name
      $0.input = inputs
      $0.output = outputs
      $0.attribute = attributes
    }
  }

  @Test("all that is not run is named at once, each once, with its nodes")
  func unsupported() throws {
    let model = Self.model(version: 17) { graph in
      graph.node = [
        Self.node("Conv", ["x"], ["a"], name: "one"), Self.node("Relu", ["a"], ["b"]),
        Self.node("Conv", ["b"], ["c"], name: "two"),
        Self.node(
          "LSTM", ["c", "c", "c"], ["d"],
          [.number("clip", 3), .words("activations", ["Sigmoid", "ScaledTanh", "Tanh"])],
          name: "layer"),
        Self.node("Pad", ["d"], ["e"], [.word("mode", "wrap")]),
        Self.node("Cast", ["e"], ["f"], [.integer("to", 10)]),
        Self.node("Softmax", ["f"], ["g"], [.integer("beam", 1)]),
      ]
      graph.node[2].domain = "com.example"
    }
    #expect(
      try Self.message(model)
        == "'m.onnx' has what Unfold does not run: Cast to float16 (node 'f'); Conv (node 'one'); "
        + "LSTM with clip = 3.0 (node 'layer'); LSTM with the activation ScaledTanh, or its numbers (node 'layer'); "
        + "Pad with mode = 'wrap' (node 'e'); Softmax with the attribute beam (node 'g'); "
        + "com.example.Conv (node 'two')")
  }

  @Test("types of elements that are not read are named with all else")
  func unsupportedTypes() throws {
    let half = Int32(Onnx_TensorProto.DataType.float16.rawValue)
    let model = Self.model { graph in
      graph.input.append(Onnx_ValueInfoProto("h", .float16, [3], ""))
      graph.initializer = ["w", "v"].map { name in
        .with {
          $0.name = name
          $0.dataType = half
          $0.dims = [2]
          $0.rawData = Data(count: 4)
        }
      }
      let constant = Onnx_AttributeProto.with {
        $0.name = "value"
        $0.type = .tensor
        $0.t = .with { $0.dataType = 8 }
      }
      graph.node = [
        Self.node("Conv", ["x", "w"], ["a"]), Self.node("Constant", [], ["c"], [constant]),
        Self.node("Add", ["h", "v"], ["b"]),
      ]
    }
    #expect(
      try Self.message(model)
        == "'m.onnx' has what Unfold does not run: elements of the type float16 (tensor 'w', tensor 'v', input 'h'); "
        + "elements of the type string ('value' of Constant 'c'); Conv (node 'a')")
  }

  @Test("operators within loops and other versions are named too")
  func unsupportedWithin() throws {
    let model = Self.model(version: 6) { graph in
      var body = Onnx_GraphProto()
      body.node = (0..<7).map { Self.node("Foo", ["x"], ["y\($0)"]) }
      graph.node = [
        Self.node(
          "If", ["x"], ["z"], [.graph("then_branch", body), .graph("else_branch", .init())])
      ]
    }
    #expect(
      try Self.message(model)
        == "'m.onnx' has what Unfold does not run: version 6 of the operators (known are 7 to 28); "
        + "Foo (nodes 'y0', 'y1', 'y2', 'y3', 'y4' and 2 more)")
  }

  @Test("a graph that cannot be followed is refused")
  func order() throws {
    let cyclic = Self.model { graph in
      graph.node = [Self.node("Relu", ["b"], ["a"]), Self.node("Relu", ["a"], ["b"], name: "n")]
    }
    #expect(
      try Self.message(cyclic) == "'m.onnx': Relu 'a' reads 'b', which no node before it makes")
    let twice = Self.model { graph in
      graph.node = [Self.node("Relu", ["x"], ["a"]), Self.node("Tanh", ["x"], ["a"])]
    }
    #expect(
      try Self.message(twice) == "'m.onnx': Tanh 'a' makes 'a', which has been made before")
    let silent = Self.model { graph in
      graph.output = [Onnx_ValueInfoProto("y", .float, [], "")]
    }
    #expect(
      try Self.message(silent)
        == "'m.onnx': output 'y' of the graph reads 'y', which no node before it makes")
  }

  @Test("a tensor has as many bytes as its shape needs, in the file itself")
  func tensors() throws {
    func message(_ fill: (inout Onnx_TensorProto) -> Void) throws -> String {
      var tensor = Onnx_TensorProto()
      tensor.name = "w"
      tensor.dataType = 1
      tensor.dims = [2, 3]
      fill(&tensor)
      return try Self.message(Self.model { $0.initializer = [tensor] })
    }
    let start = "'m.onnx': tensor 'w' should have "
    #expect(
      try message { $0.rawData = Data(count: 23) } == start
        + "24 bytes for float32 [2, 3], but it has 23")
    #expect(
      try message { $0.floatData = [1] } == start
        + "6 elements for float32 [2, 3], but it has 1")
    #expect(
      try message { $0.dims = [1 << 40, 1 << 40] } == start
        + "a shape that a machine can hold, but it has [1099511627776, 1099511627776]")
    #expect(
      try message { $0.dims = [1 << 62] } == start
        + "a shape that a machine can hold, but it has [4611686018427387904]")
    #expect(
      try message { $0.dims = [-1] } == start + "sizes that are not negative, but it has [-1]")
    #expect(
      try message { $0.dims = [1 << 40] } == start
        + "1099511627776 elements for float32 [1099511627776], but it has 0")
    #expect(
      try message { $0.dataType = 8 }
        == "'m.onnx' has what Unfold does not run: elements of the type string (tensor 'w')")
    #expect(
      try message { $0.dataLocation = .external }
        == "'m.onnx': tensor 'w' has its elements in another file, where the model's own bytes are all there is"
    )
    #expect(try message { $0.floatData = [1, 2, 3, 4, 5, 6] } == "")
  }

  @Test("what is no model is said to be none")
  func noModels() throws {
    #expect(Self.message([]) == "'m.onnx' should be an ONNX model, but it is empty")
    #expect(
      Self.message([0xFF, 0xFF])
        == "'m.onnx' should be an ONNX model, but its bytes are no protocol buffer of one, or they are cut short"
    )
    #expect(
      Self.message([8, 8]) == "'m.onnx' should be an ONNX model, but it has no graph")
    // Two million nodes of two bytes each.
    var empty: [UInt8] = []
    for _ in 0..<2_000_000 { empty += [0x0A, 0] }
    func graph(_ content: [UInt8]) -> [UInt8] {
      let length = (0..<4).map { place -> UInt8 in
        let low = UInt8(content.count >> (7 * place) & 127)
        return place < 3 ? low | 128 : low
      }
      return [0x3A] + length + content
    }
    #expect(
      Self.message(graph(empty))
        == "'m.onnx' should be an ONNX model, but its 4000005 bytes would take 1024000512 in memory"
    )
    // Behind groups, one in the other with a number, a text and another number, which are passed over.
    let groups: [UInt8] = [0x7B, 0x0B, 8, 1, 0x12, 1, 65, 0x0D, 1, 2, 3, 4, 0x0C, 0x7C]
    #expect(
      Self.message(graph(groups + empty))
        == "'m.onnx' should be an ONNX model, but its 4000019 bytes would take 1024000512 in memory"
    )
  }

  @Test("every prefix of a file is refused or read, and so is one with a byte changed")
  func damage() throws {
    let folder = StoredRun.fixtures("onnx-in").appendingPathComponent("pytorch-tagger-torchscript")
    let bytes = [UInt8](
      try Data(contentsOf: folder.appendingPathComponent("model.onnx")))
    for count in stride(from: 0, to: bytes.count, by: 37) {
      _ = Self.message(Array(bytes[..<count]))
    }
    var generator = RandomGenerator(seed: 5)
    for _ in 0..<400 {
      var copy = bytes
      let place = Int(generator.nextUniform() * Double(bytes.count))
      copy[place] = UInt8(generator.nextUniform() * 256)
      _ = Self.message(copy)
    }
    #expect(Self.message(bytes) == "")
  }

  @Test("inputs that fuzzing began with and found are refused or read")
  func corpus() throws {
    for (_, bytes) in try Corpus.inputs(of: "onnx") { _ = Self.message(bytes) }
  }
}
