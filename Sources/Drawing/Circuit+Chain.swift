extension Circuit {
  /// A column for each step; what goes on beyond stands dashed on both sides.
  func unfoldedOverChain(_ steps: Int) -> ComputationalGraph {
    var graph = ComputationalGraph(title)
    let isComplete = units.contains { $0.extent == .whole }
    let width = halfWidth(at: "(t−1)") * 2 + 62
    func name(_ step: Int) -> String {
      if isComplete { return "(\(step + 1))" }
      return switch step - (steps > 1 ? 1 : 0) {
      case 0: "(t)"
      case let distance: distance < 0 ? "(t−\(-distance))" : "(t+\(distance))"
      }
    }
    func column(_ step: Int) -> [Int?] {
      units.map { unit in
        guard unit.extent != .whole else { return nil }
        return graph.add(
          .init(
            symbol: unit.symbol.at(name(step)), kind: unit.kind,
            x: Double(step) * width + unit.shift, y: -Double(unit.level) * Self.levelHeight))
      }
    }
    let columns = (0..<steps).map { column($0) }
    let whole = addWhole(to: &graph, x: Double(steps - 1) / 2 * width) {
      -Double($0.level) * Self.levelHeight
    }

    var beyond: [Int: [Int: Int]] = [:]
    /// A unit's number at a step, made when it is first asked for just beyond the picture.
    func number(_ unit: Int, at step: Int) -> Int? {
      if columns.indices.contains(step) { return columns[step][unit] }
      guard !isComplete, step == -1 || step == steps else { return nil }
      if let made = beyond[step]?[unit] { return made }
      let made = graph.add(
        .init(
          symbol: units[unit].symbol.at("(…)"), kind: units[unit].kind,
          x: Double(step) * width + units[unit].shift,
          y: -Double(units[unit].level) * Self.levelHeight, isBeyond: true))
      beyond[step, default: [:]][unit] = made
      return made
    }
    for connection in connections {
      if whole[connection.from] ?? whole[connection.to] != nil { continue }
      if case .steps(let count) = connection.delay {
        for step in -1...steps
        where columns.indices.contains(step) || columns.indices.contains(step - count) {
          guard (-1...steps).contains(step - count) else { continue }
          graph.connect(
            number(connection.from, at: step - count), number(connection.to, at: step), connection)
        }
      } else {
        for column in columns {
          graph.connect(column[connection.from], column[connection.to], connection)
        }
      }
    }
    connectWhole(in: &graph, nodes: columns, whole: whole)
    return graph
  }
}
