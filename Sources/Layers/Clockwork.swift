public import Tensors
public import Unfolding

/// A clockwork recurrent net: groups of units that are updated at their own periods.
///
///     hᵍ(t) = f(Uᵍ x(t) + Σ Wᵍˢ hˢ(t−1) + bᵍ)      where t ≡ 0 (mod pᵍ); the sum is over the slower groups s and g itself
///     hᵍ(t) = hᵍ(t−1)                               at all other steps
///
/// Steps are counted from 0, where all groups are updated. A group sees itself and slower groups, and not faster ones.
///
/// What a group does is an ``ElmanCell`` over a coarser chain, the steps of its period; its inputs are x and, beside it,
/// what the slower groups held one step before, slowest last. So the steps at which a group rests cost nothing, and Wᵍˢ hˢ is
/// computed once an update of s, however often g reads it.
///
/// | Symbol | Parameter of group g | Shape |
/// | --- | --- | --- |
/// | Uᵍ, Wᵍˢ | `group_g.weight_ih` | `[H, D + H · slower groups]` |
/// | Wᵍᵍ | `group_g.weight_hh` | `[H, H]` |
/// | bᵍ | `group_g.bias_ih` | `[H]` |
///
/// What a step hands on besides h is how long it is since each group was last due, so that the net can be stepped, and be
/// unfolded piece by piece; walked step by step, the groups that rest are computed and not used.
///
/// Source: Koutník, Greff, Gomez and Schmidhuber (2014), "A clockwork RNN", §3, <https://arxiv.org/abs/1402.3511>;
/// Goodfellow, Bengio and Courville (2016), §10.9.3.
public struct Clockwork: RecurrentCell {
  /// What all groups hold, and where each is in its period.
  public struct State: RecurrentState {
    /// h, fastest group first, `[B, H · groups]`.
    public var hidden: Tensor
    /// For each group the steps since it was due, `[B, groups]`; 0 where it is due now.
    public var clock: Tensor
    public var recurrent: Tensor {
      get { hidden }
      set { hidden = newValue }
    }
    public var output: Tensor { hidden }
    public var tensors: [Tensor] { [hidden, clock] }

    /// The state (h, clock).
    public init(hidden: Tensor, clock: Tensor) {
      self.hidden = hidden
      self.clock = clock
    }
    public init(tensors: [Tensor]) { self.init(hidden: tensors[0], clock: tensors[1]) }
  }

  /// What can be chosen.
  public struct Options: CellOptions, Hashable {
    /// p: growing, at least 1 each.
    public var periods = [1, 2, 4, 8]
    /// What else can be chosen of the groups' cells.
    public var group = ElmanCell.Options()

    /// The paper's periods, four of them.
    public init() {}
  }

  /// p: how many steps pass between the updates of each group, fastest first.
  public let periods: [Int]
  /// What each group does, fastest first.
  public var cells: [ElmanCell]

  /// Groups of fresh weights.
  ///
  /// - Parameters:
  ///   - inputSize: D.
  ///   - groupSize: H, the units of a group.
  ///   - periods: Growing, at least 1 each; the paper's are 1, 2, 4, ….
  ///   - options: What else can be chosen of the groups' cells.
  ///   - initializer: For the weights.
  ///   - generator: Where the weights' numbers come from.
  ///   - scalarType: The parameters' type.
  public init(
    inputSize: Int, groupSize: Int, periods: [Int], options: ElmanCell.Options = .init(),
    initializer: CellInitializer = .init(), using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demand(
      !periods.isEmpty && periods[0] >= 1
        && zip(periods, periods.dropFirst()).allSatisfy { $0 < $1 },
      "Clockwork: periods must grow from at least 1, got \(periods)")
    self.periods = periods
    cells = periods.indices.map { group in
      ElmanCell(
        inputSize: inputSize + groupSize * (periods.count - 1 - group), hiddenSize: groupSize,
        options: options, initializer: initializer, using: &generator, scalarType: scalarType)
    }
  }

