public import Drawing
internal import Layers
internal import Unfolding

extension GridModel: DrawnModel {
  /// The patches x, the states of a level's walks over them, for each further level the vectors x that it reads of the
  /// patches of the one below, and its states; the units z that read all of the last level's, and the scores o of the
  /// classes y.
  public var circuit: Circuit {
    let walks =
      switch levels.last {
      case .sweeps(let rows, _): "\(rows.forward.cell.name) over rows and columns"
      default: "2-D LSTMs from four corners"
      }
    var circuit = Circuit(
      "Grid model: \(walks)" + (levels.count == 1 ? "" : ", \(levels.count) levels"), over: .grid,
      patch: levels.count == 1 ? 1 : patch)
    var states: [Int] = []
    for (tier, level) in levels.enumerated() {
      let index = levels.count == 1 ? "" : "\(tier + 1)"
      let input = circuit.add(Symbol("x", index: index), tier == 0 ? .input : .state, tier: tier)
      for state in states { circuit.connect(state, input, Symbol("\(patch) × \(patch)")) }
      states =
        switch level {
        case .corners(let cells): circuit.addCorners(cells, reading: input, index)
        case .sweeps(let rows, let columns): circuit.addSweeps(rows, columns, reading: input, index)
        }
    }
    let hidden = circuit.add("z", .state, extent: .whole)
    for state in states { circuit.connect(state, hidden, "Z") }
    circuit.addLoss(reading: [hidden], extent: .whole)
    return circuit
  }
}

extension ImageClassifier: DrawnModel {
  public var circuit: Circuit {
    switch self {
    case .sequence(let model): model.circuit
    case .grid(let model): model.circuit
    }
  }
}

extension Circuit {
  /// Adds a state for a walk from each corner, above the input; `level` stands below their names.
  fileprivate mutating func addCorners(
    _ cells: [BranchingLSTMCell], reading input: Int, _ level: String
  ) -> [Int] {
    let (row, tier) = (units[input].level + 1, units[input].tier)
    return zip(Corner.allCases, cells).enumerated().map { number, walk in
      let (corner, cell) = walk
      let index = (level.isEmpty ? "" : "\(level),") + "\(number + 1)"
      let isFromBottom = corner == .bottomLeft || corner == .bottomRight
      let isFromRight = corner == .topRight || corner == .bottomRight
      return add(
        cell.circuit, Marks(index: index), reading: [input], level: row,
        shift: Double(2 * number + 1 - cells.count) * 160, tier: tier
      ) { wait in
        [
          Predecessor(delay: .row(isFromBottom ? -1 : 1)),
          Predecessor(delay: .column(isFromRight ? -1 : 1), prime: wait == .each ? "′" : ""),
        ]
      }.outputs
    }.flatMap(\.self)
  }

  /// Adds states for both walks over a row, and for both over a column of these; `level` stands below their names.
  fileprivate mutating func addSweeps<C: RecurrentCell>(
    _ rows: Bidirectional<C>, _ columns: Bidirectional<C>, reading input: Int, _ level: String
  ) -> [Int] {
    let (row, tier) = (units[input].level + 1, units[input].tier)
    var below = [input]
    for (both, names, isRow) in [(rows, ["h", "g"], true), (columns, ["p", "q"], false)] {
      var states: [Int] = []
      for (name, step) in zip(names, [1, -1]) {
        var marks = Marks(name, index: level)
        marks.weightIndex = (level.isEmpty ? "" : "\(level),") + name
        // The four states of a place leave no room for the units within each.
        let walk = add(
          both.forward.cell.circuit.joined, marks, reading: below, level: isRow ? row : row + 1,
          shift: Double(-step) * (isRow ? 200 : 90), tier: tier,
          following: Self.steps({ isRow ? .column($0) : .row($0) }, isBackward: step < 0))
        states += walk.outputs
      }
      below = states
    }
    return below
  }
}
