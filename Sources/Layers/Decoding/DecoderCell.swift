public import Tensors
public import Unfolding

/// A ``Decoder`` at work on some sequences: a cell like any other, whose context belongs to the sequences.
public struct DecoderCell<C: RecurrentCell>: Cell {
  let decoder: Decoder<C>
  let context: Decoder<C>.Context

  /// What is handed on from step to step: y(t), the layers' states, and what was looked at.
  public struct State: CellState {
    public let tensors: [Tensor]
    /// y(t), `[B, O]`.
    public var output: Tensor { tensors[0] }
    public init(tensors: [Tensor]) { self.tensors = tensors }
  }

  private var memory: AttentionMemory? {
    if case .memory(let memory) = context { memory } else { nil }
  }

  private var scalarType: ScalarType { decoder.readout.weight.scalarType }

  public func initialState(batch: Int) -> State {
    initialState(decoder.layers.map { $0.initialState(batch: batch) })
  }

  /// The state before the first step, by the layers' states, from the input up, tensors `[B, …]`.
  public func initialState(_ layers: [C.State]) -> State {
    let batch = context.count
    demand(
      layers.count == decoder.layers.count && layers.allSatisfy { $0.rowCount == batch },
      "DecoderCell: \(decoder.layers.count) layers and \(batch) sequences need as many states, got \(layers.map(\.rowCount))"
    )
    func zeros(_ columns: Int) -> Tensor { .zeros([batch, columns], scalarType: scalarType) }
    var tensors = [zeros(decoder.outputSize)] + layers.flatMap(\.tensors)
    if let memory, let attention = decoder.attention {
      tensors.append(zeros(memory.width))
      if attention.options.hasCoverage { tensors.append(zeros(memory.width)) }
      if case .monotonic = attention.options.window { tensors.append(zeros(1)) }
    }
    return State(tensors: tensors)
  }

  /// Where a state has the weights of its step, which sum to 1; `nil` without attention.
  public var weightsIndex: Int? {
    decoder.attention == nil ? nil : 1 + stateCounts.reduce(0, +)
  }

  /// The weights of a state's step, `[B, S]`; `nil` without attention.
  public func weights(of state: State) -> Tensor? { weightsIndex.map { state.tensors[$0] } }

  /// How many tensors the state of each layer has.
  private var stateCounts: [Int] {
    decoder.layers.map { $0.initialState(batch: 0).tensors.count }
  }

  private func layerStates(of state: State) -> [C.State] {
    var first = 1
    return stateCounts.map { count in
      defer { first += count }
      return C.State(tensors: Array(state.tensors[first..<first + count]))
    }
  }

  public func step(_ input: Tensor, from state: State) -> State {
    let before = layerStates(of: state)
    var seen: (weights: Tensor, found: Tensor, past: Attention.Past)?
    if decoder.attention?.options.query == .before {
      seen = look(before[before.count - 1].output, after: state)
    }
    var found = seen?.found
    if decoder.readsContext, case .vector(let vector) = context { found = vector.ofSequences }

    let fed = decoder.feedsOutput ? [state.output] : []
    var below = Tensor.joined([input] + (found.map { [$0] } ?? []) + fed)
    var after: [C.State] = []
    for (index, layer) in decoder.layers.enumerated() {
      if index > 0 { below = dropped(below, UInt64(index)) }
      // Layers draw masks of their own.
      after.append(
        StepDraws.part(UInt64(index)) { layer.step(below, from: before[index]) })
      below = after[index].output
    }

    let read = found == nil ? [] : [input]
    if decoder.attention?.options.query == .after {
      seen = look(below, after: state)
      found = seen?.found
    }
    let output = decoder.readout(Tensor.joined([below] + (found.map { [$0] } ?? []) + read)).tanh()
    var tensors = [output] + after.flatMap(\.tensors)
    if let seen {
      tensors.append(seen.weights)
      if let coverage = seen.past.coverage { tensors.append(coverage + seen.weights) }
      if let steps = seen.past.steps { tensors.append(steps + 1) }
    }
    return State(tensors: tensors)
  }

  /// Looks at the sequences at hand.
  private func look(_ query: Tensor, after state: State) -> (
    weights: Tensor, found: Tensor, past: Attention.Past
  )? {
    guard let attention = decoder.attention, let memory, var index = weightsIndex else {
      return nil
    }
    func next(_ isThere: Bool) -> Tensor? {
      guard isThere else { return nil }
      index += 1
      return state.tensors[index]
    }
    let weights = state.tensors[index]
    let coverage = next(attention.options.hasCoverage)
    let isCounted = if case .monotonic = attention.options.window { true } else { false }
    let past = Attention.Past(weights: weights, coverage: coverage, steps: next(isCounted))
    let (looked, found) = attention.look(query, in: memory.ofSequences, after: past)
    return (looked, found, past)
  }

  private func dropped(_ x: Tensor, _ layer: UInt64) -> Tensor {
    guard decoder.dropout > 0 else { return x }
    let mask = StepDraws.mask(
      0x6c61 + layer, columns: x.shape[1], keep: 1 - decoder.dropout, span: .step,
      scalarType: x.scalarType)
    return mask.map { x * $0 } ?? x
  }
}

extension Tensor {
  /// Columns side by side.
  fileprivate static func joined(_ parts: [Tensor]) -> Tensor {
    parts.count == 1 ? parts[0] : .concatenate(parts, axis: 1)
  }
}
