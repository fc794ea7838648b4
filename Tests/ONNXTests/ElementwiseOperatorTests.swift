import Files
import Foundation
import SwiftProtobuf
import Tensors
import Testing

@testable import ONNX

/// Operators of one number each, held to what the standard says that they are.
@Suite("Element-wise operators of ONNX")
struct ElementwiseOperatorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let type: String
    var attributes: [Onnx_AttributeProto] = []
    var numbers = [-2.5, -1, -0.3, 0, 0.3, 1, 2.5]
    let expected: @Sendable (Double) -> Double
    var testDescription: String { type }
  }

  static let cases = [
    Case(type: "Atan") { atan($0) },
    Case(type: "Tan") { tan($0) },
    Case(type: "Sinh") { sinh($0) },
    Case(type: "Cosh") { cosh($0) },
    Case(type: "Asinh") { asinh($0) },
    Case(type: "Acosh", numbers: [1, 1.5, 4]) { acosh($0) },
    Case(type: "Asin", numbers: [-1, -0.4, 0, 0.7]) { asin($0) },
    Case(type: "Acos", numbers: [-1, -0.4, 0, 0.7]) { acos($0) },
    Case(type: "Atanh", numbers: [-0.9, 0, 0.5]) { atanh($0) },
    Case(type: "HardSwish", numbers: [-4, -1, 0, 1, 4]) { $0 * min(1, max(0, $0 / 6 + 0.5)) },
    Case(type: "Mish") { $0 * tanh(log1p(exp($0))) },
    Case(type: "Celu", attributes: [.number("alpha", 0.5)]) {
      max(0, $0) + min(0, 0.5 * (exp($0 / 0.5) - 1))
    },
    Case(type: "Swish", attributes: [.number("alpha", 2)]) { $0 / (1 + exp(-2 * $0)) },
    Case(type: "IsInf", numbers: [-.infinity, 1, .infinity]) { $0.isInfinite ? 1 : 0 },
    Case(
      type: "IsInf", attributes: [.integer("detect_negative", 0)],
      numbers: [-.infinity, 1, .infinity]
    ) { $0 == .infinity ? 1 : 0 },
  ]

  private static func run(
    _ type: String, _ x: Tensor, _ constants: [Tensor] = [],
    _ attributes: [Onnx_AttributeProto] = []
  ) throws -> [Double]? {
    let names = constants.indices.map { "c\($0)" }
    let model = ModelFileTests.model(version: 24) { graph in
      graph.initializer = zip(constants, names).map { Onnx_TensorProto($0).named($1) }
      graph.input = [Onnx_ValueInfoProto("x", .float, ["n"], "")]
      graph.node = [ModelFileTests.node(type, ["x"] + names, ["y"], attributes)]
      graph.output = [Onnx_ValueInfoProto("y", type == "IsInf" ? .bool : .float, ["n"], "")]
    }
    let graph = try ONNXGraph(MappedFile(try model.serializedBytes(), named: "m"))
    return try graph.run(["x": .numbers(x)])["y"]?.scalars
  }

  @Test("each is the function that it is called", arguments: cases)
  func functions(_ operation: Case) throws {
    let numbers = operation.numbers
    let x = Tensor(numbers, shape: [numbers.count]).converted(to: .float32)
    let found = try #require(try Self.run(operation.type, x, [], operation.attributes))
    #expect(found.count == numbers.count)
    for (found, number) in zip(found, x.scalars) {
      let expected = operation.expected(number)
      #expect(abs(found - expected) <= 2e-6 * max(1, abs(expected)), "\(number)")
    }
  }

  @Test func slopesAreThoseOfTheirPlacesAndMustFit() throws {
    let x = Tensor([-2, 4, -6], shape: [3]).converted(to: .float32)
    func slopes(_ numbers: [Double]) -> Tensor {
      Tensor(numbers, shape: [numbers.count]).converted(to: .float32)
    }
    #expect(try Self.run("PRelu", x, [slopes([0.5, 0.25, 0.125])]) == [-1, 4, -0.75])
    #expect(try Self.run("PRelu", x, [slopes([0.5])]) == [-1, 4, -3])
    #expect(throws: (any Error).self) { try Self.run("PRelu", x, [slopes([1, 2])]) }
  }
}
