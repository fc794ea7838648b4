public import Tensors
public import Unfolding

/// Recurrent layers one above the other, with dropout between them (Goodfellow et al. 2016, §10.5, figure 10.13a).
///
/// Parameters have the names of PyTorch's stacked layers: `weight_ih_l0`, `weight_hh_l0`, `bias_ih_l0`, … `_l1`, ….
public struct RecurrentStack<C: RecurrentCell>: Module {
  /// The layers, from the input up.
  public var layers: [Recurrent<C>]
  /// Between the layers.
  public var dropout: Dropout
  /// The share of each hidden-to-hidden weight dropped while training, one mask for all steps of a call (DropConnect as
  /// in Merity, Keskar and Socher 2018, §3, <https://arxiv.org/abs/1708.02182>); in [0, 1).
  public var weightDropout: Double

  /// The states of all layers, from the input up.
  public typealias States = [C.State]

  /// Layers of fresh weights.
  public init(
    layers count: Int, inputSize: Int, hiddenSize: Int, options: C.Options,
    initializer: CellInitializer = .init(), dropout: Dropout = Dropout(0),
    weightDropout: Double = 0, using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demand(count >= 1, "RecurrentStack: needs at least one layer, got \(count)")
    demand(
      (0..<1).contains(weightDropout),
      "RecurrentStack: weight dropout must be in [0, 1), got \(weightDropout)")
    var layers: [Recurrent<C>] = []
    for _ in 0..<count {
      layers.append(
        Recurrent(
          C(
            inputSize: layers.last?.cell.outputSize ?? inputSize, hiddenSize: hiddenSize,
            options: options, initializer: initializer, using: &generator, scalarType: scalarType)))
    }
    self.layers = layers
    self.dropout = dropout
    self.weightDropout = weightDropout
  }

  /// The size of the uppermost layer's output.
  public var outputSize: Int { layers.last?.cell.outputSize ?? 0 }

  /// The states before the first step of each of `batch` sequences.
  public func initialStates(batch: Int) -> States {
    layers.map { $0.cell.initialState(batch: batch) }
  }

  /// Unfolds every layer over the one below.
  ///
  /// - Parameters:
  ///   - batch: Sequences, values `[N, D]`.
  ///   - states: Where each layer starts; `nil` means its initial state.
  ///   - randomness: For all dropout; `nil` in evaluation.
  /// - Returns: The uppermost layer's output as a batch, `[N, output size]`, and what each layer computed.
  public func callAsFunction(
    _ batch: SequenceBatch, from states: States? = nil, randomness: Randomness? = nil
  ) -> (output: SequenceBatch, layers: [Unfolded<C.State>]) {
    demand(
      states == nil || states?.count == layers.count,
      "RecurrentStack: \(layers.count) layers need as many states, got \(states?.count ?? 0)")
    var below = batch
    var unfolded: [Unfolded<C.State>] = []
    for (index, layer) in layers.enumerated() {
      let draws = randomness?.stream(UInt64(index))
      if index > 0 { below = dropout(below, randomness: draws?.stream(1)) }
      let run = layer.droppingWeights(weightDropout, draws?.stream(2))(
        below, from: states?[index], randomness: draws?.stream(3))
      below = below.replacing(values: run.output)
      unfolded.append(run)
    }
    return (below, unfolded)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    for index in layers.indices { try layers[index].visit(&visitor, suffix: "_l\(index)") }
  }
}

extension Recurrent {
  /// The layer with a share of its hidden-to-hidden weights dropped, the same for all steps of a call; as it is without
  /// randomness.
  func droppingWeights(_ share: Double, _ randomness: Randomness?) -> Recurrent<C> {
    guard share > 0, let randomness else { return self }
    var layer = self, first = 0
    layer.cell.updateRecurrentWeights { weight in
      let rows = weight.shape[0]
      weight =
        weight
        * Tensor.dropoutMask(
          key: randomness.key, sequences: (first..<first + rows).map(UInt64.init),
          steps: Array(repeating: 0, count: rows), columns: weight.shape[1], keep: 1 - share,
          scalarType: weight.scalarType)
      first += rows
    }
    return layer
  }
}
