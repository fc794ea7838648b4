internal import Drawing
internal import Layers
internal import Unfolding

extension Circuit {
  /// How far the states of two walks over one chain stand apart, to either side.
  static let apart = 52.0

  /// Adds recurrent layers, each above the last.
  ///
  /// - Parameters:
  ///   - stack: The layers.
  ///   - inputs: The units that the lowest layer reads.
  /// - Returns: The uppermost state.
  mutating func add<C: RecurrentCell>(_ stack: RecurrentStack<C>, reading inputs: [Int]) -> [Int] {
    var below = inputs
    for (layer, recurrent) in stack.layers.enumerated() {
      let index = stack.layers.count == 1 ? "" : "\(layer + 1)"
      below = [add("h", recurrent.cell, index: index, reading: below)]
    }
    return below
  }

  /// Adds bidirectional layers, each above the last: h is walked forward, g backward.
  ///
  /// - Returns: Both uppermost states.
  mutating func add<C: RecurrentCell>(
    _ stack: BidirectionalStack<C>, reading inputs: [Int]
  ) -> [Int] {
    var below = inputs
    for (layer, both) in stack.layers.enumerated() {
      let index = stack.layers.count == 1 ? "" : "\(layer + 1)"
      below = [
        add("h", both.forward.cell, index: index, reading: below, shift: -Self.apart),
        add("g", both.backward.cell, index: index, reading: below, isBackward: true),
      ]
    }
    return below
  }

  /// Adds one walk over the chain.
  private mutating func add<C: RecurrentCell>(
    _ letter: String, _ cell: C, index: String, reading inputs: [Int], isBackward: Bool = false,
    shift: Double? = nil
  ) -> Int {
    let prime = isBackward ? "′" : ""
    let state = add(
      Symbol(cell.letters(letter), index: index), .state,
      shift: shift ?? (isBackward ? Self.apart : 0))
    for input in inputs { connect(input, state, Symbol("U\(prime)", index: index)) }
    for (lag, letter) in cell.edges {
      connect(
        state, state, Symbol("\(letter)\(prime)", index: index),
        after: .steps(isBackward ? -lag : lag))
    }
    return state
  }

  /// Adds what is read off states, what was to be read, and how far the one is from the other.
  mutating func addLoss(
    reading states: [Int], _ weight: Symbol = "V", extent: Extent = .node, reach: Reach = .all
  ) {
    let output = add("o", .output, extent: extent)
    for state in states { connect(state, output, weight, reach: reach) }
    let loss = add("L", .loss, extent: extent)
    connect(output, loss)
    connect(add("y", .target, extent: extent), loss)
  }
}

extension RecursiveCell {
  /// The letters of the state's parts: one of some name, or two as an LSTM has them.
  func letters(_ letter: String = "h") -> String {
    initialState(batch: 1).tensors.count == 1 ? letter : "\(letter), c"
  }
}

extension RecurrentCell {
  /// The letters of the state's parts, with a letter for h.
  func letters(_ letter: String) -> String {
    stateLetters.map { $0 == "h" ? letter : $0 }.joined(separator: ", ")
  }

  /// How many steps back each connection of the state with itself goes, and its weights' letter.
  var edges: [(lag: Int, letter: String)] {
    lags.enumerated().map { ($1, $0 == 0 ? "W" : "S") }
  }
}

/// What a picture calls layers: "2 layers of LSTM".
func drawnName(_ kind: String, layers: Int, isBidirectional: Bool = false) -> String {
  let name = isBidirectional ? "bidirectional \(kind)" : kind
  return layers == 1 ? name : "\(layers) layers of \(name)"
}
