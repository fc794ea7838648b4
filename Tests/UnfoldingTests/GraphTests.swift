import Tensors
import TestSupport
import Testing

@testable import Unfolding

/// What a trace says about a cell, and what simplifying makes of it.
@Suite("Graph")
struct GraphTests {
  /// The LSTM's step as it is written in a book: four products by parts of one.
  static let lstm = StepCase("LSTM", widths: [5, 5], weights: [[20, 5], [20, 5], [20]]) { x, s, w in
    let a = (x.matmulTransposed(w[0]) + s[0].matmulTransposed(w[1]) + w[2]).split(4)
    let memory = a[1].sigmoid() * s[1] + a[0].sigmoid() * a[2].tanh()
    return [a[3].sigmoid() * memory.tanh(), memory]
  }

  static func trace(_ step: StepCase, weights: [Tensor]? = nil, type: ScalarType = .float32)
    -> Trace
  {
    Trace.step(
      of: step.cell(weights ?? step.parameters(type), type),
      inputs: [.zeros([4, step.inputSize], scalarType: type)],
      states: step.widths.map { .zeros([2, $0], scalarType: type) }, draws: false)
  }

  static func simplified(_ step: StepCase) throws -> Graph {
    try trace(step).graph.simplified(isStep: true).graph
  }

  /// The values that the outputs depend on.
  static func live(_ graph: Graph) -> [Graph.Value] {
    var isNeeded = Array(repeating: false, count: graph.values.count)
    for output in graph.outputs { isNeeded[output] = true }
    for number in graph.values.indices.reversed() where isNeeded[number] {
      for input in graph.values[number].inputs { isNeeded[input] = true }
    }
    return graph.values.indices.filter { isNeeded[$0] }.map { graph.values[$0] }
  }

  static func count<O: Operation>(_ graph: Graph, _ type: O.Type) -> Int {
    live(graph).count { $0.operation(type) != nil }
  }

  @Test func tracesOfOneCellWithOtherWeightsAreEqual() {
    let graph = Self.trace(Self.lstm).graph
    let other = Self.trace(
      Self.lstm, weights: Self.lstm.shapes.map { .scattered($0, seed: 77, scalarType: .float32) }
    ).graph
    #expect(graph == other)
    #expect(graph.hashValue == other.hashValue)
  }

  @Test func tracesOfOtherShapesTypesOrOperationsAreNot() {
    let graph = Self.trace(Self.lstm).graph
    #expect(graph != Self.trace(Self.lstm, type: .float64).graph)
    let unary = ["tanh", "sigmoid"].map { name in
      StepCase(name) { x, s, _ in
        [name == "tanh" ? (x + s[0]).tanh() : (x + s[0]).sigmoid()]
      }
    }
    #expect(Self.trace(unary[0]).graph != Self.trace(unary[1]).graph)
    let slices = [0, 1].map { start in
      StepCase("slice", inputSize: 6) { x, s, _ in [x.slice(start..<start + 5, axis: 1) + s[0]] }
    }
    #expect(Self.trace(slices[0]).graph != Self.trace(slices[1]).graph)
    let widths = [5, 6].map {
      StepCase("width", inputSize: $0, widths: [$0]) { x, s, _ in [x + s[0]] }
    }
    #expect(Self.trace(widths[0]).graph != Self.trace(widths[1]).graph)
    let orders = [true, false].map { first in
      StepCase("difference") { x, s, _ in [first ? x - s[0] : s[0] - x] }
    }
    #expect(Self.trace(orders[0]).graph != Self.trace(orders[1]).graph)
  }

  @Test func aParameterThatIsUsedTwiceIsOneLeafAndOneComputationOneValue() throws {
    let step = StepCase("twice", weights: [[5, 5]]) { x, s, w in
      [s[0].matmul(w[0]).tanh() * s[0].matmul(w[0]).tanh() + x.matmul(w[0])]
    }
    #expect(Self.trace(step).shared.count == 1)
    let graph = try Self.simplified(step)
    #expect(Self.count(graph, MatrixProduct.self) == 2)
    #expect(Self.count(graph, Unary.self) == 1)
  }

  @Test func gatesAreTakenWhereTheProductIsNotFromWhatWasAddedToIt() throws {
    let graph = try Self.simplified(Self.lstm)
    // Every slice is a part of a product or of a parameter, and no sum is 20 wide any more.
    for value in Self.live(graph) where value.operation(Slice.self) != nil {
      let source = graph.values[value.inputs[0]]
      #expect(source.leaf != nil || source.operation(MatrixProduct.self) != nil)
    }
    #expect(
      Self.live(graph).allSatisfy { !$0.isRow || $0.operation(Binary.self) == nil || $0.width == 5 }
    )
    #expect(Self.count(graph, MatrixProduct.self) == 2)
  }

  @Test func productsOfOneLeftOperandBecomeOne() throws {
    let step = StepCase("gates", weights: [[5, 5], [5, 3], [5, 5]]) { x, s, w in
      let narrow = s[0].matmul(w[1]).sum(axis: 1, keepingAxis: true)
      return [(s[0].matmul(w[0]) * narrow + x.matmul(w[2])).tanh()]
    }
    #expect(Self.count(Self.trace(step).graph, MatrixProduct.self) == 3)
    let graph = try Self.simplified(step)
    let products = Self.live(graph).filter { $0.operation(MatrixProduct.self) != nil }
    #expect(Set(products.map(\.width)) == [8, 5])
    // Products with one weight as it is and one transposed do not share a layout.
    let mixed = StepCase("mixed", weights: [[5, 5], [5, 5]]) { _, s, w in
      [s[0].matmul(w[0]) + s[0].matmulTransposed(w[1])]
    }
    #expect(Self.count(try Self.simplified(mixed), MatrixProduct.self) == 2)
  }

  @Test func partsJoinedAgainInTheirOrderAreTheWhole() throws {
    func joined(_ order: [Int]) -> StepCase {
      StepCase("joined", widths: [6], weights: [[6, 6]]) { x, s, w in
        let parts = s[0].matmul(w[0]).split(3)
        return [Tensor.concatenate(order.map { parts[$0] }, axis: 1).tanh()]
      }
    }
    let whole = try Self.simplified(joined([0, 1, 2]))
    #expect(Self.count(whole, Slice.self) == 0)
    #expect(Self.count(whole, Concatenate.self) == 0)
    #expect(Self.count(try Self.simplified(joined([1, 0, 2])), Concatenate.self) == 1)
  }

  @Test func aPartOfJoinedRowsIsThePartThatWasJoined() throws {
    let step = StepCase("part") { x, s, _ in
      let joined = Tensor.concatenate([x, s[0].tanh()], axis: 1)
      return [joined.slice(5..<10, axis: 1) + joined.slice(0..<5, axis: 1)]
    }
    let graph = try Self.simplified(step)
    #expect(Self.count(graph, Concatenate.self) == 0)
    #expect(Self.count(graph, Slice.self) == 0)
  }

  @Test func rowsOfTwoAxesAreRefused() {
    let step = PlannedUnfoldingTests.refused[0]
    #expect(throws: Unplannable.self) {
      try Self.trace(step).graph.simplified(isStep: true)
    }
  }
}
