internal import Tensors

/// How chains lie in memory while they are walked: front by front, longer sequences first, so that a front is a run of
/// rows, and its predecessors a run of the rows before.
struct ChainLayout: Sendable {
  let nodeCount: Int
  let sequenceCount: Int
  /// Of each front its number of rows and its first row.
  let rows: [Int64]
  let starts: [Int64]
  /// Of each front the row of its first predecessor among the initial states and all nodes.
  let before: [Int64]
  /// For each row its node; `nil` where they are the same.
  let nodes: [Int32]?
  /// For each initial state its sequence; `nil` where they are the same.
  let sequences: [Int32]?
  /// For each row its sequence and its step, for random draws.
  let places: [(sequence: Int32, step: UInt32)]
  /// For each sequence the row of its end among the initial states and all nodes.
  let ends: [Int32]

  /// Whether every front has a row for each sequence: then the states before all nodes are a run of rows.
  var isEven: Bool { nodeCount == rows.count * sequenceCount }
  /// The most rows of a front.
  var widest: Int { Int(rows.max() ?? 0) }

  /// The layout of a structure whose nodes have one predecessor each, in the front before, in its order; `nil` for any
  /// other.
  init?(_ structure: Structure) {
    let batch = structure.sequenceCount
    var nodes: [Int32] = [], places: [(Int32, UInt32)] = []
    var rows: [Int64] = [], starts: [Int64] = [], before: [Int64] = []
    nodes.reserveCapacity(structure.nodeCount)
    places.reserveCapacity(structure.nodeCount)
    var sequences = structure.fronts.first?.sequences ?? []
    var previous = 0..<0
    for (step, front) in structure.fronts.enumerated() {
      if step == 0 {
        guard zip(front.predecessors, sequences).allSatisfy({ $0 == -1 - $1 }) else { return nil }
      } else {
        guard front.predecessors.count <= previous.count,
          front.predecessors.indices.allSatisfy({
            front.predecessors[$0] == nodes[previous.lowerBound + $0]
          })
        else { return nil }
      }
      before.append(step == 0 ? 0 : Int64(batch) + (starts.last ?? 0))
      starts.append(Int64(nodes.count))
      rows.append(Int64(front.nodes.count))
      nodes += front.nodes
      previous = nodes.count - front.nodes.count..<nodes.count
      for (sequence, step) in zip(front.sequences, front.steps) { places.append((sequence, step)) }
    }
    let walked = Set(sequences)
    sequences += (0..<Int32(batch)).filter { !walked.contains($0) }
    var rowOfNode = Array(repeating: Int32(0), count: structure.nodeCount)
    for (row, node) in nodes.enumerated() { rowOfNode[Int(node)] = Int32(row) }
    var rowOfSequence = Array(repeating: Int32(0), count: batch)
    for (row, sequence) in sequences.enumerated() { rowOfSequence[Int(sequence)] = Int32(row) }
    ends = structure.ends.map {
      $0 < 0 ? rowOfSequence[Int(-1 - $0)] : Int32(batch) + rowOfNode[Int($0)]
    }
    nodeCount = structure.nodeCount
    sequenceCount = batch
    self.rows = rows
    self.starts = starts
    self.before = before
    self.places = places
    self.nodes = nodes.indices.allSatisfy { nodes[$0] == Int32($0) } ? nil : nodes
    self.sequences = sequences.indices.allSatisfy { sequences[$0] == Int32($0) } ? nil : sequences
    rowsOfNodes = self.nodes == nil ? nil : rowOfNode
  }

  /// A run of fronts by itself, which starts from the states of the front before. In the array of all states its own
  /// initial states and nodes are a run of rows, from ``firstRow(of:)`` on.
  func segment(_ fronts: Range<Int>) -> ChainLayout {
    if fronts == 0..<rows.count { return self }
    return ChainLayout(of: self, fronts)
  }

  /// The row of the first state, among the initial states and all nodes, that a run of fronts starts from.
  func firstRow(of fronts: Range<Int>) -> Int {
    fronts.isEmpty ? 0 : Int(before[fronts.lowerBound])
  }

  /// The rows of all nodes that are in a run of fronts.
  func nodes(of fronts: Range<Int>) -> Range<Int> {
    guard let first = fronts.first, let last = fronts.last else { return 0..<0 }
    return Int(starts[first])..<Int(starts[last] + rows[last])
  }

  private init(of whole: ChainLayout, _ fronts: Range<Int>) {
    let nodes = whole.nodes(of: fronts), first = fronts.lowerBound
    nodeCount = nodes.count
    sequenceCount = first == 0 ? whole.sequenceCount : Int(whole.rows[first - 1])
    rows = Array(whole.rows[fronts])
    starts = whole.starts[fronts].map { $0 - Int64(nodes.lowerBound) }
    before = whole.before[fronts].map { $0 - whole.before[first] }
    places = Array(whole.places[nodes])
    // A run of fronts is walked where it lies: its nodes are not put in order again.
    (self.nodes, sequences, rowsOfNodes, ends) = (nil, nil, nil, [])
  }

  /// For each node its row; `nil` where they are the same.
  let rowsOfNodes: [Int32]?

  /// The row of each row's predecessor among the initial states and all nodes.
  var predecessors: [Int32] {
    zip(rows, before).flatMap { count, first in (0..<count).map { Int32(first + $0) } }
  }
}
