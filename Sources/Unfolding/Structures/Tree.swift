internal import Tensors

/// A rooted tree of ordered children, of any shape: a parse, or one built over a plain sequence.
public struct Tree: Sendable, Hashable {
  /// For each node its children, in order.
  public let children: [[Int]]

  /// A tree of the given parents, whose siblings are in the order of their numbers.
  ///
  /// - Parameters:
  ///   - parents: For each node its parent, in any order, −1 for the root.
  ///   - number: What errors call the tree.
  /// - Throws: ``StructureError`` where there is not one root, where a parent is no node, or where nodes are their own
  ///   ancestors.
  public init(parents: [Int], number: Int = 0) throws(StructureError) {
    var root: Int?
    for (node, parent) in parents.enumerated() {
      guard parent >= -1, parent < parents.count else {
        throw .noSuchParent(tree: number, node: node, parent: parent, count: parents.count)
      }
      guard parent == -1 else { continue }
      if let root { throw .severalRoots(tree: number, first: root, second: node) }
      root = node
    }
    // Nodes from which no root is reached go round in a circle. Each is looked at once.
    var isRooted = Array(repeating: false, count: parents.count)
    for start in parents.indices where !isRooted[start] {
      var path: [Int] = [], onPath: Set<Int> = [], node = start
      while node >= 0, !isRooted[node] {
        guard onPath.insert(node).inserted else { throw .cycle(graph: number, node: node) }
        path.append(node)
        node = parents[node]
      }
      for node in path { isRooted[node] = true }
    }
    var children: [[Int]] = Array(repeating: [], count: parents.count)
    for (node, parent) in parents.enumerated() where parent >= 0 { children[parent].append(node) }
    self.children = children
  }

  private init(checked children: [[Int]]) { self.children = children }

  /// A balanced binary tree over a plain sequence: the path from a leaf to the root has ⌈log₂ τ⌉ edges, where a chain's
  /// has τ (Goodfellow et al. 2016, §10.6).
  ///
  /// Leaves are nodes 0..<n, in order; then come the nodes above them, each after its children.
  public static func balanced(leaves count: Int) -> Tree {
    demand(count >= 0, "balanced: a tree of \(count) leaves")
    var children: [[Int]] = Array(repeating: [], count: count)
    var level = Array(0..<count)
    while level.count > 1 {
      var above: [Int] = []
      for first in stride(from: 0, to: level.count, by: 2) {
        guard first + 1 < level.count else {
          above.append(level[first])
          continue
        }
        above.append(children.count)
        children.append([level[first], level[first + 1]])
      }
      level = above
    }
    return Tree(checked: children)
  }

  /// The number of nodes.
  public var nodeCount: Int { children.count }
  /// The node without a parent; `nil` for a tree of no nodes.
  public var root: Int? { parents.firstIndex(of: -1) }

  /// For each node its parent, or −1 for the root.
  public var parents: [Int] {
    var parents = Array(repeating: -1, count: children.count)
    for (node, below) in children.enumerated() {
      for child in below { parents[child] = node }
    }
    return parents
  }
}

/// Which way a tree is walked.
public enum TreeDirection: String, Sendable, Hashable, CaseIterable {
  /// From the leaves to the root: a node follows its children.
  case bottomUp
  /// From the root to the leaves: a node follows its parent.
  case topDown
}

extension Structure {
  /// Trees of any shapes in one batch, walked by heights or by depths (Goodfellow et al. 2016, §10.6).
  ///
  /// - Parameters:
  ///   - trees: The trees; nodes are numbered tree by tree.
  ///   - direction: Whether a node follows its children or its parent.
  ///   - arity: The slots; `nil` for as many as any node has children, but one at least, or for one on the way down.
  /// - Returns: A structure whose ends are the roots.
  public static func forest(
    _ trees: [Tree], direction: TreeDirection = .bottomUp, arity: Int? = nil
  ) -> Structure {
    let most =
      direction == .topDown ? 1 : max(1, trees.flatMap { $0.children.map(\.count) }.max() ?? 1)
    demand(
      (arity ?? most) >= most,
      "forest: a node follows \(most) others, but there are \(arity ?? 0) slots")
    var fronts = FrontBuilder(slotCount: arity ?? most)
    var ends: [Int32] = []
    for (number, tree) in trees.enumerated() {
      ends.append(tree.root.map { Int32(fronts.nodeCount + $0) } ?? Int32(-1 - number))
      let before =
        direction == .bottomUp
        ? tree.children.map { $0.map(Optional.some) }
        : tree.parents.map { $0 < 0 ? [] : [Optional.some($0)] }
      let stuck = fronts.add(before)
      demand(stuck == nil, "forest: tree \(number) is none")
    }
    return fronts.structure(ends: ends)
  }
}
