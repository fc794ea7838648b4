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
/// what the slower groups held one step before, slowest last. So the steps at which a group rests cost nothing: groups of
/// equal size and periods 1, 2, 4, … take less than twice the work of the fastest.
///
/// | Symbol | Parameter of group g | Shape |
/// | --- | --- | --- |
/// | Uᵍ, Wᵍˢ | `group_g.weight_ih` | `[H, D + H · slower groups]` |
/// | Wᵍᵍ | `group_g.weight_hh` | `[H, H]` |
/// | bᵍ | `group_g.bias_ih` | `[H]` |
///
/// Source: Koutník, Greff, Gomez and Schmidhuber (2014), "A clockwork RNN", §3, <https://arxiv.org/abs/1402.3511>;
/// Goodfellow, Bengio and Courville (2016), §10.9.3.
public struct Clockwork: Module {
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

  /// D.
  public var inputSize: Int { cells[cells.count - 1].inputSize }
  /// The units of all groups together.
  public var outputSize: Int { cells.reduce(0) { $0 + $1.outputSize } }

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
    demand(
      batch.values.shape[1] == inputSize,
      "Clockwork: values must be [N, \(inputSize)], got \(batch.values.shape)")
    demand(
      state == nil || state?.shape == [batch.count, outputSize],
      "Clockwork: \(batch.count) sequences need a state [\(batch.count), \(outputSize)], got \(state.map { "\($0.shape)" } ?? "")"
    )
    let rows = batch.rowNumbers
    var groups: [Unfolded<HiddenState>] = [], held: [HeldStates] = []
    var end = outputSize
    for (group, cell) in cells.enumerated().reversed() {
      let size = cell.outputSize
      end -= size
      let start = HiddenState(
        hidden: state?.slice(end..<end + size, axis: 1)
          ?? cell.initialState(batch: batch.count).hidden)
      let ticks = Ticks(lengths: batch.lengths, period: periods[group])
      let active = ticks.places.map { rows[$0.sequence][$0.step] }
      let before = ticks.places.map { (sequence: $0.sequence, step: $0.step - 1) }
      let inputs = Tensor.concatenate(
        [batch.values.gatherRows(IndexTensor(active))] + held.map { $0.rows(at: before) }, axis: 1)
      let run = unfold(
        cell, over: .chain(ticks.lengths), inputs, from: start,
        randomness: randomness?.stream(UInt64(group)), identities: batch.identities)
      groups.insert(run, at: 0)
      held.insert(HeldStates(run.states.hidden, from: start.hidden, at: ticks), at: 0)
    }
    var places = Array(repeating: (sequence: 0, step: 0), count: batch.values.shape[0])
    for (sequence, numbers) in rows.enumerated() {
      for (step, row) in numbers.enumerated() { places[Int(row)] = (sequence, step) }
    }
    return Run(
      output: batch.replacing(
        values: Tensor.concatenate(held.map { $0.rows(at: places) }, axis: 1)),
      last: Tensor.concatenate(groups.map(\.last.hidden), axis: 1), groups: groups)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    for index in cells.indices { try visitor.child("group_\(index)", &cells[index]) }
  }
}

/// The steps of sequences at which a group of a period is updated, numbered sequence by sequence.
private struct Ticks {
  let period: Int
  /// How many there are of each sequence.
  let lengths: [Int]
  /// The number of the first one of each sequence.
  let starts: [Int]
  /// Where each stands.
  let places: [(sequence: Int, step: Int)]

  init(lengths: [Int], period: Int) {
    self.period = period
    self.lengths = lengths.map { ($0 + period - 1) / period }
    var starts: [Int] = [], places: [(sequence: Int, step: Int)] = []
    for (sequence, length) in lengths.enumerated() {
      starts.append(places.count)
      for step in stride(from: 0, to: length, by: period) { places.append((sequence, step)) }
    }
    self.starts = starts
    self.places = places
  }
}

/// What a group holds at any step, updated there or not.
private struct HeldStates {
  /// The states at the ticks, then the initial ones.
  let states: Tensor
  let ticks: Ticks

  init(_ states: Tensor, from start: Tensor, at ticks: Ticks) {
    self.states = Tensor.concatenate([states, start])
    self.ticks = ticks
  }

  /// Those at the given steps; before step 0 there is the initial one.
  func rows(at places: [(sequence: Int, step: Int)]) -> Tensor {
    states.gatherRows(
      IndexTensor(
        places.map { sequence, step in
          Int32(
            step < 0
              ? ticks.places.count + sequence : ticks.starts[sequence] + step / ticks.period)
        }))
  }
}
