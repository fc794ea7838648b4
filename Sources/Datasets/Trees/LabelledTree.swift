/// A tree with a label at every node and a word at every leaf, such as a parse of a sentence.
///
/// Nodes are numbered in post-order: children before their parent, from the left; the root is the
/// last. So the arrays say in which order a net may visit the nodes.
public struct LabelledTree: Sendable, Equatable {
  /// The label of each node.
  public let labels: [String]
  /// The word of each leaf; `nil` at inner nodes.
  public let words: [String?]
  /// The parent of each node; -1 for the root.
  public let parents: [Int]
  /// Where the children of each node start in ``childNumbers``, and after the last where all end.
  public let childOffsets: [Int]
  /// The children of all nodes, node by node, each node's from the left.
  public let childNumbers: [Int]
  /// Where the bracket of each node opens.
  public let places: [TextPlace]

  /// How many nodes there are.
  public var count: Int { labels.count }

  /// The number of the root.
  public var root: Int { labels.count - 1 }

  /// The children of a node, from the left; none for a leaf.
  public func children(of node: Int) -> ArraySlice<Int> {
    childNumbers[childOffsets[node]..<childOffsets[node + 1]]
  }

  /// The same tree with other labels, one a node.
  public func replacing(labels: [String]) -> LabelledTree {
    demand(
      labels.count == count, "LabelledTree: \(count) nodes need as many labels, got \(labels.count)"
    )
    return LabelledTree(
      labels: labels, words: words, parents: parents, childOffsets: childOffsets,
      childNumbers: childNumbers, places: places)
  }

  /// The words, from the left.
  public var sentence: [String] { words.compactMap { $0 } }
}

extension LabelledTree: CustomStringConvertible {
  /// The tree in brackets, on one line.
  public var description: String {
    var result = ""
    // By iteration, since a tree may be deeper than the system's stack.
    var open: [(node: Int, rest: ArraySlice<Int>)] = [(root, children(of: root))]
    result += "(" + labels[root] + (words[root].map { " " + $0 } ?? "")
    while case (let node, var rest)? = open.popLast() {
      guard let child = rest.popFirst() else {
        result += ")"
        continue
      }
      open.append((node, rest))
      result += " (" + labels[child] + (words[child].map { " " + $0 } ?? "")
      open.append((child, children(of: child)))
    }
    return result
  }
}
