internal import Layers
internal import Tensors
internal import Unfolding

/// A node RNN, LSTM or GRU as cells of Unfold with their weights in place.
struct RecurrentLayer: Sendable {
  private let options: RecurrentOptions
  private let walks: any CellWalks
  private let inputSize: Int
  private let hiddenSize: Int
  private let scalarType: ScalarType

  /// Where a node has its weights among its operands: a layer that has been made does not read them again.
  static let weightOperands = [1, 2, 3, 7]

  private var directionCount: Int { options.functions.count }
  /// The number of tensors in a state: h, and c.
  private var stateCount: Int { options.kind == .lstm ? 2 : 1 }

  /// The layer of a node; `nil` if some of its weights are not among the operands yet.
  ///
  /// - Throws: `OperatorCall.Problem` if weights do not fit.
  init?(_ call: OperatorCall) throws {
    switch RecurrentOptions.reading(call.node) {
    case .success(let read): options = read
    case .failure(let refusal): throw call.problem("is one \(refusal.reason)")
    }
    let kind = options.kind
    let peephole = kind == .lstm ? 7 : nil
    let areKnown = Self.weightOperands.allSatisfy { index in
      index >= call.node.inputs.count || call.node.inputs[index].isEmpty
        || call.optional(index) != nil
    }
    guard areKnown, call.optional(1) != nil, call.optional(2) != nil else { return nil }

    let (w, r) = (try call.tensor(1), try call.tensor(2))
    let directions = options.functions.count, gates = kind.gateCount
    guard w.rank == 3, r.rank == 3, w.shape[2] > 0, r.shape[2] > 0 else {
      throw call.problem(
        "should have weights of three axes, but they are \(w.shape) and \(r.shape)")
    }
    let (inputs, hidden) = (w.shape[2], r.shape[2])
    func parts(_ index: Int, _ sizes: [Int]) throws -> Tensor? {
      guard call.optional(index) != nil else { return nil }
      let tensor = try call.tensor(index)
      guard tensor.shape.dimensions == sizes, tensor.scalarType == w.scalarType else {
        throw call.problem(
          "should have \(w.scalarType.rawValue) \(sizes) as operand \(index + 1), but it is \(tensor.scalarType.rawValue) \(tensor.shape)"
        )
      }
      return tensor
    }
    _ = try parts(1, [directions, gates * hidden, inputs])
    _ = try parts(2, [directions, gates * hidden, hidden])
    let biases = try parts(3, [directions, 2 * gates * hidden])
    let peepholes = try peephole.flatMap { try parts($0, [directions, 3 * hidden]) }
    let stated = call.integer("hidden_size", hidden)
    guard stated == hidden else {
      throw call.problem("should have weights of \(stated) units, but they are of \(hidden)")
    }
    let options = options
    func one(_ tensor: Tensor, _ direction: Int) -> Tensor {
      tensor.slice(direction..<direction + 1)
        .reshaped(to: Shape(Array(tensor.shape.dimensions.dropFirst())))
    }
    let cells = (0..<directions).map { direction in
      NodeWeights(
        options: options, functions: options.functions[direction], inputWeight: one(w, direction),
        recurrentWeight: one(r, direction), biases: biases.map { one($0, direction) },
        peepholes: peepholes.map { one($0, direction) })
    }
    walks =
      switch kind {
      case .rnn: Walks(cells: cells.map(\.elmanCell), isReverse: options.isReverse)
      case .lstm: Walks(cells: cells.map(\.lstmCell), isReverse: options.isReverse)
      case .gru: Walks(cells: cells.map(\.gruCell), isReverse: options.isReverse)
      }
    inputSize = inputs
    hiddenSize = hidden
    scalarType = w.scalarType
  }

  /// Runs the node: Y `[T, directions, B, H]`, then what each walk ends with, `[directions, B, H]` each; with the batch
  /// first where the node has it so.
  func run(_ call: OperatorCall) throws -> [ONNXValue] {
    let given = try call.tensor(0)
    guard given.rank == 3, given.shape[2] == inputSize, given.scalarType == scalarType else {
      throw call.problem(
        "should read \(scalarType.rawValue) [time, batch, \(inputSize)], but it is \(given.scalarType.rawValue) \(given.shape)"
      )
    }
    let x = options.isBatchFirst ? given.transposed(0, 1) : given
    let (steps, count) = (x.shape[0], x.shape[1])
    guard steps * count <= Int32.max else {
      throw call.problem("should read fewer steps and sequences than \(x.shape)")
    }
    let lengths = try self.lengths(call, steps: steps, count: count)
    let states = try (0..<stateCount).map { try start(call, 5 + $0, count: count) }
    let starts: [[Tensor]] = (0..<directionCount).map { direction in
      states.map { $0?[direction] ?? .zeros([count, hiddenSize], scalarType: scalarType) }
    }
    let sequences = PaddedSequences(x, lengths: lengths)
    let ends: [[Tensor]]
    let outputs: [Tensor]
    if sequences.batch.values.shape[0] == 0 {
      outputs = starts.map { _ in .zeros([steps * count, hiddenSize], scalarType: scalarType) }
      ends = starts
    } else {
      let walked = walks.run(sequences.batch, from: starts)
      outputs = walked.map { sequences.padded($0.output) }
      ends = walked.map(\.last)
    }
    let y = Tensor.concatenate(
      outputs.map { $0.reshaped(to: [steps, 1, count, hiddenSize]) }, axis: 1)
    // The node says zero where a sequence has no steps.
    let hasSteps = Tensor(
      lengths.map { $0 > 0 ? 1 : 0 }, shape: [count, 1], scalarType: scalarType)
    let zero = Tensor(0, scalarType: scalarType)
    let last = (0..<stateCount).map { part in
      Tensor.stack(ends.map { Tensor.select(hasSteps, $0[part], zero) })
    }
    guard options.isBatchFirst else { return ([y] + last).map(ONNXValue.numbers) }
    return [ONNXValue.numbers(y).transposed(by: [2, 0, 1, 3])]
      + last.map { .numbers($0.transposed(0, 1)) }
  }

