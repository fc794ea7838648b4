import Files
import Foundation
import Interchange
import SwiftProtobuf
import Tensors

@testable import ONNX

/// A model in a folder with what it is given and what it should say, in the layout of ONNX's own tests.
struct StoredRun {
  let graph: ONNXGraph
  let inputs: [String: ONNXValue]
  let outputs: [(name: String, value: ONNXValue)]

  /// A folder of `Tests/Fixtures`.
  static func fixtures(_ kind: String) -> URL {
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/\(kind)")
  }

  /// The names of the folders in a folder, in order.
  static func names(in folder: URL) -> [String] {
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (names ?? []).filter { !$0.hasPrefix(".") }.sorted()
  }

  init(_ folder: URL) throws {
    graph = try ONNXGraph(contentsOf: folder.appendingPathComponent("model.onnx").path)
    inputs = Dictionary(
      uniqueKeysWithValues: try Self.tensors("input", folder).map { ($0.name, $0.value) })
    outputs = try Self.tensors("output", folder)
  }

  private static func tensors(
    _ kind: String, _ folder: URL
  ) throws -> [(name: String, value: ONNXValue)] {
    let data = folder.appendingPathComponent("test_data_set_0")
    return try names(in: data).filter { $0.hasPrefix(kind) }.map { name in
      let bytes = try Data(contentsOf: data.appendingPathComponent(name))
      let proto = try Onnx_TensorProto(serializedBytes: bytes)
      return (proto.name, try StoredTensor(proto, path: name, place: proto.name).value)
    }
  }

  /// Runs the model.
  ///
  /// - Returns: The largest difference from what it should say, as a share of the largest number of the same output; infinite
  ///   for another shape, type or whole number. Where NaN is expected, anything may stand.
  func difference() throws -> Double {
    let said = try graph.run(inputs)
    return outputs.map { name, expected in
      guard let value = said[name], value.type == expected.type, value.shape == expected.shape
      else { return .infinity }
      let pairs = zip(expected.scalars, value.scalars)
      guard value.type.isFloatingPoint else {
        return pairs.allSatisfy { $0 == $1 } ? 0 : .infinity
      }
      return RelativeDifference.largest(value.scalars, from: expected.scalars)
    }.max() ?? 0
  }
}

extension RelativeDifference {
  /// That of numbers found from those expected, where these are numbers.
  static func largest(_ found: [Double], from expected: [Double]) -> Double {
    var difference = RelativeDifference()
    for (found, expected) in zip(found, expected) where !expected.isNaN {
      difference.compare(found, with: expected)
    }
    return difference.largest
  }
}
