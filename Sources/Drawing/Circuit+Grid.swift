extension Circuit {
  /// Rows and columns; the states of one place stand around its input, so that the walks from the corners do not meet.
  ///
  /// Of several tiers, `size` is that of the coarsest. A place of it stands to the right of the finer places that it is for
  /// and above them, so that walks along its rows and columns pass them by.
  func unfoldedOverGrid(_ size: Int) -> ComputationalGraph {
    var graph = ComputationalGraph(title)
    let tiers = (0..<tierCount).map { GridTier(of: self, $0) }
    // A place with all that is below it: how large.
    let boxes = tiers.indices.dropFirst().reduce(into: [tiers[0].size]) { boxes, tier in
      let gap = 28.0
      boxes.append(
        boxes[tier - 1] * Double(patch) + tiers[tier].size + Point(x: gap, y: gap))
    }
    /// The upper left corner of a place's box.
    func corner(_ tier: Int, _ row: Int, _ column: Int) -> Point {
      guard tier + 1 < tiers.count else {
        return Point(x: Double(column) * boxes[tier].x, y: Double(row) * boxes[tier].y)
      }
      let below = Point(
        x: Double(column % patch) * boxes[tier].x, y: Double(row % patch) * boxes[tier].y)
      let own = boxes[tier + 1] - boxes[tier] * Double(patch)
      return corner(tier + 1, row / patch, column / patch) + below + Point(x: 0, y: own.y)
    }
    let half = tiers[0].size * 0.5
    var places: [[[Int?]]] = []
    var sizes: [Int] = []
    for (number, tier) in tiers.enumerated() {
      let count = (number..<tiers.count - 1).reduce(size) { size, _ in size * patch }
      sizes.append(count)
      places.append(
        (0..<count * count).map { place in
          let (row, column) = (place / count, place % count)
          let middle =
            corner(number, row, column) - half
            + Point(x: boxes[number].x - tier.size.x / 2, y: tier.size.y / 2)
          return units.indices.map { unit in
            guard units[unit].extent == .node, units[unit].tier == number else { return nil }
            let at = middle + tier.place(of: unit)
            let name = "(\(Self.name("i", row, of: count)),\(Self.name("j", column, of: count)))"
            return graph.add(
              .init(
                symbol: units[unit].symbol.at(name), kind: units[unit].kind, x: at.x, y: at.y))
          }
        })
    }
    let lowest = units.filter { $0.extent == .whole }.map(\.level).min() ?? 0
    let width = Double(size) * boxes[tiers.count - 1].x
    let whole = addWhole(to: &graph, x: width / 2 - half.x) {
      -half.y - 64 - Double($0.level - lowest) * Self.levelHeight
    }
    for connection in connections where whole[connection.from] ?? whole[connection.to] == nil {
      let (below, tier) = (units[connection.from].tier, units[connection.to].tier)
      let count = sizes[tier]
      for (place, node) in places[tier].enumerated() {
        let (row, column) = (place / count, place % count)
        guard below == tier else {
          for inner in 0..<patch * patch {
            let (down, right) = (inner / patch, inner % patch)
            let read = (row * patch + down) * sizes[below] + column * patch + right
            graph.connect(
              places[below][read][connection.from], node[connection.to], connection,
              isGathered: true)
          }
          continue
        }
        var (down, right) = (0, 0)
        if case .row(let count) = connection.delay { down = count }
        if case .column(let count) = connection.delay { right = count }
        guard (0..<count).contains(row - down), (0..<count).contains(column - right) else {
          continue
        }
        graph.connect(
          places[tier][(row - down) * count + column - right][connection.from],
          node[connection.to], connection)
      }
    }
    connectWhole(in: &graph, nodes: places.flatMap(\.self), whole: whole)
    return graph
  }

  /// A row or a column, by its distance from i or j.
  private static func name(_ letter: String, _ place: Int, of count: Int) -> String {
    let distance = place - (count > 1 ? 1 : 0)
    return distance == 0
      ? letter : distance < 0 ? "\(letter)−\(-distance)" : "\(letter)+\(distance)"
  }
}

/// How the units of one tier stand at a place.
private struct GridTier {
  /// How large a place is.
  let size: Point
  private let places: [Int: Point]

  init(of circuit: Circuit, _ tier: Int) {
    let own = circuit.units.indices.filter {
      circuit.units[$0].tier == tier && circuit.units[$0].extent == .node
    }
    let walked = own.filter { unit in
      circuit.connections.contains { $0.to == unit && $0.delay != nil }
    }
    // No two in one row or in one column: straight edges then pass other states by. Above the first tier what is read
    // comes from below on the left.
    let isSingle = walked.count <= 1
    let corners =
      isSingle
      ? [Point(x: 36, y: -36)]
      : tier == 0
        ? [
          Point(x: -136, y: -32), Point(x: 54, y: -96), Point(x: 136, y: 32), Point(x: -54, y: 96),
        ]
        : [
          Point(x: -136, y: -32), Point(x: 136, y: 32), Point(x: -54, y: -96), Point(x: 54, y: 96),
        ]
    demand(
      walked.count <= corners.count, "Circuit: a grid has at most 4 states, got \(walked.count)")
    size = isSingle ? Point(x: 156, y: 156) : Point(x: 356, y: 270)
    places = Dictionary(
      uniqueKeysWithValues: own.map { unit in
        let corner = walked.firstIndex(of: unit).map { corners[$0] }
        let beside =
          isSingle ? Point(x: -36, y: 36) : Point(x: circuit.units[unit].shift, y: 0)
        return (unit, corner ?? beside)
      })
  }

  /// Where a unit stands from the middle.
  func place(of unit: Int) -> Point { places[unit] ?? Point(x: 0, y: 0) }
}
