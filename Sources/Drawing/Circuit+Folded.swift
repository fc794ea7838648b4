extension Circuit {
  /// Pixels from a row of units to the next.
  static let levelHeight = 90.0

  /// The circuit itself: each unit once, and delays on the connections that wait.
  ///
  /// Source: Goodfellow, Bengio and Courville (2016), figure 10.2, left.
  public var folded: ComputationalGraph {
    var graph = ComputationalGraph(title)
    for unit in units {
      _ = graph.add(
        .init(
          symbol: unit.period == 1 ? unit.symbol : unit.symbol.at("every \(unit.period)"),
          // Beside what stands at the leaves alone, whose edges lead past it.
          kind: unit.kind, x: unit.shift + (unit.extent == .inner ? 110 : 0),
          y: -Double(unit.level) * Self.levelHeight))
    }
    for connection in connections { graph.connect(folded: connection) }
    return graph
  }

  /// The least size that shows every connection, and every unit computed anew.
  public var leastSteps: Int {
    let periods = units.map { $0.period > 1 ? $0.period + 1 : 1 }.max() ?? 1
    return connections.reduce(periods) { least, connection in
      switch connection.delay {
      case .steps(let count), .row(let count), .column(let count): max(least, abs(count) + 1)
      case .child, .children: max(least, 2)
      case nil: least
      }
    }
  }

  /// The size to unfold to unless another is asked for: 3, or what shows every connection; of a grid of several tiers what
  /// does that, since those below have more rows.
  public var usualSteps: Int { tierCount > 1 ? leastSteps : max(3, leastSteps) }

  /// The rows of the finest grid for each of the coarsest; 1 of all but grids.
  public var rowsPerStep: Int { (1..<tierCount).reduce(1) { rows, _ in rows * patch } }

  /// The grids that stand above each other.
  var tierCount: Int { (units.map(\.tier).max() ?? 0) + 1 }

  /// The graph of the circuit unfolded over a small structure.
  ///
  /// - Parameter steps: The steps of a chain, t−1, t, t+1, …; the words of a tree; the rows and the columns of a grid, of
  ///   its coarsest tier.
  /// - Returns: A graph without cycles, in which each node's edges have the weights of the circuit.
  ///
  /// A chain goes on beyond the picture on both sides, unless the circuit has units that stand once for all of it: then
  /// it has as many steps as are drawn.
  ///
  /// Source: Goodfellow, Bengio and Courville (2016), figures 10.2, right, and 10.3 to 10.14.
  public func unfolded(steps: Int) -> ComputationalGraph {
    demand(steps >= 1, "Circuit: unfolding needs at least one step, got \(steps)")
    return switch structure {
    case .chain: unfoldedOverChain(steps)
    case .tree: unfoldedOverTree(words: steps)
    case .grid: unfoldedOverGrid(steps)
    }
  }

  /// How wide a node's units stand.
  func width(at place: String) -> Double {
    let ends = units.map { unit in
      let half = Shape(of: unit.symbol.at(place)).halfWidth
      return (low: unit.shift - half, high: unit.shift + half)
    }
    return (ends.map(\.high).max() ?? 0) - (ends.map(\.low).min() ?? 0)
  }

  /// How far a node's units reach to either side of its middle.
  func halfWidth(at place: String) -> Double {
    units.map { abs($0.shift) + Shape(of: $0.symbol.at(place)).halfWidth }.max() ?? 0
  }

  /// Adds the units that stand once, in the middle of what is there.
  func addWhole(to graph: inout ComputationalGraph, x: Double, y: (Unit) -> Double) -> [Int?] {
    units.map { unit in
      guard unit.extent == .whole else { return nil }
      return graph.add(
        .init(symbol: unit.symbol, kind: unit.kind, x: x + unit.shift, y: y(unit)))
    }
  }

  /// Connects what stands at every node with what stands once, after the nodes are connected with each other.
  func connectWhole(in graph: inout ComputationalGraph, nodes: [[Int?]], whole: [Int?]) {
    let walked = graph.edges
    for connection in connections where whole[connection.from] ?? whole[connection.to] != nil {
      connectWhole(in: &graph, connection, nodes: nodes, whole: whole, walked: walked)
    }
  }

  private func connectWhole(
    in graph: inout ComputationalGraph, _ connection: Connection, nodes: [[Int?]], whole: [Int?],
    walked: [ComputationalGraph.Edge]
  ) {
    let (from, to) = (connection.from, connection.to)
    if whole[from] != nil, whole[to] != nil { graph.connect(whole[from], whole[to], connection) }
    guard whole[from] == nil || whole[to] == nil else { return }
    let side = whole[from] == nil ? from : to
    let own = Set(nodes.compactMap { $0[side] })
    // The node computed last is the one that no other waits for, be it by way of other units.
    let isChosen: (Int) -> Bool
    switch connection.reach {
    case .all: isChosen = { _ in true }
    case .first:
      let later = Self.reached(from: own, by: walked.map { ($0.from, $0.to) })
      isChosen = { !later.contains($0) }
    case .last:
      let earlier = Self.reached(from: own, by: walked.map { ($0.to, $0.from) })
      isChosen = { !earlier.contains($0) }
    }
    // What stands among finer grids would be read by arrows across them.
    let isGathered = tierCount > 1 && whole[to] != nil && connection.reach == .all
    for node in nodes {
      guard let number = node[side], isChosen(number) else { continue }
      graph.connect(
        whole[from] ?? number, whole[to] ?? number, connection, isGathered: isGathered)
    }
  }

  /// What can be come to from any of `nodes` over one edge or more.
  private static func reached(from nodes: Set<Int>, by edges: [(from: Int, to: Int)]) -> Set<Int> {
    let next = Dictionary(grouping: edges, by: \.from)
    var (reached, open) = (Set<Int>(), Array(nodes))
    while let node = open.popLast() {
      for edge in next[node] ?? [] where reached.insert(edge.to).inserted { open.append(edge.to) }
    }
    return reached
  }
}
