internal import Tensors
internal import Unfolding

/// The steps of sequences at which a group of a period is updated, numbered sequence by sequence.
struct ClockworkTicks {
  let period: Int
  /// For each sequence the steps since the group was due, when it starts.
  let phases: [Int]
  /// How many there are of each sequence.
  let lengths: [Int]
  /// The number of the first one of each sequence.
  let starts: [Int]
  /// Where each stands.
  let places: [(sequence: Int, step: Int)]

  init(lengths: [Int], period: Int, phases: [Int]) {
    self.period = period
    self.phases = phases
    var counts: [Int] = [], starts: [Int] = [], places: [(sequence: Int, step: Int)] = []
    for (sequence, length) in lengths.enumerated() {
      starts.append(places.count)
      let first = (period - phases[sequence]) % period
      for step in stride(from: first, to: length, by: period) { places.append((sequence, step)) }
      counts.append(places.count - starts[sequence])
    }
    self.lengths = counts
    self.starts = starts
    self.places = places
  }

  /// How many of a sequence's there are before a step or at it.
  func count(through step: Int, of sequence: Int) -> Int {
    guard step >= 0 else { return 0 }
    return (phases[sequence] + step) / period + (phases[sequence] == 0 ? 1 : 0)
  }
}

/// What a group holds at any step, updated there or not.
struct HeldStates {
  /// The states at the ticks, then the initial ones.
  let states: Tensor
  let ticks: ClockworkTicks

  /// The columns of a state.
  var size: Int { states.shape[1] }

  init(_ states: Tensor, from start: Tensor, at ticks: ClockworkTicks) {
    self.init(states: Tensor.concatenate([states, start]), ticks: ticks)
  }

  private init(states: Tensor, ticks: ClockworkTicks) {
    self.states = states
    self.ticks = ticks
  }

  /// A matrix times each of them.
  func multiplied(by weight: Tensor) -> HeldStates {
    HeldStates(states: states.matmulTransposed(weight), ticks: ticks)
  }

  /// Those at the given steps; before the first tick there is the initial one.
  func rows(at places: [(sequence: Int, step: Int)]) -> Tensor {
    states.gatherRows(
      IndexTensor(
        places.map { sequence, step in
          let count = ticks.count(through: step, of: sequence)
          return Int32(
            count == 0 ? ticks.places.count + sequence : ticks.starts[sequence] + count - 1)
        }))
  }
}

extension SequenceBatch {
  /// For each row the one that stands in its place when every sequence is read from its end.
  var turnedRows: IndexTensor {
    var turned = Array(repeating: Int32(0), count: values.shape[0])
    for numbers in rowNumbers {
      for (row, other) in zip(numbers, numbers.reversed()) { turned[Int(row)] = other }
    }
    return IndexTensor(turned)
  }
}

/// A group at its ticks, whose inputs have been multiplied by its weights already.
struct ClockworkGroup: Cell {
  let cell: ElmanCell

  func initialState(batch: Int) -> HiddenState { cell.initialState(batch: batch) }

  func step(_ input: Tensor, from state: HiddenState) -> HiddenState {
    cell.step(reading: input, from: state)
  }
}
