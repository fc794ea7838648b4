internal import Tensors

extension Structure {
  /// Directed acyclic graphs, each given by its nodes' predecessors.
  ///
  /// Nodes are numbered graph by graph. A node is in the front after the last of its predecessors.
  ///
  /// - Parameters:
  ///   - graphs: For each graph and node the nodes of the same graph that it follows, counted from 0, in their slots;
  ///     `nil` leaves a slot to the initial state. Shorter lists are filled up so.
  ///   - ends: The end of each graph; without any, the last of the nodes that no other follows. A graph of no nodes has
  ///     none.
  /// - Returns: A structure of as many slots as the longest list has, but one at least.
  /// - Throws: ``StructureError`` for a predecessor that is no node, for a cycle, or for a node from which its graph's
  ///   end can't be reached.
  public static func graph(
    _ graphs: [[[Int?]]], ends: [Int?]? = nil
  ) throws(StructureError) -> Structure {
    demand(
      ends == nil || ends?.count == graphs.count,
      "graph: \(graphs.count) graphs need as many ends, got \(ends?.count ?? 0)")
    var fronts = FrontBuilder(
      slotCount: max(1, graphs.flatMap { $0.map(\.count) }.max() ?? 1))
    var found: [Int32] = []
    for (graph, nodes) in graphs.enumerated() {
      for (node, predecessors) in nodes.enumerated() {
        for case let other? in predecessors where !nodes.indices.contains(other) {
          throw .noSuchNode(graph: graph, node: node, predecessor: other, count: nodes.count)
        }
      }
      let first = fronts.nodeCount
      if let stuck = fronts.add(nodes) {
        throw .cycle(graph: graph, node: stuck)
      }
      let given = ends?[graph]
      if let given, !nodes.indices.contains(given) {
        throw .noSuchEnd(graph: graph, end: given, count: nodes.count)
      }
      guard !nodes.isEmpty else {
        found.append(Int32(-1 - graph))
        continue
      }
      let end = given ?? lastEnd(of: nodes)
      if let stray = stray(from: end, nodes) {
        throw .unreachableEnd(graph: graph, node: stray, end: end)
      }
      found.append(Int32(first + end))
    }
    return fronts.structure(ends: found)
  }

  /// The last node that no other follows; a graph without a cycle has one.
  private static func lastEnd(of nodes: [[Int?]]) -> Int {
    var isFollowed = Array(repeating: false, count: nodes.count)
    for case let node? in nodes.joined() { isFollowed[node] = true }
    return isFollowed.lastIndex(of: false) ?? 0
  }

  /// The first node from which the end can't be reached.
  private static func stray(from end: Int, _ nodes: [[Int?]]) -> Int? {
    var leads = Array(repeating: false, count: nodes.count), pending = [end]
    leads[end] = true
    while let node = pending.popLast() {
      for case let before? in nodes[node] where !leads[before] {
        leads[before] = true
        pending.append(before)
      }
    }
    return leads.firstIndex(of: false)
  }
}

/// Puts the nodes of sequences, each after its predecessors, into fronts.
struct FrontBuilder {
  let slotCount: Int
  private(set) var nodeCount = 0
  private var sequenceCount = 0
  /// Of each front its nodes, in the order of their sequences.
  private var nodes: [[Int32]] = []
  /// By node.
  private var predecessors: [[Int32]]
  private var sequences: [Int32] = []
  private var steps: [UInt32] = []

  init(slotCount: Int) {
    self.slotCount = slotCount
    predecessors = Array(repeating: [], count: slotCount)
  }

  /// Adds a sequence whose nodes' predecessors, in their slots, are given by numbers within it.
  ///
  /// - Returns: A node that follows itself, over whatever others, if there is one.
  mutating func add(_ sequence: [[Int?]]) -> Int? {
    let first = nodeCount
    var waiting = Array(repeating: 0, count: sequence.count)
    var followers: [[Int32]] = Array(repeating: [], count: sequence.count)
    for (node, before) in sequence.enumerated() {
      for case let other? in before {
        waiting[node] += 1
        followers[other].append(Int32(node))
      }
    }
    var ready = sequence.indices.filter { waiting[$0] == 0 }
    var front = 0, done = 0
    while !ready.isEmpty {
      if front == nodes.count { nodes.append([]) }
      nodes[front] += ready.map { Int32(first + $0) }
      done += ready.count
      var next: [Int] = []
      for node in ready {
        for follower in followers[node] {
          waiting[Int(follower)] -= 1
          if waiting[Int(follower)] == 0 { next.append(Int(follower)) }
        }
      }
      ready = next.sorted()
      front += 1
    }
    if done < sequence.count { return Self.nodeOnCycle(sequence, waiting) }
    let none = Int32(-1 - sequenceCount)
    for slot in 0..<slotCount {
      predecessors[slot] += sequence.map { before in
        (slot < before.count ? before[slot] : nil).map { Int32(first + $0) } ?? none
      }
    }
    sequences += Array(repeating: Int32(sequenceCount), count: sequence.count)
    steps += sequence.indices.map(UInt32.init)
    nodeCount += sequence.count
    sequenceCount += 1
    return nil
  }

  /// A node of a cycle, where some nodes wait for each other: each of them follows one that waits.
  private static func nodeOnCycle(_ sequence: [[Int?]], _ waiting: [Int]) -> Int? {
    var seen: Set<Int> = []
    var node = waiting.firstIndex { $0 > 0 }
    while let current = node, seen.insert(current).inserted {
      node = sequence[current].compactMap { $0 }.first { waiting[$0] > 0 }
    }
    return node
  }

  /// The structure of all sequences added.
  func structure(ends: [Int32]) -> Structure {
    Structure(
      nodeCount: nodeCount, sequenceCount: sequenceCount, slotCount: slotCount,
      fronts: nodes.map { nodes in
        Structure.Front(
          nodes: nodes, predecessors: predecessors.map { slot in nodes.map { slot[Int($0)] } },
          sequences: nodes.map { sequences[Int($0)] }, steps: nodes.map { steps[Int($0)] })
      }, ends: ends)
  }
}

/// A structure that cannot be walked.
public enum StructureError: Error, Equatable {
  case noSuchNode(graph: Int, node: Int, predecessor: Int, count: Int)
  case noSuchEnd(graph: Int, end: Int, count: Int)
  case cycle(graph: Int, node: Int)
  case unreachableEnd(graph: Int, node: Int, end: Int)
  case noSuchParent(tree: Int, node: Int, parent: Int, count: Int)
  case severalRoots(tree: Int, first: Int, second: Int)
}

extension StructureError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .noSuchNode(let graph, let node, let predecessor, let count):
      "graph \(graph): node \(node) follows node \(predecessor), but nodes are 0 to \(count - 1)"
    case .noSuchEnd(let graph, let end, let count):
      count == 0
        ? "graph \(graph): has no nodes, but its end is node \(end)"
        : "graph \(graph): its end is node \(end), but nodes are 0 to \(count - 1)"
    case .cycle(let graph, let node):
      "graph \(graph): node \(node) comes, over its predecessors, after itself"
    case .unreachableEnd(let graph, let node, let end):
      "graph \(graph): the end, node \(end), cannot be reached from node \(node)"
    case .noSuchParent(let tree, let node, let parent, let count):
      "tree \(tree): the parent of node \(node) is \(parent), but nodes are 0 to \(count - 1), and -1 is the root's"
    case .severalRoots(let tree, let first, let second):
      "tree \(tree): nodes \(first) and \(second) both have no parent"
    }
  }
}
