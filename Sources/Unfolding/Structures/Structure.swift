internal import Tensors

/// Which nodes exist, and which come before which.
///
/// The nodes of all sequences of a batch are numbered 0..<N, as the rows of the inputs are. They are walked front by
/// front: a front holds nodes whose predecessors all lie in earlier fronts.
public struct Structure: Sendable, Hashable {
  /// Nodes that can be computed together.
  public struct Front: Sendable, Hashable {
    /// The nodes' numbers: rows of the inputs.
    public let nodes: [Int32]
    /// For each node the number of the node before it, or −1 − b at the start of sequence b.
    public let predecessors: [Int32]
    /// For each node its sequence.
    public let sequences: [Int32]
    /// For each node its place in its sequence, counted from 0 as the sequence is read.
    public let steps: [UInt32]
  }

  /// The number of nodes, N.
  public let nodeCount: Int
  /// The number of sequences, B; some may have no nodes.
  public let sequenceCount: Int
  /// The fronts, in the order of the walk.
  public let fronts: [Front]
  /// For each sequence its last node of the walk, or −1 − b when sequence b has no nodes.
  public let ends: [Int32]

  /// The structure walked: each node once, after its predecessor.
  init(nodeCount: Int, sequenceCount: Int, fronts: [Front], ends: [Int32]) {
    self.nodeCount = nodeCount
    self.sequenceCount = sequenceCount
    self.fronts = fronts
    self.ends = ends
  }
}
