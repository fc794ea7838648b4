import Drawing
import Testing

@Suite("Circuits")
struct CircuitTests {
  /// x → h → o → L ← y, with h following itself.
  static func elman(lags: [Int] = [1], title: String = "Elman") -> Circuit {
    var circuit = Circuit(title, over: .chain)
    let x = circuit.add("x", .input)
    let h = circuit.add("h", .state)
    circuit.connect(x, h, "U")
    for lag in lags {
      circuit.connect(h, h, Symbol("W", index: lag == 1 ? "" : "\(lag)"), after: .steps(lag))
    }
    let o = circuit.add("o", .output)
    let loss = circuit.add("L", .loss)
    circuit.connect(h, o, "V")
    circuit.connect(o, loss)
    circuit.connect(circuit.add("y", .target), loss)
    return circuit
  }

  /// h is walked forward, g backward.
  static var bidirectional: Circuit {
    var circuit = Circuit("Bidirectional", over: .chain)
    let x = circuit.add("x", .input)
    let h = circuit.add("h", .state, shift: -40)
    let g = circuit.add("g", .state, shift: 40)
    let o = circuit.add("o", .output, extent: .whole)
    for (state, step) in [(h, 1), (g, -1)] {
      circuit.connect(x, state, "U")
      circuit.connect(state, state, "W", after: .steps(step))
      circuit.connect(state, o, "V", reach: .last)
    }
    return circuit
  }

  static var tree: Circuit {
    var circuit = Circuit("Tree", over: .tree)
    let x = circuit.add("x", .input, extent: .leaf)
    let h = circuit.add("h", .state)
    circuit.connect(x, h, "W")
    for child in 1...2 {
      circuit.connect(h, h, Symbol("U", index: "\(child)"), after: .child(child))
    }
    circuit.connect(h, circuit.add("o", .output), "V")
    return circuit
  }

  /// A walk from the corner at the top and on the left, and one from the opposite corner.
  static var grid: Circuit {
    var circuit = Circuit("Grid", over: .grid)
    let x = circuit.add("x", .input)
    let states = [1, -1].map { step in
      let h = circuit.add(Symbol("h", index: step == 1 ? "1" : "2"), .state)
      circuit.connect(x, h, "U")
      circuit.connect(h, h, "W", after: .row(step))
      circuit.connect(h, h, "V", after: .column(step))
      return h
    }
    let o = circuit.add("o", .output, extent: .whole)
    for state in states { circuit.connect(state, o, reach: .last) }
    return circuit
  }

  /// How often each weight is used, by its name.
  static func uses(_ graph: ComputationalGraph) -> [String: Int] {
    graph.edges.reduce(into: [:]) { $0[$1.weight?.description ?? "", default: 0] += 1 }
  }

  static func names(_ graph: ComputationalGraph) -> Set<String> {
    Set(graph.nodes.map(\.symbol.description))
  }

  static func edges(_ graph: ComputationalGraph, _ weight: String) -> Set<String> {
    Set(
      graph.edges.filter { ($0.weight?.description ?? "") == weight }.map {
        "\(graph.nodes[$0.from].symbol) → \(graph.nodes[$0.to].symbol)"
      })
  }

  /// Whether edges can be followed for ever.
  static func hasCycle(_ graph: ComputationalGraph) -> Bool {
    var open = Set(graph.nodes.indices)
    while let free = open.first(where: { node in
      !graph.edges.contains { $0.to == node && open.contains($0.from) }
    }) {
      open.remove(free)
    }
    return !open.isEmpty
  }

  @Test func aFoldedCircuitHasEachUnitOnceAndItsDelays() {
    let graph = Self.elman(lags: [1, 3]).folded
    #expect(graph.nodes.map(\.symbol.letters) == ["x", "h", "o", "L", "y"])
    #expect(graph.edges.count == 6)
    let waiting = graph.edges.filter { $0.delay != nil }
    #expect(waiting.map(\.delay) == [.steps(1), .steps(3)])
    #expect(waiting.allSatisfy { $0.from == 1 && $0.to == 1 })
    #expect(Self.hasCycle(graph))
  }

