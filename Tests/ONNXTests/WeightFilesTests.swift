import Foundation
import SwiftProtobuf
import Tensors
import Testing

@testable import ONNX

@Suite("Weights in files beside a model")
struct WeightFilesTests {
  /// A folder with `m.onnx`, whose tensor `w` of two by three numbers lies elsewhere, and files beside it.
  struct Folder: ~Copyable {
    let url = URL(fileURLWithPath: NSTemporaryDirectory() + "unfold-\(UUID().uuidString)")

    init() throws {
      try FileManager.default.createDirectory(
        at: url.appendingPathComponent("inner"), withIntermediateDirectories: true)
      var numbers = Data()
      for number in 0..<8 {
        withUnsafeBytes(of: Float(number).bitPattern.littleEndian) {
          numbers.append(contentsOf: $0)
        }
      }
      try numbers.write(to: url.appendingPathComponent("w.data"))
      try numbers.write(to: url.appendingPathComponent("inner/w.data"))
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func link(_ name: String, to target: String) throws {
      try FileManager.default.createSymbolicLink(
        atPath: url.appendingPathComponent(name).path, withDestinationPath: target)
    }

    /// The model's graph when what is said of its tensors is this.
    func graph(_ said: [(String, String)]...) throws -> ONNXGraph {
      let model = ModelFileTests.model { graph in
        for (number, entries) in said.enumerated() {
          graph.initializer.append(
            .with {
              $0.name = number == 0 ? "w" : "w\(number)"
              $0.dataType = 1
              $0.dims = [2, 3]
              $0.dataLocation = .external
              $0.externalData = entries.map { entry in
                .with {
                  $0.key = entry.0
                  $0.value = entry.1
                }
              }
            })
        }
        graph.node = [ModelFileTests.node("Identity", ["w"], ["y"])]
        graph.output = [Onnx_ValueInfoProto("y", .float, [], "")]
      }
      let path = url.appendingPathComponent("m.onnx")
      try (try model.serializedBytes() as Data).write(to: path)
      return try ONNXGraph(contentsOf: path.path)
    }

    /// What is said of it, without the folder's path; empty if it is read.
    func message(_ said: [(String, String)]...) throws -> String {
      do {
        switch said.count {
        case 1: _ = try graph(said[0])
        default: _ = try graph(said[0], said[1])
        }
        return ""
      } catch let error as ONNXError {
        return error.description.replacingOccurrences(of: url.path + "/", with: "")
      }
    }

    func numbers(_ said: [(String, String)]) throws -> [Double]? {
      try graph(said).run(["x": .zeros([1, 3], .float32)])["y"]?.scalars
    }
  }

  @Test("elements are read at their offset, in a folder within too, and through a link that stays")
  func read() throws {
    let folder = try Folder()
    try folder.link("near", to: "inner/w.data")
    let numbers: [Double] = [2, 3, 4, 5, 6, 7]
    #expect(
      try folder.numbers([("location", "w.data"), ("offset", "8"), ("length", "24")]) == numbers)
    #expect(try folder.numbers([("location", "inner/w.data"), ("offset", "8")]) == numbers)
    #expect(try folder.numbers([("location", "near")]) == [0, 1, 2, 3, 4, 5])
    #expect(try folder.numbers([("location", "./w.data")]) == [0, 1, 2, 3, 4, 5])
  }

  @Test("a model that is a link has its weights where it leads, too")
  func linkedModel() throws {
    let folder = try Folder()
    _ = try folder.graph([("location", "w.data")])
    let elsewhere = try Folder()
    try elsewhere.link("linked.onnx", to: folder.url.path + "/m.onnx")
    try FileManager.default.removeItem(at: elsewhere.url.appendingPathComponent("w.data"))
    try elsewhere.link("w.data", to: folder.url.path + "/w.data")
    let graph = try ONNXGraph(contentsOf: elsewhere.url.path + "/linked.onnx")
    #expect(try graph.run(["x": .zeros([1, 3], .float32)])["y"]?.scalars == [0, 1, 2, 3, 4, 5])
  }

  @Test("tensors may share bytes, but not without end")
  func sharing() throws {
    let folder = try Folder()
    #expect(
      try folder.message([("location", "w.data")], [("location", "w.data"), ("offset", "8")]) == "")
    let size = 1 << 20
    let zeros = folder.url.appendingPathComponent("z.data")
    try Data(count: size).write(to: zeros)
    let files = WeightFiles(beside: folder.url.path + "/m.onnx")
    var count = 0
    func take() throws(ONNXError) {
      count += 1
      let names = ["z.data", "./z.data"]
      let proto = Onnx_TensorProto.with {
        $0.externalData = [
          .with {
            $0.key = "location"
            $0.value = names[count % 2]
          }
        ]
      }
      _ = try files.elements(of: proto, byteCount: size, place: "tensor 'w'")
    }
    for _ in 0..<68 { try take() }
    do {
      try take()
      Issue.record("the bytes were claimed once more")
    } catch {
      let problem = "and those before it have \(69 * size) bytes in "
      #expect(error.description.contains(problem))
      #expect(error.description.hasSuffix("z.data', far more than its \(size)"))
    }
  }

  @Test("nothing outside the model's folder is opened")
  func outside() throws {
    let folder = try Folder()
    try folder.link("far", to: "/dev/zero")
    try folder.link("above", to: "..")
    #expect(mkfifo(folder.url.path + "/pipe", 0o600) == 0)
    let start = "'m.onnx': tensor 'w' has its elements in "
    let expected = ", where the name of a file in the model's folder was expected"
    for name in ["/etc/passwd", "../w.data", "inner/../../w.data", "", ".", "inner//w.data"] {
      #expect(try folder.message([("location", name)]) == start + "'\(name)'" + expected)
    }
    #expect(
      try folder.message([("location", "pipe")])
        == start + "'pipe': 'pipe' should be a file, but it is a pipe")
    let leads = ", which leads out of the model's folder"
    #expect(try folder.message([("location", "far")]) == start + "'far'" + leads)
    let above = "above/\(folder.url.lastPathComponent)-other"
    try Data(count: 32).write(
      to: folder.url.deletingLastPathComponent().appendingPathComponent(
        folder.url.lastPathComponent + "-other"))
    defer { try? FileManager.default.removeItem(atPath: folder.url.path + "-other") }
    #expect(try folder.message([("location", above)]).hasSuffix(leads))
  }

  @Test("what is not there, or not as long, is told in a sentence")
  func refusals() throws {
    let folder = try Folder()
    let start = "'m.onnx': tensor 'w' "
    #expect(
      try folder.message([("location", "z.data")])
        == start + "has its elements in 'z.data': there is no file 'z.data'")
    #expect(
      try folder.message([("location", "inner")])
        == start + "has its elements in 'inner': 'inner' should be a file, but it is a folder")
    #expect(
      try folder.message([("offset", "0")])
        == start + "has its elements in another file, but does not say in which")
    #expect(
      try folder.message([("location", "w.data"), ("offset", "-8")]) == start
        + "has its elements in 'w.data' with offset = '-8', where a whole number was expected")
    #expect(
      try folder.message([("location", "w.data"), ("length", "20")])
        == start + "has 20 bytes in 'w.data', but its shape needs 24")
    for offset in ["9", "33", "9223372036854775807"] {
      #expect(
        try folder.message([("location", "w.data"), ("offset", offset)])
          == start + "has 24 bytes from byte \(offset) of 'w.data', which has 32 bytes")
    }
  }
}
