import Interchange
import Files
import Layers
import Models
import Tensors
import Testing

@testable import ONNX

@Suite("Probes of graphs")
struct GraphProbeTests {
  static func model() -> LanguageModel<LSTMCell> {
    var generator = RandomGenerator(seed: 5)
    return LanguageModel<LSTMCell>(
      .init(vocabularySize: 11, embeddingSize: 3, hiddenSize: 4, cell: .init()), using: &generator)
  }

  static func graph() throws -> ONNXGraph {
    try ONNXGraph(MappedFile(ONNXModel(model()).bytes, named: "a.onnx"))
  }

  @Test("all that counts is compared, and agrees")
  func same() throws {
    let probe = GraphProbe(of: Self.model())
    let (largest, outputs) = try probe.difference(of: Self.graph())
    #expect(largest < 1e-6 && probe.isTelling)
    // At each of the 17 steps a number for each symbol; and two states of four sequences.
    #expect(outputs == 17 * 11 + 2 * 4 * 4)
  }

  @Test("past a sequence's end anything may stand, and is marked")
  func marked() throws {
    let probe = GraphProbe(of: Self.model())
    let expected = try #require(probe.outputs.first { $0.name == "log_probabilities" })
    #expect(expected.marked.shape == [9, 4, 11])
    #expect(expected.marked.scalars.filter(\.isNaN).count == (9 * 4 - 17) * 11)
  }

  static let wrong: [(what: String, value: ONNXValue)] = [
    ("another number", .numbers(.ones([4, 4]))), ("another shape", .numbers(.zeros([4, 5]))),
    ("another type", .numbers(.zeros([4, 4], scalarType: .float64))),
    ("no number", .numbers(.zeros([4, 4]) / 0)),
  ]

  @Test("what is not the same is told", arguments: wrong.indices)
  func different(number: Int) throws {
    var probe = GraphProbe(of: Self.model())
    probe.expect("final_h_l0", Self.wrong[number].value)
    let far = try probe.difference(of: Self.graph()).largest
    #expect(
      number == 0 ? far > 1e-3 && far.isFinite : far == .infinity, "\(Self.wrong[number].what)")
  }

  @Test func whatAGraphDoesNotSayIsTold() throws {
    var probe = GraphProbe(of: Self.model())
    probe.expect("more", .numbers(.zeros([1])))
    #expect(try probe.difference(of: Self.graph()).largest == .infinity)
  }

  @Test func symbolsComeAgainOnlyWhenAllHaveCome() {
    var draws = ProbeDraws()
    #expect(draws.symbols(7, of: 7).sorted() == Array(0..<7))
    #expect(Set(draws.symbols(9, of: 5)).count == 5)
    #expect(draws.symbols(0, of: 5) == [])
  }
}