  private func lengths(_ call: OperatorCall, steps: Int, count: Int) throws -> [Int] {
    guard call.optional(4) != nil else { return Array(repeating: steps, count: count) }
    let lengths = try call.wholeNumbers(4)
    guard lengths.shape.dimensions == [count],
      lengths.integers.allSatisfy({ (0...steps).contains($0) })
    else {
      throw call.problem(
        "should have \(count) lengths of at most \(steps), but they are \(lengths.integers.prefix(16))"
      )
    }
    return lengths.integers
  }

  /// The states that the walks start from, `[B, H]` each; `nil` for zeros.
  private func start(_ call: OperatorCall, _ index: Int, count: Int) throws -> [Tensor]? {
    guard call.optional(index) != nil else { return nil }
    let given = try call.tensor(index)
    let sizes =
      options.isBatchFirst
      ? [count, directionCount, hiddenSize] : [directionCount, count, hiddenSize]
    guard given.shape.dimensions == sizes, given.scalarType == scalarType else {
      throw call.problem(
        "should start from \(scalarType.rawValue) \(sizes), but that is \(given.scalarType.rawValue) \(given.shape)"
      )
    }
    let states = options.isBatchFirst ? given.transposed(0, 1) : given
    return (0..<directionCount).map {
      states.slice($0..<$0 + 1).reshaped(to: [count, hiddenSize])
    }
  }
}

extension Operators {
  /// Recurrent layers.
  static let recurrences: [String: OperatorBody] = [
    "GRU": recurrence, "LSTM": recurrence, "RNN": recurrence,
  ]

  private static let recurrence: OperatorBody = { call in
    guard let layer = try call.layer ?? RecurrentLayer(call) else {
      throw call.problem("has no weights")
    }
    return try layer.run(call)
  }
}

/// Sequences `[T, B, D]`, padded at their ends, as a ragged batch.
private struct PaddedSequences {
  let batch: SequenceBatch
  /// For each row of the batch its row of `[T · B, D]`; `nil` if all rows are there, in their order.
  private let rows: IndexTensor?
  private let rowCount: Int

  init(_ x: Tensor, lengths: [Int]) {
    let (steps, count, width) = (x.shape[0], x.shape[1], x.shape[2])
    rowCount = steps * count
    let values = x.reshaped(to: [rowCount, width])
    if lengths.allSatisfy({ $0 == steps }) {
      // Sequences of one length stand step by step already.
      rows = nil
      batch = SequenceBatch(values, lengths: lengths, order: .stepMajor)
      return
    }
    let numbers = IndexTensor(
      lengths.enumerated().flatMap { sequence, length in
        (0..<length).map { Int32($0 * count + sequence) }
      })
    rows = numbers
    batch = SequenceBatch(values.gatherRows(numbers), lengths: lengths)
  }

  /// Rows of the batch as rows of `[T · B, H]`, with zeros past the ends.
  func padded(_ output: Tensor) -> Tensor {
    rows.map { output.scatterAddRows($0, rows: rowCount) } ?? output
  }
}

/// The walks of a recurrent node, whatever its cells are.
private protocol CellWalks: Sendable {
  /// Walks sequences from states of each direction.
  func run(_ batch: SequenceBatch, from states: [[Tensor]]) -> [(output: Tensor, last: [Tensor])]
}

/// One walk, or one there and one back.
private struct Walks<C: RecurrentCell>: CellWalks {
  let cells: [C]
  let isReverse: Bool

  func run(_ batch: SequenceBatch, from states: [[Tensor]]) -> [(output: Tensor, last: [Tensor])] {
    let starts = states.map(C.State.init(tensors:))
    guard cells.count == 2 else {
      let layer = Recurrent(cells[0], direction: isReverse ? .backward : .forward)
      let walk = layer(batch, from: starts[0])
      return [(walk.output, walk.last.tensors)]
    }
    let walks = Bidirectional(forward: cells[0], backward: cells[1])(
      batch, from: (forward: starts[0], backward: starts[1]))
    return [walks.forward, walks.backward].map { ($0.output, $0.last.tensors) }
  }
}
