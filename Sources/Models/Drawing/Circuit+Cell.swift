internal import Drawing
internal import Layers

extension Circuit {
  /// How the units and weights of one cell are told from those of others.
  struct Marks {
    /// What stands for h.
    var hidden = "h"
    /// What follows the names of all other units.
    var prime = ""
    /// What follows the names of weights.
    var weightPrime = ""
    /// What stands below the names of units.
    var index = ""
    /// What stands below the names of weights.
    var weightIndex = ""

    /// Marks of a layer, and of a walk to one side.
    init(_ hidden: String = "h", index: String = "", prime: String = "") {
      self.hidden = hidden
      (self.prime, weightPrime) = (prime, prime)
      (self.index, weightIndex) = (index, index)
    }

    func symbol(_ unit: CellCircuit.Unit) -> Symbol {
      let letters = unit.letters.split(separator: ", ")
        .map { $0 == "h" ? hidden : "\($0)\(prime)" }.joined(separator: ", ")
      return Symbol(letters, index: Self.joined(index, unit.index))
    }

    func weight(
      _ edge: CellCircuit.Edge, _ predecessor: Predecessor = Predecessor()
    ) -> Symbol? {
      let index = Self.joined(weightIndex, edge.index)
      return edge.weight.map {
        Symbol(
          $0 + weightPrime + predecessor.prime, index: Self.joined(index, predecessor.index))
      }
    }

    private static func joined(_ first: String, _ second: String) -> String {
      [first, second].filter { !$0.isEmpty }.joined(separator: ",")
    }
  }

  /// What a node of the structure follows.
  struct Predecessor {
    /// How it is waited for; `nil` reads the same node.
    var delay: Delay?
    /// What stands below the weights that are its own.
    var index = ""
    /// What follows their names.
    var prime = ""
  }

  /// A cell's units that others are connected with.
  struct Placed {
    /// Those that read what the cell reads.
    var readers: [Int]
    /// Those that wait, and so read what a walk starts from.
    var followers: [Int]
    /// Those that the layer above reads.
    var outputs: [Int]
  }

  /// Adds a cell's units, each above the last, and connects them.
  ///
  /// - Parameters:
  ///   - cell: The units and their edges.
  ///   - marks: What tells them from those of other cells.
  ///   - inputs: The units that the cell reads.
  ///   - level: The row of the lowest; `nil` is a new row on top.
  ///   - shift: How far they stand to the right.
  ///   - tier: Which of several grids they stand in.
  ///   - predecessors: What a node follows, for each of the cell's waits.
  /// - Returns: The units that others are connected with.
  mutating func add(
    _ cell: CellCircuit, _ marks: Marks = Marks(), reading inputs: [Int], level: Int? = nil,
    shift: Double = 0, tier: Int = 0, following predecessors: (CellCircuit.Wait) -> [Predecessor]
  ) -> Placed {
    // Units of which none reads another stand askew, so that edges pass them by.
    let side = cell.units.indices.filter { unit in
      !cell.edges.contains { $0.to == unit && $0.from != nil && $0.wait == nil }
    }
    let numbers = cell.units.enumerated().map { number, unit in
      let askew = side.firstIndex(of: number).map { Double(2 * $0 - side.count + 1) * 48 } ?? 0
      return add(
        marks.symbol(unit), .state, level: level.map { $0 + number }, shift: shift + askew,
        extent: unit.isInner ? .inner : .node, period: unit.period, tier: tier)
    }
    for edge in cell.edges {
      guard let from = edge.from else {
        for input in inputs { connect(input, numbers[edge.to], marks.weight(edge)) }
        continue
      }
      for predecessor in edge.wait.map(predecessors) ?? [Predecessor()] {
        connect(
          numbers[from], numbers[edge.to], marks.weight(edge, predecessor),
          after: predecessor.delay)
      }
    }
    func all(_ isChosen: (CellCircuit.Edge) -> Bool) -> [Int] {
      numbers.indices.filter { unit in cell.edges.contains { $0.to == unit && isChosen($0) } }
        .map { numbers[$0] }
    }
    return Placed(
      readers: all { $0.from == nil }, followers: all { $0.wait != nil },
      outputs: cell.outputs.map { numbers[$0] })
  }

  /// What is waited for along a chain, or along rows and columns: `delay` of so many steps.
  static func steps(
    _ delay: @escaping (Int) -> Delay, isBackward: Bool = false
  ) -> (CellCircuit.Wait) -> [Predecessor] {
    { wait in
      var count = 1
      if case .steps(let steps) = wait { count = steps }
      return [Predecessor(delay: delay(isBackward ? -count : count))]
    }
  }

  /// The names of scores and of the weights that make them: o and V, unless a cell's own have these.
  var scoreNames: (output: Symbol, weight: Symbol) {
    (
      units.contains { ["o", "o′", "o″"].contains($0.symbol.letters) } ? "ŷ" : "o",
      connections.contains { $0.weight?.letters.contains("V") ?? false } ? "Y" : "V"
    )
  }
}
