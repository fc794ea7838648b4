extension Circuit {
  /// Rows and columns; the states of one place stand around its input, so that the walks from the corners do not meet.
  func unfoldedOverGrid(_ size: Int) -> ComputationalGraph {
    var graph = ComputationalGraph(title)
    let walked = units.indices.filter { unit in
      connections.contains { $0.to == unit && $0.delay != nil }
    }
    // No two in one row or in one column: straight edges then pass other states by.
    let isSingle = walked.count <= 1
    let corners =
      isSingle
      ? [(x: 36.0, y: -36.0)]
      : [(x: -136.0, y: -32.0), (x: 54, y: -96), (x: 136, y: 32), (x: -54, y: 96)]
    demand(
      walked.count <= corners.count, "Circuit: a grid has at most 4 states, got \(walked.count)")
    let (width, height) = isSingle ? (156.0, 156.0) : (356, 270)
    func name(_ letter: String, _ place: Int) -> String {
      let distance = place - (size > 1 ? 1 : 0)
      return distance == 0
        ? letter : distance < 0 ? "\(letter)−\(-distance)" : "\(letter)+\(distance)"
    }
    var nodes: [[Int?]] = []
    for row in 0..<size {
      for column in 0..<size {
        nodes.append(
          units.indices.map { number in
            let unit = units[number]
            guard unit.extent == .node else { return nil }
            let corner =
              walked.firstIndex(of: number).map { corners[$0] }
              ?? (isSingle ? (x: -36, y: 36) : (x: unit.shift, y: 0))
            return graph.add(
              .init(
                symbol: unit.symbol.at("(\(name("i", row)),\(name("j", column)))"), kind: unit.kind,
                x: Double(column) * width + corner.x, y: Double(row) * height + corner.y))
          })
      }
    }
    let top = -height / 2
    let lowest = units.filter { $0.extent == .whole }.map(\.level).min() ?? 0
    let whole = addWhole(to: &graph, x: Double(size - 1) / 2 * width) {
      top - 64 - Double($0.level - lowest) * Self.levelHeight
    }
    for connection in connections {
      if whole[connection.from] ?? whole[connection.to] != nil { continue }
      var (down, right) = (0, 0)
      if case .row(let count) = connection.delay { down = count }
      if case .column(let count) = connection.delay { right = count }
      for row in 0..<size where (0..<size).contains(row - down) {
        for column in 0..<size where (0..<size).contains(column - right) {
          graph.connect(
            nodes[(row - down) * size + column - right][connection.from],
            nodes[row * size + column][connection.to], connection)
        }
      }
    }
    connectWhole(in: &graph, nodes: nodes, whole: whole)
    return graph
  }
}
