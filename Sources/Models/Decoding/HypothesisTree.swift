/// Everything a search has written: hypotheses that begin alike share their beginnings.
struct HypothesisTree {
  private struct Node {
    let parent: Int32
    let symbol: Int32
    let weights: [Float]
  }

  /// Where every hypothesis starts, with nothing written.
  static let root: Int32 = -1

  private var nodes: [Node] = []

  /// Writes a symbol after a node.
  ///
  /// - Returns: The new node.
  mutating func append(_ symbol: Int32, after parent: Int32, weights: [Float]) -> Int32 {
    nodes.append(Node(parent: parent, symbol: symbol, weights: weights))
    return Int32(nodes.count - 1)
  }

  /// The symbols from the first to a node's.
  func read(into symbols: inout [Int32], upTo node: Int32) {
    symbols.removeAll(keepingCapacity: true)
    var node = node
    while node >= 0 {
      symbols.append(nodes[Int(node)].symbol)
      node = nodes[Int(node)].parent
    }
    symbols.reverse()
  }

  /// The weights from the first to a node's; empty where there are none.
  func weights(upTo node: Int32) -> [[Float]] {
    var weights: [[Float]] = []
    var node = node
    while node >= 0 {
      weights.append(nodes[Int(node)].weights)
      node = nodes[Int(node)].parent
    }
    return weights.allSatisfy(\.isEmpty) ? [] : weights.reversed()
  }

  /// What ends with a node, which is of the end symbol.
  func hypothesis(endingWith node: Int32, logProbability: Double, score: Double) -> Hypothesis {
    var symbols: [Int32] = []
    read(into: &symbols, upTo: nodes[Int(node)].parent)
    return Hypothesis(
      symbols: symbols, logProbability: logProbability, score: score,
      weights: weights(upTo: node))
  }
}
