public import Tensors

/// A cell run one step at a time: for generation, where a step's input depends on what the last one gave, and for
/// serving, where it has not come yet.
///
/// A step has the bits of ``unfold(_:over:_:from:adding:randomness:identities:by:memory:)``. It is traced and planned, its
/// weights are packed and its memory is bound once, when the stepper is made; after that a step allocates nothing. Steppers
/// of the same weights, one after the other or side by side, pack them once between them with ``PreparedWeights``. The
/// cell is taken as it is then, and with the product precision in force then; no gradient flows through.
///
/// ```swift
/// var stepper = Stepper(cell, inputSize: 128, lanes: 1)
/// for input in inputs { stepper.step(input) }  // each [1, 128]
/// let hidden = stepper.state.output  // [1, H]
/// ```
///
/// A stepper is a value: a copy goes its own way.
public struct Stepper<C: Cell>: Sendable {
  /// B: the sequences that are stepped side by side.
  public private(set) var lanes: Int
  /// The most that there may be after ``reorder(_:)``.
  public let capacity: Int
  private let cell: C
  private let initial: C.State
  /// The rows that symbols stand for.
  private let table: Tensor?
  private let inputSize: Int
  /// The plan at work; `nil` for a cell that none can be made of, whose step is called each time.
  private var run: StepRun?
  /// The state, where there is no plan, and for each lane its sequence.
  private var walked: C.State
  private var sequences: [Int32]

  /// A stepper that takes inputs.
  ///
  /// - Parameters:
  ///   - cell: What happens at a step.
  ///   - inputSize: D.
  ///   - lanes: B.
  ///   - capacity: The most lanes that there will be; `nil` for B.
  ///   - initial: The state to start from, tensors `[B, …]`; `nil` for the cell's own.
  ///   - weights: What other steppers of the same weights have left, and where this one leaves its own.
  ///   - scalarType: The type of the inputs.
  public init(
    _ cell: C, inputSize: Int, lanes: Int, capacity: Int? = nil, from initial: C.State? = nil,
    sharing weights: PreparedWeights = PreparedWeights(), scalarType: ScalarType = .float32
  ) {
    demand(inputSize >= 1, "Stepper: an input needs a size of at least 1, got \(inputSize)")
    self.init(
      cell, input: .zeros([1, inputSize], scalarType: scalarType), isTable: false, lanes: lanes,
      capacity: capacity, from: initial, sharing: weights)
  }

  /// A stepper whose inputs are rows of a table, such as an embedding's. What depends on the input alone is computed
  /// ahead for all of a small table, and of a larger one when steppers that share their weights have stepped as many rows
  /// as it has.
  ///
  /// - Parameters:
  ///   - cell: What happens at a step.
  ///   - table: `[V, D]`, a row for each symbol.
  ///   - lanes: B.
  ///   - capacity: The most lanes that there will be; `nil` for B.
  ///   - initial: The state to start from, tensors `[B, …]`; `nil` for the cell's own.
  ///   - weights: What other steppers of the same weights have left, and where this one leaves its own.
  public init(
    _ cell: C, table: Tensor, lanes: Int, capacity: Int? = nil, from initial: C.State? = nil,
    sharing weights: PreparedWeights = PreparedWeights()
  ) {
    demand(table.rank == 2, "Stepper: a table must be [V, D], got \(table.shape)")
    self.init(
      cell, input: table.detached, isTable: true, lanes: lanes, capacity: capacity, from: initial,
      sharing: weights)
  }

  private init(
    _ cell: C, input: Tensor, isTable: Bool, lanes: Int, capacity: Int?, from given: C.State?,
    sharing weights: PreparedWeights
  ) {
    let capacity = capacity ?? lanes
    demand(
      lanes >= 1 && capacity >= lanes,
      "Stepper: needs at least one lane and room for all, got \(lanes) of \(capacity)")
    let initial = (given ?? cell.initialState(batch: lanes)).detached
    for tensor in initial.tensors {
      demand(
        tensor.rank >= 1 && tensor.shape[0] == lanes,
        "Stepper: \(lanes) lanes need a state [\(lanes), …], got \(tensor.shape)")
    }
    self.cell = cell
    self.lanes = lanes
    self.capacity = capacity
    self.initial = initial
    sequences = (0..<lanes).map(Int32.init)
    table = isTable ? input : nil
    inputSize = input.shape[1]
    walked = initial
    run = StepBlueprint.of(
      cell, capacity: capacity, input: input, isTable: isTable, initial: initial, weights: weights
    ).map { StepRun($0, of: $1, from: initial.tensors, sharing: weights) }
  }

  /// The plan at work, no longer shared with a copy of this stepper.
  private mutating func ownRun() -> StepRun? {
    if run != nil, !isKnownUniquelyReferenced(&run) { run = run?.copy() }
    return run
  }

