import Testing
import Unfolding

@Suite("Tree")
struct TreeTests {
  @Test func childrenAreInTheOrderOfTheirNumbers() throws {
    let tree = try Tree(parents: [4, 4, 3, 4, -1])
    #expect(tree.root == 4)
    #expect(tree.children == [[], [], [], [2], [0, 1, 3]])
  }

  @Test(
    arguments: [
      ([-1, 3], .noSuchParent(tree: 5, node: 1, parent: 3, count: 2)),
      ([-2], .noSuchParent(tree: 5, node: 0, parent: -2, count: 1)),
      ([-1, 0, -1], .severalRoots(tree: 5, first: 0, second: 2)),
      ([-1, 2, 3, 2], .cycle(graph: 5, node: 2)),
      ([0], .cycle(graph: 5, node: 0)),
    ] as [([Int], StructureError)])
  func whatIsNoTreeIsRefused(_ parents: [Int], _ error: StructureError) {
    #expect(throws: error) { try Tree(parents: parents, number: 5) }
  }

  @Test(arguments: [0, 1, 2, 3, 5, 8, 17, 33])
  func aBalancedTreeIsAsLowAsCanBe(_ leaves: Int) throws {
    let tree = Tree.balanced(leaves: leaves)
    // The same parents make a tree, perhaps with siblings in another order.
    let again = try Tree(parents: tree.parents)
    #expect(again.parents == tree.parents)
    #expect(tree.nodeCount == max(2 * leaves - 1, 0))
    #expect(tree.children.prefix(leaves).allSatisfy { $0.isEmpty })
    #expect(tree.children.dropFirst(leaves).allSatisfy { $0.count == 2 })
    var lowest = 0
    while 1 << lowest < leaves { lowest += 1 }
    #expect(Structure.forest([tree]).fronts.count == (leaves == 0 ? 0 : lowest + 1))
    // Leaves from left to right are those of the sequence.
    func leavesUnder(_ node: Int) -> [Int] {
      tree.children[node].isEmpty ? [node] : tree.children[node].flatMap(leavesUnder)
    }
    #expect(tree.root.map(leavesUnder) ?? [] == Array(0..<leaves))
  }

  @Test func aForestIsWalkedByHeights() throws {
    // Of the first tree 0 and 1 are children of 2, which is with 3 a child of 4.
    let trees = [
      try Tree(parents: [2, 2, 4, 4, -1]), try Tree(parents: []), try Tree(parents: [-1]),
    ]
    let forest = Structure.forest(trees)
    #expect(forest.slotCount == 2)
    #expect(forest.fronts.map(\.nodes) == [[0, 1, 3, 5], [2], [4]])
    #expect(forest.fronts[0].predecessors == [[-1, -1, -1, -3], [-1, -1, -1, -3]])
    #expect(forest.fronts[1].predecessors == [[0], [1]])
    #expect(forest.fronts[2].predecessors == [[2], [3]])
    #expect(forest.ends == [4, -2, 5])
  }

  @Test func theSameForestCanBeWalkedDown() throws {
    let forest = Structure.forest([try Tree(parents: [2, 2, 4, 4, -1])], direction: .topDown)
    #expect(forest.slotCount == 1)
    #expect(forest.fronts.map(\.nodes) == [[4], [2, 3], [0, 1]])
    #expect(forest.fronts.map(\.predecessors) == [[[-1]], [[4, 4]], [[2, 2]]])
    #expect(forest.ends == [4])
  }

  @Test func depthIsNoLimit() throws {
    let count = 100_000
    let tree = try Tree(parents: (0..<count).map { $0 + 1 == count ? -1 : $0 + 1 })
    #expect(Structure.forest([tree]).fronts.count == count)
    #expect(Structure.forest([tree], direction: .topDown).fronts.count == count)
  }

  @Test func moreSlotsThanChildrenCanBeAskedFor() {
    let forest = Structure.forest([.balanced(leaves: 2)], arity: 3)
    #expect(forest.fronts[1].predecessors == [[0], [1], [-1]])
  }
}
