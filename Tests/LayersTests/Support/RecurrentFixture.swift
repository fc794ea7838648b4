import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Reference values of recurrent layers over a ragged batch, and the run of our cells to hold against them.
///
/// The names in a file are those that `Scripts/reference/recurrent.py`, `cell_options.py` and `chain_cells.py` document.
struct RecurrentFixture<C: RecurrentCell> {
  let fixture: Fixture
  let options: C.Options
  let layers: Int
  let directions: Int
  /// The parts of a state by their letters, in its order: h, and c where there is one.
  let parts: [String]
  let lengths: [Int]
  /// `nil` for a file of a single cell, whose names have no suffix.
  private let suffixes: [String]?

  init(
    _ name: String, options: C.Options, layers: Int = 1, directions: Int = 1, parts: [String]? = nil
  )
    throws
  {
    fixture = try Fixture(name)
    self.parts = parts ?? (fixture.contains("c_n") ? ["h", "c"] : ["h"])
    self.options = options
    self.layers = layers
    self.directions = directions
    lengths = try fixture.indices("lengths").elements.map(Int.init)
    suffixes =
      fixture.contains("output")
      ? (0..<layers).flatMap { layer in ["_l\(layer)", "_l\(layer)_reverse"].prefix(directions) }
      : nil
  }

  /// The suffix of each walk: layer 0 forward, layer 0 reverse, layer 1 forward, …
  var walks: [String] { suffixes ?? [""] }
  /// The states that are given to start from.
  var starts: [String] { parts.map { $0 + "_0" }.filter(fixture.contains) }
  var output: String { suffixes == nil ? "hidden" : "output" }

  /// The name of a part's states at every node of a walk.
  func states(_ part: String, _ walk: String) -> String {
    (part == "h" ? "hidden" : "cell") + walk
  }

  /// The cell of a walk; its parameters have the file's values.
  func cell(_ walk: String) throws -> C {
    func size(_ name: String) throws -> Int {
      try #require(fixture.metadata[name].flatMap { Int($0) })
    }
    // Of stacked layers only the lowest reads the input.
    let width =
      try suffixes == nil ? size("input_size") : fixture.tensor("weight_ih" + walk).shape[1]
    let hidden = try size("hidden_size")
    var generator = RandomGenerator(seed: 1)
    let type = try fixture.tensor("input").scalarType
    let cell = C(
      inputSize: width, hiddenSize: hidden, options: options, initializer: .init(),
      using: &generator, scalarType: type)
    return cell.replacingParameters(
      try cell.parameters.map { try fixture.tensor($0.name + walk) })
  }

  /// Runs all walks and holds values, states and gradients against the file's, within `tolerance`, relative or absolute.
  func check(tolerance: Double, sourceLocation: SourceLocation = #_sourceLocation) throws {
    let cells = try walks.map(cell)
    var points: [(name: String, value: Tensor)] = []
    for name in ["input"] + starts { points.append((name, try fixture.tensor(name))) }
    for (walk, cell) in zip(walks, cells) {
      points += cell.parameters.map { ($0.name + walk, $0.tensor) }
      for part in parts {
        let states = try fixture.tensor(states(part, walk))
        points.append(
          (self.states(part, walk), .zeros(states.shape, scalarType: states.scalarType)))
      }
    }
    let weights = try ([output] + parts.map { $0 + "_n" }).map {
      ($0, try fixture.tensor($0 + "_weight"))
    }
    var made: [String: Tensor] = [:]
    let (loss, gradients) = valueWithGradient(at: points.map(\.value)) { variables in
      let named = Dictionary(uniqueKeysWithValues: zip(points.map(\.name), variables))
      made = run(cells) { named[$0] }
      return weights.map { name, weight in (made[name].map { $0 * weight } ?? weight).sum() }
        .reduce(Tensor(0, scalarType: weights[0].1.scalarType), +)
    }
    func expect(_ found: Tensor?, _ name: String) throws {
      expectClose(
        try #require(found, sourceLocation: sourceLocation).detached, try fixture.tensor(name),
        relative: tolerance, absolute: tolerance, name, sourceLocation: sourceLocation)
    }
    try expect(loss, "loss")
    try expect(made[output], output)
    for part in parts {
      try expect(made[part + "_n"], part + "_n")
      for walk in walks { try expect(made[states(part, walk)], states(part, walk)) }
    }
    for (point, gradient) in zip(points, gradients) { try expect(gradient, "grad." + point.name) }
  }

  /// All walks: the states at every node and at every end by their names in the file.
  private func run(_ cells: [C], _ value: (String) -> Tensor?) -> [String: Tensor] {
    var made: [String: Tensor] = [:]
    var below = value("input")
    var ends: [C.State] = []
    for layer in 0..<layers {
      var outputs: [Tensor] = []
      for direction in 0..<directions {
        let index = layer * directions + direction
        let walk = walks[index]
        guard let values = below else { return made }
        let batch = SequenceBatch(values, lengths: lengths)
        let cell = cells[index].replacingParameters(
          cells[index].parameters.compactMap { value($0.name + walk) })
        let given = starts.compactMap(value).map { start in
          suffixes == nil
            ? start
            : start.slice(index..<index + 1).reshaped(
              to: [lengths.count, start.shape[-1]])
        }
        let unfolded = Recurrent(cell, direction: direction == 0 ? .forward : .backward)(
          batch, from: given.isEmpty ? nil : C.State(tensors: given),
          adding: C.State(tensors: parts.compactMap { value(states($0, walk)) }))
        for (part, states) in zip(parts, unfolded.states.tensors) {
          made[self.states(part, walk)] = states
        }
        ends.append(unfolded.last)
        outputs.append(unfolded.output)
      }
      below = outputs.count == 1 ? outputs[0] : Tensor.concatenate(outputs, axis: 1)
    }
    if suffixes != nil { made[output] = below }
    for (number, part) in parts.enumerated() {
      let tensors = ends.map { $0.tensors[number] }
      made[part + "_n"] = suffixes == nil ? tensors[0] : Tensor.stack(tensors)
    }
    return made
  }
}