  /// Goes one step on.
  ///
  /// - Parameter input: `[B, D]`.
  public mutating func step(_ input: Tensor) {
    demand(
      input.shape.dimensions == [lanes, inputSize],
      "Stepper: \(lanes) lanes need an input [\(lanes), \(inputSize)], got \(input.shape)")
    guard let run = ownRun() else {
      walk(input.detached)
      return
    }
    demand(
      input.scalarType == initial.output.scalarType,
      "Stepper: takes inputs of \(initial.output.scalarType), got \(input.scalarType)")
    input.withUnsafeBytes { run.step($0) }
  }

  private mutating func walk(_ input: Tensor) {
    walked = StepSequences.$current.withValue(StepSequences(numbers: sequences)) {
      cell.step(input, from: walked).detached
    }
  }

  /// Goes one step on with rows of the table.
  ///
  /// - Parameter symbols: For each lane a row's number in 0..<V.
  public mutating func step(symbols: [Int32]) {
    guard let table else { fatalError("Stepper: has no table of symbols") }
    demand(
      symbols.count == lanes, "Stepper: \(lanes) lanes need as many symbols, got \(symbols.count)")
    for symbol in symbols {
      demand(
        symbol >= 0 && symbol < table.shape[0],
        "Stepper: symbol \(symbol) is not in 0..<\(table.shape[0])")
    }
    guard let run = ownRun() else {
      walk(table.gatherRows(IndexTensor(symbols)))
      return
    }
    symbols.withUnsafeBufferPointer { run.step(symbols: $0) }
  }

  /// How many tensors the state has.
  public var stateCount: Int { initial.tensors.count }

  /// The state after the last step, tensors `[B, …]`. Reading it copies it.
  public var state: C.State {
    get {
      guard let run else { return walked }
      return C.State(
        tensors: initial.tensors.enumerated().map { index, like in
          Tensor(
            bytes: UnsafeRawBufferPointer(run.bytes(ofState: index)),
            shape: like.shape.replacing(0, with: lanes),
            scalarType: like.scalarType)
        })
    }
    set {
      for (new, old) in zip(newValue.tensors, initial.tensors) {
        let shape = old.shape.replacing(0, with: lanes)
        demand(
          new.shape == shape && new.scalarType == old.scalarType,
          "Stepper: a state \(shape) of \(old.scalarType) cannot become \(new.shape) of \(new.scalarType)"
        )
      }
      if let run = ownRun() { run.write(newValue.tensors) } else { walked = newValue.detached }
    }
  }

  /// Calls `body` with the elements' bytes of one of the state's tensors, `[B, …]` in row-major order, without a copy.
  public func withUnsafeBytes<R>(
    ofState index: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) rethrows -> R {
    guard let run else { return try walked.tensors[index].withUnsafeBytes(body) }
    return try withExtendedLifetime(run) {
      try body(UnsafeRawBufferPointer(run.bytes(ofState: index)))
    }
  }

  /// Starts some lanes anew, each in 0..<B, from the state that the stepper was made with for its sequence.
  public mutating func reset(lanes chosen: some Sequence<Int>) {
    let chosen = Array(chosen)
    demand(
      chosen.allSatisfy { (0..<lanes).contains($0) },
      "Stepper: lanes \(chosen) of \(lanes) to be reset")
    if let run = ownRun() {
      run.write(initial.tensors, lanes: chosen)
    } else {
      walked = walked.resetting(
        lanes: chosen, to: initial.gatherRows(IndexTensor(sequences)))
    }
  }

  /// Each lane goes on from what another one was, and with what belongs to its sequence.
  ///
  /// - Parameters:
  ///   - parents: For each lane from now on whose state it takes, in 0..<B; at most ``capacity`` of them.
  ///   - count: How many of the state's tensors are taken over, from the first on; `nil` for all. The others mean nothing
  ///     until the next step, which must not read them: such as scores, of which there are many.
  public mutating func reorder(_ parents: [Int], moving count: Int? = nil) {
    demand(
      parents.count <= capacity && !parents.isEmpty
        && parents.allSatisfy { (0..<lanes).contains($0) },
      "Stepper: \(lanes) lanes to go on from \(parents)")
    if let run = ownRun() {
      run.reorder(parents, moving: count ?? stateCount)
    } else {
      walked = walked.gatherRows(IndexTensor(parents.map(Int32.init)))
      sequences = parents.map { sequences[$0] }
    }
    lanes = parents.count
  }

  /// Starts all lanes anew.
  public mutating func reset() { reset(lanes: 0..<lanes) }

  /// Whether the step runs by a plan.
  package var isPlanned: Bool { run != nil }

  /// Whether a part of the step is done once for lanes that go on from the same one.
  package var hasPredecessorStages: Bool { run?.hasPredecessorStages == true }
}
