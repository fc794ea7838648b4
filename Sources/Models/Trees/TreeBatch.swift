internal import Tensors
public import Unfolding

/// Trees as a classifier reads them: words at the leaves, nothing at the nodes above.
public struct TreeBatch: Sendable {
  /// The trees, B of them.
  public let trees: [Tree]
  /// The number of each leaf's word, `[L]`: tree by tree, leaves by their numbers.
  public let words: [Int32]
  /// The nodes that are leaves, `[L]`, each in 0..<N.
  public let leaves: [Int32]
  /// The leaves of each tree.
  public let leafCounts: [Int]
  /// The name of each tree for random draws: a tree gets the same dropout masks in any company.
  public let identities: [UInt64]

  /// A batch of trees.
  ///
  /// - Parameters:
  ///   - trees: The trees.
  ///   - words: The word of each tree's leaves, by the leaves' numbers.
  ///   - identities: A number for each tree; `nil` for 0, 1, …
  public init(_ trees: [Tree], words: [[Int32]], identities: [UInt64]? = nil) {
    demand(
      identities == nil || identities?.count == trees.count,
      "TreeBatch: \(trees.count) trees need as many identities")
    var leaves: [Int32] = [], counts: [Int] = []
    var first = 0
    for tree in trees {
      let own = tree.children.indices.filter { tree.children[$0].isEmpty }
      leaves += own.map { Int32(first + $0) }
      counts.append(own.count)
      first += tree.nodeCount
    }
    demand(
      words.map(\.count) == counts,
      "TreeBatch: trees of \(counts) leaves need as many words, got \(words.map(\.count))")
    self.trees = trees
    self.words = words.flatMap(\.self)
    self.leaves = leaves
    leafCounts = counts
    self.identities = identities ?? trees.indices.map(UInt64.init)
  }

  /// N.
  public var nodeCount: Int { trees.reduce(0) { $0 + $1.nodeCount } }

  /// The roots, `[B]`, each in 0..<N; trees have a node at least.
  public var roots: [Int32] {
    var first = 0
    return trees.map { tree in
      defer { first += tree.nodeCount }
      return Int32(first + (tree.root ?? 0))
    }
  }

  /// Some of the trees, by their numbers.
  func selecting(_ chosen: [Int]) -> TreeBatch {
    var words: [[Int32]] = [], first = 0
    for count in leafCounts {
      words.append(Array(self.words[first..<first + count]))
      first += count
    }
    return TreeBatch(
      chosen.map { trees[$0] }, words: chosen.map { words[$0] },
      identities: chosen.map { identities[$0] })
  }

  /// Where each node stands when the trees lie in another order, `[N]`.
  func rows(ofTreesInOrder order: [Int]) -> IndexTensor {
    var starts = Array(repeating: 0, count: trees.count), first = 0
    for tree in order {
      starts[tree] = first
      first += trees[tree].nodeCount
    }
    return IndexTensor(
      trees.indices.flatMap { tree in
        (0..<trees[tree].nodeCount).map { Int32(starts[tree] + $0) }
      })
  }

  /// A vector for each leaf, `[L, D]`, as the inputs of all nodes, `[N, D]`: zeros above the leaves.
  func inputs(_ vectors: Tensor) -> Tensor {
    vectors.scatterAddRows(IndexTensor(leaves), rows: nodeCount)
  }
}
