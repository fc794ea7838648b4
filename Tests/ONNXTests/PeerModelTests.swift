import Foundation
import Testing

@testable import ONNX

@Suite("Models that Python writes")
struct PeerModelTests {
  /// Runs a script that writes folders of models, and each of the models.
  ///
  /// - Returns: What differed, and how many models there were.
  static func differences(
    _ script: String, _ arguments: (String) -> [String], environment: [String: String] = [:]
  ) throws -> (differences: [String], count: Int) {
    let folder = URL(fileURLWithPath: NSTemporaryDirectory() + "unfold-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Scripts/interchange/\(script)").path
    let python = try #require(Peer.python)
    let settings = environment.map { "\($0)=\($1)" }
    let outcome = try Peer.run("env", settings + [python, path] + arguments(folder.path))
    #expect(outcome.code == 0, "\(outcome.output)")
    var differences: [String] = []
    let names = StoredRun.names(in: folder)
    for name in names {
      do {
        let far = try StoredRun(folder.appendingPathComponent(name)).difference()
        if !(far <= 1e-5) { differences.append("\(name): \(far)") }
      } catch {
        differences.append("\(name): \(error)")
      }
    }
    return (differences, names.count)
  }

  @Test(
    "240 recurrent nodes of random attributes say what onnxruntime says",
    .enabled(if: Peer.python != nil, "no Python with onnx and onnxruntime: UNFOLD_PEER_PYTHON"))
  func randomNodes() throws {
    let (differences, count) = try Self.differences(
      "onnx_in_fixtures.py", { ["nodes", $0] }, environment: ["UNFOLD_ONNX_NODES": "240"])
    #expect(differences == [])
    // And a model of conversions.
    #expect(count == 241)
  }

  @Test(
    "the standard's own tests of the operators pass, but for what is refused by name",
    .enabled(if: Peer.python != nil, "no Python with onnx and onnxruntime: UNFOLD_PEER_PYTHON"))
  func operators() throws {
    let (differences, count) = try Self.differences(
      "onnx_node_tests.py", { [$0] + OperatorSignature.all.keys.sorted() })
    // Nothing is trained here.
    let refusals = ["has what Unfold does not run", "should drop elements, as in training"]
    let failures = differences.filter { difference in !refusals.contains { difference.contains($0) }
    }
    #expect(failures == [])
    // Ones that are refused today; fewer are better.
    #expect(differences.count - failures.count <= 43)
    print("\(count) tests of operators, \(differences.count - failures.count) refused by name")
    #expect(count > 400)
  }
}
