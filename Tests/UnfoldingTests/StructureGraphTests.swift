import Testing
import Unfolding

@Suite("Structure.graph")
struct StructureGraphTests {
  @Test func aNodeIsInTheFrontAfterTheLastOfItsPredecessors() throws {
    // 0 → 1 → 3 and 0 → 2 → 3, 0 → 3; then a graph of one node, and one of none.
    let structure = try Structure.graph([[[], [0], [0], [2, 1, 0]], [[]], []])
    #expect(structure.nodeCount == 5)
    #expect(structure.slotCount == 3)
    #expect(structure.fronts.map(\.nodes) == [[0, 4], [1, 2], [3]])
    #expect(structure.fronts[2].predecessors == [[2], [1], [0]])
    #expect(structure.fronts[1].predecessors == [[0, 0], [-1, -1], [-1, -1]])
    #expect(structure.fronts[0].predecessors == [[-1, -2], [-1, -2], [-1, -2]])
    #expect(structure.fronts[0].sequences == [0, 1])
    #expect(structure.fronts[1].steps == [1, 2])
    #expect(structure.ends == [3, 4, -3])
  }

  @Test func aSlotCanBeLeftEmpty() throws {
    let structure = try Structure.graph([[[], [nil, 0]]])
    #expect(structure.fronts[1].predecessors == [[-1], [0]])
  }

  @Test func nodesMayBeGivenInAnyOrder() throws {
    let structure = try Structure.graph([[[2], [0], []]])
    #expect(structure.fronts.map(\.nodes) == [[2], [0], [1]])
    #expect(structure.ends == [1])
  }

  @Test func theEndCanBeSaid() throws {
    let structure = try Structure.graph([[[], [0], [0, 1]], [[]]], ends: [2, nil])
    #expect(structure.ends == [2, 3])
  }

  @Test(
    arguments: [
      ([[[], [2]]], nil, .noSuchNode(graph: 0, node: 1, predecessor: 2, count: 2)),
      ([[[]], [[-1]]], nil, .noSuchNode(graph: 1, node: 0, predecessor: -1, count: 1)),
      // 3 is only after the cycle of 1 and 2.
      ([[[], [0, 2], [1], [2]]], nil, .cycle(graph: 0, node: 1)),
      ([[[0]]], nil, .cycle(graph: 0, node: 0)),
      ([[[], [0], [0]]], nil, .unreachableEnd(graph: 0, node: 1, end: 2)),
      ([[[], [0], [0, 1]]], [1], .unreachableEnd(graph: 0, node: 2, end: 1)),
      ([[[]]], [1], .noSuchEnd(graph: 0, end: 1, count: 1)),
      ([[]], [0], .noSuchEnd(graph: 0, end: 0, count: 0)),
    ] as [([[[Int?]]], [Int?]?, StructureError)])
  func anErrorNamesTheNode(_ graphs: [[[Int?]]], _ ends: [Int?]?, _ error: StructureError) {
    #expect(throws: error) { try Structure.graph(graphs, ends: ends) }
  }

  @Test func errorsAreSentences() {
    #expect(
      StructureError.cycle(graph: 2, node: 7).description
        == "graph 2: node 7 comes, over its predecessors, after itself")
    #expect(
      StructureError.noSuchNode(graph: 0, node: 1, predecessor: 9, count: 4).description
        == "graph 0: node 1 follows node 9, but nodes are 0 to 3")
    #expect(
      StructureError.unreachableEnd(graph: 0, node: 1, end: 2).description
        == "graph 0: the end, node 2, cannot be reached from node 1")
  }
}