  /// Groups of fresh weights, `hiddenSize` units together.
  public init(
    inputSize: Int, hiddenSize: Int, options: Options, initializer: CellInitializer = .init(),
    using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    let groups = options.periods.count
    demand(
      groups >= 1 && hiddenSize % groups == 0,
      "Clockwork: \(hiddenSize) units do not make \(groups) groups of one size")
    self.init(
      inputSize: inputSize, groupSize: hiddenSize / groups, periods: options.periods,
      options: options.group, initializer: initializer, using: &generator, scalarType: scalarType)
  }

  /// D.
  public var inputSize: Int { cells[cells.count - 1].inputSize }
  /// The units of all groups together.
  public var outputSize: Int { cells.reduce(0) { $0 + $1.outputSize } }
  public var circuit: CellCircuit {
    var circuit = CellCircuit()
    let groups = periods.indices.reversed().map { group in
      circuit.add("h", index: "\(group + 1)", period: periods[group])
    }
    for (number, group) in groups.enumerated() {
      let index = circuit.units[group].index
      circuit.read(by: group, "U", index: index)
      // From itself, and from the slower groups, which stand before it.
      for slower in groups[...number].reversed() {
        let other = circuit.units[slower].index
        circuit.connect(
          slower, group, "W", index: slower == group ? index : "\(index),\(other)", after: .steps(1)
        )
      }
    }
    circuit.outputs = groups
    return circuit
  }
  public var name: String {
    "\(Self.kind), periods \(periods.map(String.init).joined(separator: ", "))"
  }

  public func initialState(batch: Int) -> State {
    let type = cells[0].recurrentWeight.scalarType
    return State(
      hidden: .zeros([batch, outputSize], scalarType: type),
      clock: .zeros([batch, periods.count], scalarType: type))
  }

  public func step(_ x: Tensor, from state: State) -> State {
    let held = state.hidden.split(cells.count)
    let next = cells.enumerated().map { group, cell in
      let input = Tensor.concatenate([x] + held[(group + 1)...], axis: 1)
      let new = cell.step(input, from: HiddenState(hidden: held[group])).hidden
      let isDue = state.clock.slice(group..<group + 1, axis: 1) .== 0
      return Tensor.select(isDue, new, held[group])
    }
    let clock = state.clock + 1
    let full = Tensor(
      periods.map(Double.init), shape: [periods.count], scalarType: clock.scalarType)
    return State(hidden: .concatenate(next, axis: 1), clock: clock * (clock .!= full))
  }

  /// What a clockwork computed.
  public struct Run: Sendable {
    /// What all groups hold at every step, fastest first, `[N, output size]`.
    public let output: SequenceBatch
    /// What all groups hold at the end of each sequence, `[B, output size]`.
    public let last: Tensor
    /// What each group computed, at the steps of its period alone.
    public let groups: [Unfolded<HiddenState>]
  }

  /// Unfolds every group over its own steps, the slowest first.
  ///
  /// - Parameters:
  ///   - batch: Sequences of any lengths, values `[N, D]`.
  ///   - state: What the groups hold before the first step, `[B, output size]`; `nil` for zeros.
  ///   - randomness: For dropout within the cells; `nil` in evaluation.
  /// - Returns: What the groups hold at every step and at the ends.
  public func callAsFunction(
    _ batch: SequenceBatch, from state: Tensor? = nil, randomness: Randomness? = nil
  ) -> Run {
    run(
      batch, from: state ?? initialState(batch: batch.count).hidden,
      phases: Array(repeating: periods.map { _ in 0 }, count: batch.count), randomness)
  }

