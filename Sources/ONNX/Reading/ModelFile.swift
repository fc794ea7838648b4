package import Files
internal import Foundation
internal import SwiftProtobuf

/// A model file, read and checked; nothing in it has been run.
package struct ModelFile: Sendable {
  /// The path as given.
  let path: String
  /// The version of ONNX's operators that the nodes mean.
  let operatorVersion: Int
  /// What wrote the file; empty if it does not say.
  let producer: String
  /// What stands beside the graph.
  let metadata: [String: String]
  /// The graph.
  private(set) var graph: GraphDefinition

  /// The versions of ONNX's operators that nodes are run by.
  static let operatorVersions = 7...28

  /// Reads a file's bytes.
  ///
  /// - Parameters:
  ///   - file: All of them.
  ///   - readsBeside: Whether tensors may lie in other files in the folder of the file's path.
  /// - Throws: ``ONNXError``, of ``ONNXError/unsupported(path:_:)`` too.
  package init(_ file: MappedFile, readsBeside: Bool = false) throws(ONNXError) {
    let path = file.path
    let model = try Self.decode(file)
    guard model.hasGraph else { throw .notAModel(path: path, reason: "it has no graph") }
    self.path = path
    producer = [model.producerName, model.producerVersion].filter { !$0.isEmpty }.joined(
      separator: " ")
    metadata = Dictionary(
      model.metadataProps.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first })
    let version = model.opsetImport.first { ["", "ai.onnx"].contains($0.domain) }?.version ?? 1
    operatorVersion = Int(version)
    let strangers: [String: [String]]
    (graph, strangers) = try GraphReader(
      path: path, files: readsBeside ? WeightFiles(beside: path) : nil
    ).read(model.graph)
    let unsupported =
      SupportCheck.named(strangers)
      + SupportCheck.unsupported(in: graph, operatorVersion: operatorVersion)
    guard unsupported.isEmpty else { throw .unsupported(path: path, unsupported) }
  }

  /// The graph, which is then here no more: its tensors can go one by one.
  mutating func takeGraph() -> GraphDefinition {
    defer { graph = GraphDefinition() }
    return graph
  }

  /// Bytes of all tensors of the graph.
  package var weightBytes: Int { graph.weightBytes }

  private static func decode(_ file: MappedFile) throws(ONNXError) -> Onnx_ModelProto {
    let outcome = file.withUnsafeBytes { bytes -> Result<Onnx_ModelProto, ONNXError> in
      func refused(_ reason: String) -> Result<Onnx_ModelProto, ONNXError> {
        .failure(.notAModel(path: file.path, reason: reason))
      }
      guard let start = bytes.baseAddress else { return refused("it is empty") }
      let memory = WireCost.memory(of: bytes)
      guard memory <= bytes.count + WireCost.slack else {
        return refused("its \(bytes.count) bytes would take \(memory) in memory")
      }
      var options = BinaryDecodingOptions()
      options.discardUnknownFields = true
      let data = Data(
        bytesNoCopy: UnsafeMutableRawPointer(mutating: start), count: bytes.count,
        deallocator: .none)
      do {
        return .success(try Onnx_ModelProto(serializedBytes: data, options: options))
      } catch {
        return refused("its bytes are no protocol buffer of one, or they are cut short")
      }
    }
    return try outcome.get()
  }
}