  @Test(arguments: [1, 3, 7])
  func everyStepUsesTheSameWeights(steps: Int) {
    let graph = Self.elman().unfolded(steps: steps)
    // A state stands beyond at either side.
    #expect(graph.nodes.count == 5 * steps + 2)
    #expect(graph.nodes.count { $0.isBeyond } == 2)
    #expect(
      Self.uses(graph) == ["U": steps, "W": steps + 1, "V": steps, "": 2 * steps])
    #expect(graph.edges.allSatisfy { $0.delay == nil })
    #expect(!Self.hasCycle(graph))
  }

  @Test func stepsAreCalledByTheirDistanceFromT() {
    #expect(Self.names(Self.elman().unfolded(steps: 1)).contains("h(t)"))
    let names = Self.names(Self.elman().unfolded(steps: 4))
    for step in ["(t−1)", "(t)", "(t+1)", "(t+2)"] {
      #expect(names.isSuperset(of: ["x", "h", "o", "L", "y"].map { $0 + step }))
    }
    #expect(!names.contains("x(…)") && names.contains("h(…)"))
  }

  @Test func longerEdgesReachSoManyStepsBack() {
    let circuit = Self.elman(lags: [1, 3])
    #expect(circuit.leastSteps == 4)
    let graph = circuit.unfolded(steps: 5)
    #expect(
      Self.edges(graph, "W_3") == [
        "h(…) → h(t+1)", "h(t−1) → h(t+2)", "h(t) → h(t+3)", "h(t+1) → h(…)",
      ])
    #expect(!Self.hasCycle(graph))
  }

  @Test func edgesLongerThanThePictureLeadToWhatIsBeyond() {
    let graph = Self.elman(lags: [10]).unfolded(steps: 3)
    #expect(
      Self.edges(graph, "W_10") == [
        "h(…) → h(t−1)", "h(…) → h(t)", "h(…) → h(t+1)", "h(t−1) → h(…)", "h(t) → h(…)",
        "h(t+1) → h(…)",
      ])
    #expect(graph.nodes.count { $0.isBeyond } == 2)
    // Of many steps the outermost are enough to see them.
    #expect(Self.edges(Self.elman(lags: [30]).unfolded(steps: 20), "W_30").count == 6)
    #expect(!Self.hasCycle(graph))
  }

  @Test(arguments: [1, -1])
  func aUnitIsHeldBetweenTheStepsOfItsPeriod(step: Int) {
    var circuit = Circuit("Clockwork", over: .chain)
    let x = circuit.add("x", .input)
    let slow = circuit.add("s", .state, period: 3), fast = circuit.add("f", .state)
    for unit in [slow, fast] {
      circuit.connect(x, unit, "U")
      circuit.connect(unit, unit, "W", after: .steps(step))
    }
    circuit.connect(slow, fast, "V", after: .steps(step))
    #expect(circuit.folded.nodes.map(\.symbol.description) == ["x", "severy 3", "f"])
    // At the fourth step the slow unit is computed for the second time.
    #expect(circuit.leastSteps == 4 && circuit.usualSteps == 4)
    let graph = circuit.unfolded(steps: 5)
    let due = step == 1 ? ["(t)", "(t+3)"] : ["(t+4)", "(t+1)"]
    #expect(
      Self.edges(graph, "U").filter { $0.contains("s") } == Set(due.map { "x\($0) → s\($0)" }))
    #expect(
      Self.edges(graph, "")
        == (step == 1
          ? ["s(t) → s(t+1)", "s(t+1) → s(t+2)", "s(t+3) → s(t+4)"]
          : ["s(t+4) → s(t+3)", "s(t+3) → s(t+2)", "s(t+1) → s(t)"]))
    #expect(Self.edges(graph, "V").count == 6)
    #expect(!Self.hasCycle(graph))
  }

  @Test func aBackwardChainIsReadAtItsFirstStep() {
    let graph = Self.bidirectional.unfolded(steps: 3)
    #expect(graph.nodes.count == 10 && !graph.nodes.contains(where: \.isBeyond))
    #expect(Self.edges(graph, "V") == ["h(3) → o", "g(1) → o"])
    #expect(
      Self.edges(graph, "W") == [
        "h(1) → h(2)", "h(2) → h(3)", "g(3) → g(2)", "g(2) → g(1)",
      ])
    #expect(Self.edges(Self.bidirectional.unfolded(steps: 1), "V") == ["h(1) → o", "g(1) → o"])
  }

  @Test(arguments: [1, 2, 3, 5, 8])
  func aParseHasAWordAtEachLeafAndTwoChildrenElsewhere(words: Int) {
    let graph = Self.tree.unfolded(steps: words)
    #expect(graph.nodes.count == words + 2 * (2 * words - 1))
    #expect(
      Self.uses(graph).filter { $0.value > 0 }
        == ["W": words, "U_1": words - 1, "U_2": words - 1, "V": 2 * words - 1].filter {
          $0.value > 0
        })
    #expect(Self.names(graph).contains(words == 1 ? "h(1)" : "h(1:\(words))"))
    #expect(!Self.hasCycle(graph))
  }

  @Test func childrenOfOneWeightAreAllFollowed() {
    var circuit = Circuit("Child-sum", over: .tree)
    let h = circuit.add("h", .state)
    circuit.connect(h, h, "U", after: .children)
    #expect(Self.edges(circuit.unfolded(steps: 2), "U") == ["h(1) → h(1:2)", "h(2) → h(1:2)"])
  }

  /// What joins children stands below what is made of it, at inner nodes alone; two weights between the same two units
  /// are two arrows.
  @Test func aUnitAtInnerNodesStandsApartFromTheOthers() {
    var circuit = Circuit("Joined", over: .tree)
    let x = circuit.add("x", .input, extent: .leaf)
    let c = circuit.add("c", .state, extent: .inner), h = circuit.add("h", .state)
    circuit.connect(x, h, "W")
    circuit.connect(h, c, after: .children)
    for weight in ["U", "V"] as [Symbol] { circuit.connect(c, h, weight) }
    _ = circuit.add("o", .output)
    let graph = circuit.unfolded(steps: 3)
    #expect(graph.nodes.count == 3 + 2 + 5 + 5)
    #expect(Self.uses(graph) == ["W": 3, "U": 2, "V": 2, "": 4])
    for graph in [graph, circuit.folded] {
      for (number, node) in graph.nodes.enumerated() {
        for other in graph.nodes[..<number] {
          #expect(abs(node.x - other.x) >= 60 || abs(node.y - other.y) >= 60)
        }
      }
      let paths = graph.svg.split(separator: "\n").filter { $0.hasPrefix("<path class=") }
      #expect(Set(paths).count == graph.edges.count)
    }
  }

  @Test(arguments: [1, 2, 3])
  func aGridIsWalkedFromItsCorners(size: Int) {
    let graph = Self.grid.unfolded(steps: size)
    #expect(graph.nodes.count == 3 * size * size + 1)
    let steps = 2 * size * (size - 1)
    #expect(
      Self.uses(graph).filter { $0.value > 0 }
        == ["U": 2 * size * size, "W": steps, "V": steps, "": 2].filter { $0.value > 0 })
    #expect(!Self.hasCycle(graph))
    guard size == 3 else { return }
    #expect(Self.edges(graph, "") == ["h_1(i+1,j+1) → o", "h_2(i−1,j−1) → o"])
    #expect(Self.edges(graph, "W").contains("h_1(i−1,j) → h_1(i,j)"))
    #expect(Self.edges(graph, "W").contains("h_2(i,j) → h_2(i−1,j)"))
    #expect(Self.edges(graph, "V").contains("h_2(i,j+1) → h_2(i,j)"))
  }

  /// A state in each of three grids, each of which reads the patches of the one below.
  static func tiers(_ patch: Int) -> Circuit {
    var circuit = Circuit("Tiers", over: .grid, patch: patch)
    var state: Int?
    for tier in 0..<3 {
      let x = circuit.add(Symbol("x", index: "\(tier)"), .input, tier: tier)
      let h = circuit.add(Symbol("h", index: "\(tier)"), .state, tier: tier)
      if let state { circuit.connect(state, x, "P") }
      circuit.connect(x, h, "U")
      for delay in [Circuit.Delay.row(1), .column(1)] { circuit.connect(h, h, "W", after: delay) }
      state = h
    }
    return circuit
  }

  @Test(arguments: [1, 2, 3])
  func aTierReadsThePatchesOfTheOneBelow(patch: Int) {
    let circuit = Self.tiers(patch)
    #expect(circuit.rowsPerStep == patch * patch && circuit.usualSteps == 2)
    let graph = circuit.unfolded(steps: 2)
    let counts = [2 * patch * patch, 2 * patch, 2]
    for (tier, count) in counts.enumerated() {
      #expect(graph.nodes.count { $0.symbol.index == "\(tier)" } == 2 * count * count)
    }
    // Every place below the last tier is read once.
    let places = counts.map { $0 * $0 }
    #expect(
      Self.uses(graph) == [
        "P": places[0] + places[1], "U": places.reduce(0, +),
        "W": counts.reduce(0) { $0 + 2 * $1 * ($1 - 1) },
      ])
    #expect(!Self.hasCycle(graph))
  }

  @Test func whatStandsOnceIsReachedFromEveryNodeAndReachesEveryNode() {
    var circuit = Circuit("Pooled", over: .chain)
    let x = circuit.add("x", .input)
    let s = circuit.add("s", .state, extent: .whole)
    circuit.connect(x, s, "mean")
    circuit.connect(s, circuit.add("o", .output), "C")
    circuit.connect(s, circuit.add("z", .output, extent: .whole), "V")
    #expect(Self.uses(circuit.unfolded(steps: 5)) == ["mean": 5, "C": 5, "V": 1])
  }

  @Test func noTwoNodesTouch() {
    for circuit in [
      Self.elman(lags: [1, 2]), Self.bidirectional, Self.tree, Self.grid, Self.tiers(1),
      Self.tiers(2),
    ] {
      for graph in [circuit.folded, circuit.unfolded(steps: 4)] {
        for (number, node) in graph.nodes.enumerated() {
          for other in graph.nodes[..<number] {
            #expect(
              abs(node.x - other.x) >= 60 || abs(node.y - other.y) >= 60,
              "\(circuit.title): \(node.symbol) and \(other.symbol)")
          }
        }
      }
    }
  }
}
