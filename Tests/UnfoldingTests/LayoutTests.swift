import Testing

@testable import Unfolding

@Suite("Layout")
struct LayoutTests {
  static let lengths = [2, 0, 3, 1]

  @Test func frontsAreRunsOfRowsLongerSequencesFirst() {
    let layout = Layout(.chain(Self.lengths))
    #expect(layout.rows == [3, 2, 1])
    #expect(layout.starts == [0, 3, 5])
    // Among the four initial states and the six nodes.
    #expect(layout.hasLanes)
    #expect(layout.predecessors(0) == [0, 1, 2, 4, 5, 7])
    #expect(layout.widest == 3)
    #expect(layout.run(ofPredecessors: 0) == nil)
    // Nodes 0 and 1 are of sequence 0, 2 to 4 of sequence 2, 5 of sequence 3.
    #expect(layout.nodes == [2, 0, 5, 3, 1, 4])
    #expect(layout.rowsOfNodes == [1, 4, 0, 3, 5, 2])
    #expect(layout.sequences == [2, 0, 3, 1])
    #expect(layout.ends == [8, 3, 9, 6])
    #expect(layout.places.map(\.sequence) == [2, 0, 3, 2, 0, 2])
    #expect(layout.places.map(\.step) == [0, 0, 0, 1, 1, 2])
  }

  @Test func aChainThatWasAskedForBeforeIsTheOneThatIsAskedFor() {
    func chains() -> [Structure] {
      [[2, 0, 3, 1], [3, 2, 1], [2, 3]].flatMap { lengths in
        [[1], [2], [1, 2]].flatMap { lags in
          [Direction.forward, .backward].flatMap { direction in
            [NodeOrder.sequenceMajor, .stepMajor].flatMap { order in
              [1, 2].map { history in
                Structure.chain(
                  lengths, lags: lags, direction: direction, order: order, history: history)
              }
            }
          }
        }
      }
    }
    let first = chains(), second = chains()
    #expect(first == second)
    #expect(Set(first).count == first.count)
    for (structure, again) in zip(first, second) {
      let made = Layout(structure)
      #expect(structure.layout.rows == made.rows && again.layout.rows == made.rows)
      #expect(again.layout.ends == made.ends && again.layout.nodes == made.nodes)
    }
  }

  @Test func stepMajorOrderIsTheLayoutItself() {
    let layout = Layout(.chain([3, 2, 1], order: .stepMajor))
    #expect(layout.nodes == nil)
    #expect(layout.rowsOfNodes == nil)
    #expect(layout.sequences == nil)
    #expect(layout.ends == [8, 7, 5])
  }

  @Test func aBackwardWalkStartsAtTheLastNodes() {
    let layout = Layout(.chain(Self.lengths, direction: .backward))
    #expect(layout.nodes == [4, 1, 5, 3, 0, 2])
    #expect(layout.places.map(\.step) == [2, 1, 0, 1, 0, 0])
    #expect(layout.predecessors(0) == [0, 1, 2, 4, 5, 7])
  }

  @Test func predecessorsOfSequencesOfOneLengthAreOneRun() {
    #expect(Layout(.chain([2, 2, 2])).run(ofPredecessors: 0) == 0)
    #expect(Layout(.chain([0, 0])).run(ofPredecessors: 0) == 0)
    #expect(Layout(.chain([])).run(ofPredecessors: 0) == 0)
    #expect(Layout(.chain([2, 2, 0])).run(ofPredecessors: 0) == nil)
    #expect(Layout(.chain([2, 2, 2], lags: [2])).run(ofPredecessors: 0) == nil)
  }

  @Test func withoutNodesEverySequenceEndsWhereItBegan() {
    let layout = Layout(.chain([0, 0, 0]))
    #expect(layout.rows.isEmpty)
    #expect(layout.widest == 0)
    #expect(layout.ends == [0, 1, 2])
  }

  @Test func longerEdgesOfChainsAreRunsToo() {
    let layout = Layout(.chain(Self.lengths, lags: [1, 2]))
    #expect(layout.hasLanes)
    #expect(layout.predecessors(0) == [0, 1, 2, 4, 5, 7])
    // Before the start there are only the initial states.
    #expect(layout.predecessors(1) == [0, 1, 2, 0, 1, 4])
  }

  @Test func aHistoryKeepsRowsTogether() {
    let layout = Layout(.chain(Self.lengths, lags: [1, 3], history: 3))
    #expect(layout.hasLanes)
    #expect(layout.predecessors(0) == [0, 1, 2, 12, 13, 15])
    // Of sequences 2, 0 and 3 the states three steps before the first, of 2 and 0 two before, of 2 one before.
    #expect(layout.sequences == [2, 0, 3, 10, 8, 11, 6, 4, 1, 5, 7, 9])
    #expect(layout.predecessors(1) == [3, 4, 5, 6, 7, 0])
  }

  /// A front whose nodes do not follow those of another in their order is gathered.
  @Test func aStructureThatIsNoChainHasNoLanes() {
    func layout(_ second: [Int32]) -> Layout {
      Layout(
        Structure(
          nodeCount: 4, sequenceCount: 2,
          fronts: [
            .init(nodes: [0, 2], predecessors: [[-1, -2]], sequences: [0, 1], steps: [0, 0]),
            .init(nodes: [1, 3], predecessors: [second], sequences: [0, 1], steps: [1, 1]),
          ], ends: [1, 3]))
    }
    #expect(layout([0, 2]).hasLanes)
    #expect(!layout([2, 0]).hasLanes)
    #expect(!layout([0, 0]).hasLanes)
    #expect(layout([2, 0]).predecessors(0) == [0, 1, 3, 2])
  }

  @Test func aPartOfATreesFrontsLooksAtAllStates() throws {
    let layout = Layout(.forest([.balanced(leaves: 3), .balanced(leaves: 1)]))
    #expect(layout.rows == [4, 1, 1])
    let segment = layout.segment(1..<3)
    #expect(segment.nodeCount == 2)
    #expect(segment.starts == [0, 1])
    #expect(segment.stateRowsBefore == 2 + 4)
    #expect(segment.stateRows == 2 + 6)
    // The pair's children are leaves, the root's the pair and the last leaf.
    #expect(segment.predecessors(0) == [2, 6])
    #expect(segment.predecessors(1) == [3, 4])
  }
}
