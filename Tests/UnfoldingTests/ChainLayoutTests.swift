import Testing

@testable import Unfolding

@Suite("ChainLayout")
struct ChainLayoutTests {
  static let lengths = [2, 0, 3, 1]

  @Test func frontsAreRunsOfRowsLongerSequencesFirst() throws {
    let layout = try #require(ChainLayout(.chain(Self.lengths)))
    #expect(layout.rows == [3, 2, 1])
    #expect(layout.starts == [0, 3, 5])
    // Among the four initial states and the six nodes.
    #expect(layout.before == [0, 4, 7])
    #expect(layout.predecessors == [0, 1, 2, 4, 5, 7])
    #expect(layout.widest == 3)
    #expect(!layout.isEven)
    // Nodes 0 and 1 are of sequence 0, 2 to 4 of sequence 2, 5 of sequence 3.
    #expect(layout.nodes == [2, 0, 5, 3, 1, 4])
    #expect(layout.rowsOfNodes == [1, 4, 0, 3, 5, 2])
    #expect(layout.sequences == [2, 0, 3, 1])
    #expect(layout.ends == [8, 3, 9, 6])
    #expect(layout.places.map(\.sequence) == [2, 0, 3, 2, 0, 2])
    #expect(layout.places.map(\.step) == [0, 0, 0, 1, 1, 2])
  }

  @Test func stepMajorOrderIsTheLayoutItself() throws {
    let layout = try #require(ChainLayout(.chain([3, 2, 1], order: .stepMajor)))
    #expect(layout.nodes == nil)
    #expect(layout.rowsOfNodes == nil)
    #expect(layout.sequences == nil)
    #expect(layout.ends == [8, 7, 5])
  }

  @Test func aBackwardWalkStartsAtTheLastNodes() throws {
    let layout = try #require(ChainLayout(.chain(Self.lengths, direction: .backward)))
    #expect(layout.nodes == [4, 1, 5, 3, 0, 2])
    #expect(layout.places.map(\.step) == [2, 1, 0, 1, 0, 0])
    #expect(layout.predecessors == [0, 1, 2, 4, 5, 7])
  }

  @Test func sequencesOfOneLengthAreEven() throws {
    #expect(try #require(ChainLayout(.chain([2, 2, 2]))).isEven)
    #expect(try #require(ChainLayout(.chain([0, 0]))).isEven)
    #expect(try #require(ChainLayout(.chain([]))).isEven)
    #expect(try #require(ChainLayout(.chain([2, 2, 0]))).isEven == false)
  }

  @Test func withoutNodesEverySequenceEndsWhereItBegan() throws {
    let layout = try #require(ChainLayout(.chain([0, 0, 0])))
    #expect(layout.rows.isEmpty)
    #expect(layout.widest == 0)
    #expect(layout.ends == [0, 1, 2])
  }

  /// A front whose nodes do not follow those of the front before in their order has no layout.
  @Test func aStructureThatIsNoChainHasNone() {
    func structure(_ second: [Int32]) -> Structure {
      Structure(
        nodeCount: 4, sequenceCount: 2,
        fronts: [
          .init(nodes: [0, 2], predecessors: [-1, -2], sequences: [0, 1], steps: [0, 0]),
          .init(nodes: [1, 3], predecessors: second, sequences: [0, 1], steps: [1, 1]),
        ], ends: [1, 3])
    }
    #expect(ChainLayout(structure([0, 2])) != nil)
    #expect(ChainLayout(structure([2, 0])) == nil)
    #expect(ChainLayout(structure([0, 0])) == nil)
  }
}
