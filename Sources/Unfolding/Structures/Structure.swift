internal import Tensors

/// Which nodes exist, and which come before which.
///
/// The nodes of all sequences of a batch are numbered 0..<N, as the rows of the inputs are. They are walked front by
/// front: a front holds nodes whose predecessors all lie in earlier fronts. A node may follow several others, one in
/// each *slot*: the one before in a chain; the ones above and to the left in a grid; the children, in order, in a tree.
///
/// "Sequence" stands for whatever is independent of the rest of a batch: a chain, a tree, an image, a graph.
public struct Structure: Sendable, Hashable {
  /// Nodes that can be computed together.
  public struct Front: Sendable, Hashable {
    /// The nodes' numbers: rows of the inputs.
    public let nodes: [Int32]
    /// For each slot and node the number of the node before it there, or −1 − b where sequence b has none: then its
    /// initial state takes the place.
    public let predecessors: [[Int32]]
    /// For each node its sequence.
    public let sequences: [Int32]
    /// For each node its place in its sequence, counted from 0 as the sequence is read.
    public let steps: [UInt32]
  }

  /// The number of nodes, N.
  public let nodeCount: Int
  /// The number of sequences, B; some may have no nodes.
  public let sequenceCount: Int
  /// How many predecessors a node can have, K.
  public let slotCount: Int
  /// The fronts, in the order of the walk.
  public let fronts: [Front]
  /// For each sequence its end, such as the last node of a chain or the root of a tree, or −1 − b when sequence b has
  /// no nodes.
  public let ends: [Int32]
  /// How the nodes lie in memory while they are walked, once somebody has asked.
  private let knownLayout = Kept<Layout>()

  /// The structure walked: each node once, after its predecessors.
  init(nodeCount: Int, sequenceCount: Int, slotCount: Int = 1, fronts: [Front], ends: [Int32]) {
    self.nodeCount = nodeCount
    self.sequenceCount = sequenceCount
    self.slotCount = slotCount
    self.fronts = fronts
    self.ends = ends
  }
}

extension Structure {
  /// How the nodes lie in memory while they are walked, the same for all copies.
  var layout: Layout {
    if let known = knownLayout.value { return known }
    let layout = Layout(self)
    knownLayout.value = layout
    return layout
  }

  // What is derived from the rest is no part of what a structure is.
  public static func == (left: Structure, right: Structure) -> Bool {
    left.nodeCount == right.nodeCount && left.sequenceCount == right.sequenceCount
      && left.slotCount == right.slotCount && left.fronts == right.fronts
      && left.ends == right.ends
  }

  public func hash(into hasher: inout Hasher) {
    hasher.combine(nodeCount)
    hasher.combine(sequenceCount)
    hasher.combine(slotCount)
    hasher.combine(fronts)
    hasher.combine(ends)
  }

  /// The same nodes in fronts that have no slots but those that are taken: a front for each power of two that its nodes'
  /// predecessors come to. For the reference path, which asks each front how many slots it has.
  var leavingOutAbsent: Structure {
    guard slotCount > 1 else { return self }
    return Structure(
      nodeCount: nodeCount, sequenceCount: sequenceCount, slotCount: slotCount,
      fronts: fronts.flatMap(\.dividedByWidth), ends: ends)
  }
}

extension Structure.Front {
  fileprivate var dividedByWidth: [Structure.Front] {
    // Up to the last slot that is taken.
    let widths = nodes.indices.map { index in
      1 + (predecessors.lastIndex { $0[index] >= 0 } ?? 0)
    }
    // 1, 2, 3…4, 5…8, …
    let classes = Dictionary(grouping: nodes.indices) {
      Int.bitWidth - (widths[$0] - 1).leadingZeroBitCount
    }
    return classes.sorted { $0.key < $1.key }.map { _, chosen in
      let width = chosen.map { widths[$0] }.max() ?? 1
      return Structure.Front(
        nodes: chosen.map { nodes[$0] },
        predecessors: predecessors[..<width].map { slot in chosen.map { slot[$0] } },
        sequences: chosen.map { sequences[$0] }, steps: chosen.map { steps[$0] })
    }
  }
}
