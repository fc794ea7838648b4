import Files
import Foundation
import SwiftProtobuf
import Tensors

@testable import ONNX

/// An exported model with what it is given, and what Unfold says to it.
struct ExportCase {
  let name: String
  let model: ONNXModel
  var probe: GraphProbe
  /// How many models were drawn before this one, and were no test.
  var redraws = 0

  init(_ name: String, _ model: ONNXModel, _ probe: GraphProbe) {
    self.name = name
    self.model = model
    self.probe = probe
  }

  var inputs: [Onnx_TensorProto] {
    probe.inputs.map { Onnx_TensorProto($0.value, named: $0.name) }
  }

  /// Where nothing is expected, NaN or −1.
  var outputs: [Onnx_TensorProto] {
    probe.outputs.map { Onnx_TensorProto($0.marked, named: $0.name) }
  }

  /// Writes a folder in the layout of ONNX's own tests, in the order of the graph's inputs and outputs.
  func write(to folder: String) throws {
    let data = folder + "/test_data_set_0"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    try model.write(to: folder + "/model.onnx")
    for (kind, tensors) in [("input", inputs), ("output", outputs)] {
      for (number, tensor) in tensors.enumerated() {
        let bytes: [UInt8] = try tensor.serializedBytes()
        try AtomicFile.write(bytes, to: "\(data)/\(kind)_\(number).pb")
      }
    }
  }
}

extension Onnx_TensorProto {
  func named(_ name: String) -> Self {
    var copy = self
    copy.name = name
    return copy
  }

  init(_ value: ONNXValue, named name: String) {
    switch value {
    case .numbers(let tensor): self.init(tensor)
    case .wholeNumbers(let numbers):
      let shape = numbers.shape.dimensions
      switch numbers.type {
      case .int32: self.init(numbers.elements.map(Int32.init), shape: shape)
      case .uint8: self.init(numbers.elements.map(UInt8.init), shape: shape)
      default: self.init(numbers.elements, shape: shape)
      }
    }
    self.name = name
  }
}
