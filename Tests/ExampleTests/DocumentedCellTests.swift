import Foundation
import TestSupport
import Testing
import TwoTimescale
import Unfold

/// The programs of the article on writing a cell: those of `Examples/CustomCell` as they stand there, the others here.
@Suite("Documented cells")
struct DocumentedCellTests {
  @Test func bothPathsAgreeAsTheArticleAsks() {
    var generator = RandomGenerator(seed: 1)
    let cell = TwoTimescaleCell(inputSize: 3, hiddenSize: 5, using: &generator)
    let lengths = [4, 0, 2]
    let inputs = generator.normal([6, 3])
    let planned = unfold(cell, over: .chain(lengths), inputs).states.output
    let plain = unfold(cell, over: .chain(lengths), inputs, by: .reference).states.output
    let difference = (planned - plain).squared().mean().item
    #expect(planned.shape == [6, 10])
    #expect(difference < 1e-11)
  }

  @Test func oneCellOfTwoSlotsRunsOverAllStructuresOfTwo() {
    var generator = RandomGenerator(seed: 1)
    let cell = SkippingCell(
      inputWeight: Initializer.xavier([5, 3], using: &generator),
      nearWeight: Initializer.xavier([5, 5], using: &generator),
      farWeight: Initializer.xavier([5, 5], using: &generator))
    do {
      let lengths = [9, 0, 4]
      let inputs = generator.normal([13, 3])
      let run = unfold(cell, over: .chain(lengths, lags: [1, 7]), inputs)
      #expect(run.output.shape == [13, 5])
    }
    do {
      let sizes = [GridSize(rows: 2, columns: 4)]
      let inputs = generator.normal([8, 3])
      let run = unfold(cell, over: .grid(sizes), inputs)
      #expect(run.output.shape == [8, 5])
    }
    do {
      let trees = [Tree.balanced(leaves: 6)]
      let inputs = generator.normal([11, 3])
      let run = unfold(cell, over: .forest(trees, arity: 2), inputs)
      #expect(run.output.shape == [11, 5])
    }
  }

  @Test func theCircuitHasTheUnitsAndEdgesThatAreSaid() {
    #expect(DrawnCell.circuit.units.map(\.letters) == ["h", "o"])
    #expect(DrawnCell.circuit.edges.map(\.weight) == ["U", "V", "W"])
  }

  @Test func everyLineOfTheArticlesProgramsIsCompiled() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")
    let sources = try [
      #filePath, root.appending(path: "Examples/CustomCell/TwoTimescaleCell.swift").path,
      root.appending(path: "Examples/CustomCell/Adding.swift").path,
    ].map { try String(contentsOfFile: $0, encoding: .utf8) }
    let article = try String(
      contentsOf: root.appending(path: "Sources/Unfold/Unfold.docc/WritingACell.md"),
      encoding: .utf8)
    let blocks = article.components(separatedBy: "```swift\n").dropFirst()
      .map { $0.components(separatedBy: "```")[0] }
    #expect(blocks.count == 8)
    for line in blocks.flatMap({ $0.components(separatedBy: "\n") }) {
      let code = line.components(separatedBy: "//")[0].trimmingCharacters(in: .whitespaces)
      #expect(code.isEmpty || sources.contains { $0.contains(code) }, "\(code)")
    }
  }
}

/// The article's cell of two slots.
struct SkippingCell: RecursiveCell, Module {
  var inputWeight: Tensor  // [H, D]
  var nearWeight: Tensor  // [H, H]
  var farWeight: Tensor  // [H, H]

  func initialState(batch: Int) -> Tensor {
    .zeros([batch, nearWeight.shape[0]], scalarType: nearWeight.scalarType)
  }

  func step(_ x: Tensor, from before: [Tensor]) -> Tensor {
    (x.matmulTransposed(inputWeight) + before[0].matmulTransposed(nearWeight)
      + before[1].matmulTransposed(farWeight)).tanh()
  }

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("weight_ih", &inputWeight)
    try visitor.parameter("weight_near", &nearWeight)
    try visitor.parameter("weight_far", &farWeight)
  }
}

/// The article's circuit.
enum DrawnCell {
  static var circuit: CellCircuit {
    var circuit = CellCircuit()
    let h = circuit.add("h"), o = circuit.add("o")
    circuit.read(by: h, "U")
    circuit.connect(h, o, "V")
    circuit.connect(o, h, "W", after: .steps(1))
    circuit.outputs = [o]
    return circuit
  }
}