  private func run(
    _ batch: SequenceBatch, from state: Tensor, phases: [[Int]], _ randomness: Randomness?
  ) -> Run {
    demand(
      batch.values.shape[1] == inputSize,
      "Clockwork: values must be [N, \(inputSize)], got \(batch.values.shape)")
    demand(
      state.shape == [batch.count, outputSize],
      "Clockwork: \(batch.count) sequences need a state [\(batch.count), \(outputSize)], got \(state.shape)"
    )
    let rows = batch.rowNumbers
    var groups: [Unfolded<HiddenState>] = [], held: [HeldStates] = []
    var end = outputSize
    for (group, cell) in cells.enumerated().reversed() {
      let size = cell.outputSize
      end -= size
      let start = HiddenState(hidden: state.slice(end..<end + size, axis: 1))
      let ticks = ClockworkTicks(
        lengths: batch.lengths, period: periods[group], phases: phases.map { $0[group] })
      let active = ticks.places.map { rows[$0.sequence][$0.step] }
      let before = ticks.places.map { (sequence: $0.sequence, step: $0.step - 1) }
      // What slower groups hold is multiplied once where they are updated, and not wherever it is read.
      let widths = [inputSize] + held.map(\.size)
      var column = 0
      let weights = widths.map { width in
        defer { column += width }
        return cell.inputWeight.slice(column..<column + width, axis: 1)
      }
      let read = batch.values.gatherRows(IndexTensor(active)).matmulTransposed(weights[0])
      let inputs = zip(held, weights.dropFirst()).reduce(read) { sum, slower in
        sum + slower.0.multiplied(by: slower.1).rows(at: before)
      }
      let run = unfold(
        ClockworkGroup(cell: cell), over: .chain(ticks.lengths), inputs, from: start,
        randomness: randomness?.stream(UInt64(group)), identities: batch.identities)
      groups.insert(run, at: 0)
      held.insert(HeldStates(run.states.hidden, from: start.hidden, at: ticks), at: 0)
    }
    return Run(
      output: batch.replacing(
        values: Tensor.concatenate(held.map { $0.rows(at: batch.stepOfRows) }, axis: 1)),
      last: Tensor.concatenate(groups.map(\.last.hidden), axis: 1), groups: groups)
  }

  /// As ``callAsFunction(_:from:randomness:)``, from any state; with a perturbation step by step.
  public func unfolded(
    along batch: SequenceBatch, _ direction: Direction, from state: State?,
    adding perturbation: State?, randomness: Randomness?
  ) -> Unfolded<State> {
    let start = state ?? initialState(batch: batch.count)
    if perturbation != nil {
      return unfold(
        self, over: batch.chain(direction), batch.values, from: start, adding: perturbation,
        randomness: randomness, identities: batch.identities)
    }
    let groups = periods.count, clock = start.clock.detached.scalars.map { Int($0) }
    let phases = (0..<batch.count).map { Array(clock[$0 * groups..<($0 + 1) * groups]) }
    let turned = direction == .forward ? nil : batch.turnedRows
    let run = run(
      turned.map { batch.replacing(values: batch.values.gatherRows($0)) } ?? batch,
      from: start.hidden, phases: phases, randomness)
    // Where the groups are in their periods after so many steps.
    func clocks(_ places: [(sequence: Int, step: Int)]) -> Tensor {
      Tensor(
        places.flatMap { sequence, step in
          zip(periods, phases[sequence]).map { Double(($1 + step + 1) % $0) }
        }, shape: [places.count, groups], scalarType: start.clock.scalarType)
    }
    let states = State(hidden: run.output.values, clock: clocks(batch.stepOfRows))
    return Unfolded(
      states: turned.map { states.gatherRows($0) } ?? states,
      last: State(
        hidden: run.last, clock: clocks(batch.lengths.enumerated().map { ($0, $1 - 1) })))
  }

  public mutating func updateRecurrentWeights(_ body: (inout Tensor) -> Void) {
    for index in cells.indices { cells[index].updateRecurrentWeights(body) }
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    for index in cells.indices { try visitor.child("group_\(index)", &cells[index]) }
  }
}
