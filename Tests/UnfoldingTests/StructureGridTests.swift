import Testing
import Unfolding

@Suite("Structure.grid")
struct StructureGridTests {
  @Test func aWalkGoesByAntiDiagonals() {
    // Nodes 0 1 2 / 3 4 5 of the first image, 6 / 7 of the third.
    let sizes = [
      GridSize(rows: 2, columns: 3), .init(rows: 0, columns: 4), .init(rows: 2, columns: 1),
    ]
    let grid = Structure.grid(sizes)
    #expect(grid.fronts.map(\.nodes) == [[0, 6], [1, 3, 7], [2, 4], [5]])
    #expect(grid.fronts[1].predecessors == [[-1, 0, 6], [0, -1, -3]])
    #expect(grid.fronts[2].predecessors == [[-1, 1], [1, 3]])
    #expect(grid.fronts[3].predecessors == [[2], [4]])
    #expect(grid.fronts[2].steps == [2, 4])
    #expect(grid.ends == [5, -2, 7])
  }

  @Test(arguments: zip(Corner.allCases, [[0, 5], [2, 3], [3, 2], [5, 0]]))
  func eachCornerEndsAcross(_ corner: Corner, _ ends: [Int32]) {
    let grid = Structure.grid([GridSize(rows: 2, columns: 3)], from: corner)
    #expect(grid.fronts[0].nodes == [ends[0]])
    #expect(grid.ends == [ends[1]])
    #expect(grid.fronts[0].steps == [UInt32(ends[0])])
  }

  @Test(arguments: Corner.allCases)
  func everyNodeIsWalkedOnceAndAfterItsNeighbours(_ corner: Corner) {
    let sizes = [
      GridSize(rows: 3, columns: 5), .init(rows: 1, columns: 1), .init(rows: 4, columns: 2),
    ]
    let grid = Structure.grid(sizes, from: corner)
    var seen: Set<Int32> = []
    for front in grid.fronts {
      #expect(front.predecessors.joined().allSatisfy { $0 < 0 || seen.contains($0) })
      for node in front.nodes { #expect(seen.insert(node).inserted) }
    }
    #expect(seen.count == grid.nodeCount)
    #expect(grid.nodeCount == 15 + 1 + 8)
  }
}
