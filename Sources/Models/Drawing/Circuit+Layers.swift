internal import Drawing
internal import Layers

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
      below =
        add(
          recurrent.cell.circuit, Marks(index: index), reading: below,
          following: Self.steps(Delay.steps)
        ).outputs
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
      let forward = add(
        both.forward.cell.circuit, Marks(index: index), reading: below, shift: -Self.apart,
        following: Self.steps(Delay.steps))
      let backward = add(
        both.backward.cell.circuit, Marks("g", index: index, prime: "′"), reading: below,
        shift: Self.apart, following: Self.steps(Delay.steps, isBackward: true))
      below = forward.outputs + backward.outputs
    }
    return below
  }

  /// Adds a cell that is walked forward, its hidden units under a letter of their own.
  mutating func add<C: RecurrentCell>(_ cell: C, named hidden: String, reading inputs: [Int])
    -> [Int]
  {
    add(cell.circuit, Marks(hidden), reading: inputs, following: Self.steps(Delay.steps)).outputs
  }

  /// Adds what was to be said, and how far what a cell says is from it.
  mutating func addLoss(of outputs: [Int]) {
    let loss = add("L", .loss)
    for output in outputs { connect(output, loss) }
    connect(add("y", .target), loss)
  }

  /// Adds what is read off states, what was to be read, and how far the one is from the other.
  mutating func addLoss(
    reading states: [Int], _ weight: Symbol? = nil, extent: Extent = .node, reach: Reach = .all
  ) {
    let names = scoreNames
    let output = add(names.output, .output, extent: extent)
    for state in states { connect(state, output, weight ?? names.weight, reach: reach) }
    let loss = add("L", .loss, extent: extent)
    connect(output, loss)
    connect(add("y", .target, extent: extent), loss)
  }
}

/// What a picture calls layers: "2 layers of LSTM".
func drawnName(_ kind: String, layers: Int, isBidirectional: Bool = false) -> String {
  let name = isBidirectional ? "bidirectional \(kind)" : kind
  return layers == 1 ? name : "\(layers) layers of \(name)"
}
