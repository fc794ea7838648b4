import Files
import Foundation
import Interchange
import Layers
import SwiftProtobuf
import Tensors
import Testing
import Unfolding

@testable import ONNX

@Suite("ONNX models")
struct ONNXModelTests {
  static let kinds = RandomExports.kinds.indices

  static func fixture(_ number: Int) -> String {
    let name = RandomExports.kinds[number].name
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/onnx/\(name)").path
  }

  @Test("a graph makes each name once and before it is read", arguments: kinds)
  func namesAreSound(number: Int) throws {
    for round in 0..<4 {
      let made = try RandomExports.make(number + round * RandomExports.kinds.count)
      #expect(GraphCheck(made.model.graph).problems == [])
      #expect(made.inputs.map(\.name).sorted() == made.model.inputs.map(\.name).sorted())
      #expect(made.outputs.map(\.name).sorted() == made.model.outputs.map(\.name).sorted())
    }
  }

  @Test("onnxruntime computed what Unfold computes", arguments: kinds)
  func goldenNumbers(number: Int) throws {
    let made = try RandomExports.make(number)
    let data = Self.fixture(number) + "/test_data_set_0"
    var computed: [String: Onnx_TensorProto] = [:]
    for place in made.outputs.indices {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: "\(data)/output_\(place).pb"))
      let tensor = try Onnx_TensorProto(serializedBytes: bytes)
      computed[tensor.name] = tensor
    }
    for output in made.outputs {
      let other = try #require(computed[output.name], "\(output.name)")
      #expect(other.dims == output.dims)
      guard let mine = output.tensor, let theirs = other.tensor else {
        let (mine, theirs) = (output.wholeNumbers, other.wholeNumbers)
        #expect(mine.count == theirs.count)
        #expect(zip(mine, theirs).allSatisfy { $0 == -1 || $0 == $1 }, "\(output.name)")
        continue
      }
      let far = RelativeDifference.largest(theirs.scalars, from: mine.scalars)
      #expect(far <= Certificate.limit, "\(output.name)")
    }
  }

  @Test("a model is written as the one that onnxruntime ran", arguments: kinds)
  func sameGraph(number: Int) throws {
    let data = try Data(contentsOf: URL(fileURLWithPath: Self.fixture(number) + "/model.onnx"))
    let known = try Onnx_ModelProto(serializedBytes: data)
    let made = try Onnx_ModelProto(serializedBytes: try RandomExports.make(number).model.bytes)
    #expect(made.irVersion == known.irVersion && made.opsetImport == known.opsetImport)
    #expect(made.graph.withoutNumbers == known.graph.withoutNumbers)
    for (mine, theirs) in zip(made.graph.numbers, known.graph.numbers) {
      let far = RelativeDifference.largest(mine.scalars, from: theirs.scalars)
      #expect(far <= Certificate.limit)
    }
  }

  static func lstm() throws -> ONNXModel {
    var generator = RandomGenerator(seed: 3)
    return try ONNXModel(
      RecurrentStack<LSTMCell>(
        layers: 1, inputSize: 3, hiddenSize: 2, options: .init(), using: &generator))
  }

  @Test("metadata and versions stand in the file")
  func metadata() throws {
    var model = try Self.lstm()
    model.metadata = [("labels", "[\"ä\"]"), ("unit", "word")]
    let read = try Onnx_ModelProto(serializedBytes: try model.bytes)
    #expect(read.producerName == "unfold" && read.irVersion == 8)
    #expect(read.opsetImport.map(\.version) == [17])
    #expect(read.metadataProps.map(\.key) == ["labels", "unit"])
    #expect(read.metadataProps.map(\.value) == ["[\"ä\"]", "word"])
  }

  @Test("a model of float64 is written as float32")
  func precision() throws {
    var generator = RandomGenerator(seed: 4)
    let stack = RecurrentStack<MinimalGatedCell>(
      layers: 1, inputSize: 3, hiddenSize: 2, options: .init(), using: &generator,
      scalarType: .float64)
    let graph = try ONNXModel(stack).graph
    let body = try #require(graph.nodes("Scan").first?["body"]?.g)
    #expect((graph.initializer + body.initializer).allSatisfy { $0.dataType != 11 })
  }

  @Test("ports say their axes by name")
  func ports() throws {
    let model = try Self.lstm()
    #expect(model.inputs.map(\.name) == ["inputs", "lengths", "initial_h_l0", "initial_c_l0"])
    #expect(model.inputs[0].axes == ["time", "batch", "3"])
    #expect(model.outputs.map(\.name) == ["final_h_l0", "final_c_l0", "outputs"])
    #expect(model.operators["LSTM"] == 1)
  }

  @Test("a file that cannot be written leaves nothing")
  func unwritable() throws {
    let folder = NSTemporaryDirectory() + "unfold-\(UUID().uuidString)"
    #expect(throws: FileError.self) { try Self.lstm().write(to: folder + "/no/model.onnx") }
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test("a cell that mixes the rows of a batch is refused")
  func mixing() throws {
    var generator = RandomGenerator(seed: 2)
    let stack = RecurrentStack<MixingCell>(
      layers: 1, inputSize: 2, hiddenSize: 2, options: .init(), using: &generator)
    let error = #expect(throws: ExportError.self) { try ONNXModel(stack) }
    #expect(
      error.map { "\($0)" }
        == "the step of Mixing cannot be written as ONNX: 'Reduce' moves or mixes rows")
  }
}

/// A cell that adds up the states of all sequences, which no cell should.
private struct MixingCell: RecurrentCell {
  struct Options: CellOptions {}
  var weight: Tensor

  init(
    inputSize: Int, hiddenSize: Int, options: Options, initializer: CellInitializer,
    using generator: inout RandomGenerator, scalarType: ScalarType
  ) {
    weight = generator.normal([hiddenSize, inputSize])
  }

  var inputSize: Int { weight.shape[1] }
  var outputSize: Int { weight.shape[0] }
  func initialState(batch: Int) -> HiddenState { HiddenState(hidden: .zeros([batch, outputSize])) }
  func step(_ x: Tensor, from state: HiddenState) -> HiddenState {
    HiddenState(
      hidden: x.matmulTransposed(weight) + state.hidden.sum(axis: 0, keepingAxis: true))
  }
  mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {}
  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight", &weight)
  }
}

extension Onnx_TensorProto {
  /// The elements of a tensor of 64-bit whole numbers.
  fileprivate var wholeNumbers: [Int64] {
    rawData.withUnsafeBytes { $0.bindMemory(to: Int64.self).map { Int64(littleEndian: $0) } }
  }
}

extension Onnx_GraphProto {
  /// The graph without the elements of its tensors of numbers.
  fileprivate var withoutNumbers: Onnx_GraphProto {
    var copy = self
    for index in copy.initializer.indices where copy.initializer[index].tensor != nil {
      copy.initializer[index].rawData = Data()
    }
    for node in copy.node.indices {
      for attribute in copy.node[node].attribute.indices
      where copy.node[node].attribute[attribute].hasG {
        copy.node[node].attribute[attribute].g =
          copy.node[node].attribute[attribute].g.withoutNumbers
      }
    }
    return copy
  }

  /// All tensors of numbers, in order.
  fileprivate var numbers: [Tensor] {
    initializer.compactMap(\.tensor)
      + node.flatMap(\.attribute).flatMap { $0.hasG ? $0.g.numbers : [] }
  }
}
