import Files
import SwiftProtobuf
import Tensors
import Testing

@testable import ONNX

/// What onnxruntime 1.31.1 says of the same, on x86.
@Suite("Whole numbers in ONNX")
struct WholeNumberTests {
  /// The first whole number after which double precision has only every second.
  static let large: Int64 = 1 << 53

  /// A node of an input `x` and constants.
  static func run(
    _ type: String, _ x: ONNXValue, _ constants: [Onnx_TensorProto] = [],
    _ attributes: [Onnx_AttributeProto] = [], outputs: Int = 1
  ) throws -> [[Int64]] {
    let names = constants.indices.map { "c\($0)" }
    let results = (0..<outputs).map { "y\($0)" }
    let model = ModelFileTests.model { graph in
      graph.input = [Onnx_ValueInfoProto("x", x.type.proto, ["n"], "")]
      graph.initializer = zip(constants, names).map { $0.named($1) }
      graph.node = [ModelFileTests.node(type, ["x"] + names, results, attributes)]
      graph.output = results.map { Onnx_ValueInfoProto($0, .int64, [], "") }
    }
    let graph = try ONNXGraph(MappedFile(try model.serializedBytes(), named: "m"))
    let said = try graph.run(["x": x])
    return results.map { said[$0]?.wholeNumbers?.elements ?? [] }
  }

  static func whole(_ elements: [Int64], _ type: ONNXElementType = .int64) -> ONNXValue {
    .wholeNumbers(WholeNumbers(elements, shape: [elements.count], type: type))
  }

  static func constant(_ numbers: Int64..., shape: [Int] = []) -> Onnx_TensorProto {
    Onnx_TensorProto(numbers, shape: shape)
  }

  @Test func theLargestOfLargeNumbersIsFound() throws {
    let numbers = [Self.large, Self.large + 1, Self.large + 1, Self.large - 1]
    let first = [Onnx_AttributeProto.integer("axis", 0)]
    let last = first + [.integer("select_last_index", 1)]
    #expect(try Self.run("ArgMax", Self.whole(numbers), [], first) == [[1]])
    #expect(try Self.run("ArgMin", Self.whole(numbers.map { -$0 }), [], first) == [[1]])
    #expect(try Self.run("ArgMax", Self.whole(numbers), [], last) == [[2]])
    #expect(
      try Self.run("TopK", Self.whole(numbers), [Self.constant(2, shape: [1])], first, outputs: 2)
        == [[Self.large + 1, Self.large + 1], [1, 2]])
  }

  @Test func sumsOfLargeNumbersKeepEveryBit() throws {
    #expect(
      try Self.run("CumSum", Self.whole([Self.large, 1, 1, .max]), [Self.constant(0)])
        == [[Self.large, Self.large + 1, Self.large + 2, -9_214_364_837_600_034_815]])
    #expect(
      try Self.run("CumSum", Self.whole([2_147_483_647, 1, 1], .int32), [Self.constant(0)])
        == [[2_147_483_647, -2_147_483_648, -2_147_483_647]])
  }

  @Test func limitsOfLargeNumbersKeepEveryBit() throws {
    let (low, high) = (Self.large + 1, (Int64(1) << 62) - 1)
    #expect(
      try Self.run(
        "Clip", Self.whole([0, Self.large + 3, 1 << 62]), [Self.constant(low), Self.constant(high)])
        == [[low, Self.large + 3, high]])
  }

  static let beyond: [Double] = [
    1.9, -1.9, 128, 300, -129, 32_768, 70_000, 3e9, -3e9, 1e12, 9.3e18, -9.3e18, 1e30,
    .infinity, -.infinity, .nan,
  ]
  static let least32: Int64 = -2_147_483_648
  static let cast: [(type: ONNXElementType, said: [Int64])] = [
    (.int8, [1, -1, -128, 44, 127, 0, 112] + Array(repeating: 0, count: 9)),
    (.int16, [1, -1, 128, 300, -129, -32_768, 4464] + Array(repeating: 0, count: 9)),
    (.uint8, [1, 255, 128, 44, 127, 0, 112] + Array(repeating: 0, count: 9)),
    (.uint16, [1, 65_535, 128, 300, 65_407, 32_768, 4464] + Array(repeating: 0, count: 9)),
    (
      .int32,
      [1, -1, 128, 300, -129, 32_768, 70_000] + Array(repeating: Self.least32, count: 9)
    ),
    (
      .int64,
      [1, -1, 128, 300, -129, 32_768, 70_000, 3_000_000_000, -3_000_000_000, 1_000_000_000_000]
        + Array(repeating: .min, count: 6)
    ),
    (.bool, Array(repeating: 1, count: 16)),
  ]

  @Test("numbers beyond a type's range become what onnxruntime makes of them", arguments: cast)
  func casts(type: ONNXElementType, said: [Int64]) throws {
    let numbers = ONNXValue.numbers(Tensor(Self.beyond, shape: [16], scalarType: .float64))
    let to = Onnx_AttributeProto.integer("to", type.proto.rawValue)
    #expect(try Self.run("Cast", numbers, [], [to]) == [said])
  }

  @Test("a scan of no rounds has its axis where the node says", arguments: [0, 1, 2, -1])
  func emptyScan(axis: Int) throws {
    var body = Onnx_GraphProto()
    body.input = [Onnx_ValueInfoProto("e", .float, [3], "")]
    body.initializer = [Onnx_TensorProto(Tensor.ones([2, 3])).named("ones")]
    body.node = [ModelFileTests.node("Mul", ["e", "ones"], ["z"])]
    body.output = [Onnx_ValueInfoProto("z", .float, [2, 3], "")]
    let attributes: [Onnx_AttributeProto] = [
      .graph("body", body), .integer("num_scan_inputs", 1), .integers("scan_output_axes", [axis]),
    ]
    let model = ModelFileTests.model { graph in
      graph.node = [ModelFileTests.node("Scan", ["x"], ["y"], attributes)]
      graph.output = [Onnx_ValueInfoProto("y", .float, [], "")]
    }
    let graph = try ONNXGraph(MappedFile(try model.serializedBytes(), named: "m"))
    for count in [0, 4] {
      var sizes = [2, 3]
      sizes.insert(count, at: axis < 0 ? 2 : axis)
      let said = try graph.run(["x": .numbers(.ones([count, 3]))])
      #expect(said["y"]?.shape == Shape(sizes))
    }
  }
}

extension ONNXElementType {
  /// The type as a file names it.
  fileprivate var proto: Onnx_TensorProto.DataType {
    switch self {
    case .float32: .float
    case .float64: .double
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .uint8: .uint8
    case .uint16: .uint16
    case .bool: .bool
    }
  }
}
