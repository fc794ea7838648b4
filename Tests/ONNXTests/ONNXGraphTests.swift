import Files
import Foundation
import Tensors
import Testing

@testable import ONNX

@Suite("ONNX models that are run")
struct ONNXGraphTests {
  static let others = StoredRun.names(in: StoredRun.fixtures("onnx-in"))
  static let own = StoredRun.names(in: StoredRun.fixtures("onnx"))

  @Test("a model that others exported says what onnxruntime says", arguments: others)
  func runsOthers(name: String) throws {
    let run = try StoredRun(StoredRun.fixtures("onnx-in").appendingPathComponent(name))
    #expect(try run.difference() <= 1e-5)
  }

  @Test("every kind of exported model is there")
  func kindsOfOthers() {
    let exporters = Set(Self.others.map { $0.split(separator: "-")[0] })
    #expect(exporters == ["pytorch", "keras", "node"])
  }

  @Test("a model that Unfold exported says what onnxruntime says", arguments: own)
  func runsOwn(name: String) throws {
    let run = try StoredRun(StoredRun.fixtures("onnx").appendingPathComponent(name))
    #expect(try run.difference() <= 1e-5)
  }

  @Test("a model that Unfold exports says what it said", arguments: RandomExports.kinds.indices)
  func roundTrip(number: Int) throws {
    for round in 1..<4 {
      let made = try RandomExports.make(number + round * RandomExports.kinds.count)
      let graph = try ONNXGraph(MappedFile(try made.model.bytes, named: made.name))
      let (largest, outputs) = try made.probe.difference(of: graph)
      #expect(largest <= 1e-5 && outputs > 0, "\(made.name)")
    }
  }

  @Test("what a graph reads, is made of and was written with is told")
  func ports() throws {
    let run = try StoredRun(
      StoredRun.fixtures("onnx-in").appendingPathComponent("pytorch-tagger-torchscript"))
    #expect(run.graph.operators["LSTM"] == 2)
    #expect(run.graph.inputs.map(\.shown) == ["input_0 int64 [first, second]"])
    #expect(run.graph.producer.hasPrefix("pytorch"))
    #expect(run.graph.operatorVersion == 17)
  }

  @Test("a run does not depend on what was run before")
  func repeatedRuns() throws {
    let run = try StoredRun(
      StoredRun.fixtures("onnx-in").appendingPathComponent("pytorch-attention-torchscript"))
    let first = try run.graph.run(run.inputs), second = try run.graph.run(run.inputs)
    #expect(first.keys.sorted() == second.keys.sorted())
    #expect(first.allSatisfy { $1.scalars == second[$0]?.scalars })
  }

  @Test("every operator that is known is run, and the other way round")
  func operators() {
    #expect(Set(OperatorSignature.all.keys) == Set(Operators.all.keys))
  }

  @Test("what a graph is given is checked against what it reads")
  func inputs() throws {
    let run = try StoredRun(
      StoredRun.fixtures("onnx-in").appendingPathComponent("pytorch-pooled-torchscript"))
    func message(_ given: [String: ONNXValue]) -> String {
      do {
        _ = try run.graph.run(given)
        return ""
      } catch { return error.description.replacing(run.graph.path, with: "M") }
    }
    let x = ONNXValue.numbers(.zeros([2, 7, 3])), lengths = ONNXValue(IndexTensor([7, 3]))
    #expect(
      message(["input_0": x])
        == "'M': input 'input_1' is missing; it should be input_1 int64 [2]")
    #expect(
      message(["input_0": x, "input_1": .numbers(.zeros([2]))])
        == "'M': input 'input_1' should be input_1 int64 [2], but it is float32 [2]")
    #expect(
      message(["input_0": .numbers(.zeros([2, 7, 4])), "input_1": lengths])
        == "'M': input 'input_0' should be input_0 float32 [first, second, 3], but it is float32 [2, 7, 4]"
    )
    #expect(
      message(["x": x, "input_1": lengths])
        == "'M': input 'x' is not read; it reads 'input_0', 'input_1'")
  }
}
