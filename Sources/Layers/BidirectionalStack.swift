public import Tensors
public import Unfolding

/// Bidirectional layers one above the other, with dropout between them: each reads both directions of the one below.
///
/// Parameters have the names of PyTorch's stacked layers: `weight_ih_l0`, …, `weight_ih_l0_reverse`, …, `weight_ih_l1`, ….
public struct BidirectionalStack<C: RecurrentCell>: Module {
  /// The layers, from the input up.
  public var layers: [Bidirectional<C>]
  /// Between the layers.
  public var dropout: Dropout
  /// The share of each hidden-to-hidden weight dropped while training, as in ``RecurrentStack/weightDropout``; in [0, 1).
  public var weightDropout: Double

  /// Layers of fresh weights; H is the size of each direction.
  public init(
    layers count: Int, inputSize: Int, hiddenSize: Int, options: C.Options,
    initializer: CellInitializer = .init(), dropout: Dropout = Dropout(0),
    weightDropout: Double = 0, using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) {
    demand(count >= 1, "BidirectionalStack: needs at least one layer, got \(count)")
    demandShare(weightDropout, "BidirectionalStack: weight dropout")
    var layers: [Bidirectional<C>] = []
    for _ in 0..<count {
      layers.append(
        Bidirectional(
          inputSize: layers.last?.outputSize ?? inputSize, hiddenSize: hiddenSize,
          options: options, initializer: initializer, using: &generator, scalarType: scalarType))
    }
    self.layers = layers
    self.dropout = dropout
    self.weightDropout = weightDropout
  }

  /// The size of the uppermost layer's output: both directions.
  public var outputSize: Int { layers.last?.outputSize ?? 0 }

  /// Unfolds every layer over the one below.
  ///
  /// - Parameters:
  ///   - batch: Sequences, values `[N, D]`.
  ///   - states: Where each layer's walks start; `nil` means their initial states.
  ///   - randomness: For all dropout; `nil` in evaluation.
  /// - Returns: The uppermost layer's output as a batch, `[N, output size]`, and what each layer computed.
  public func callAsFunction(
    _ batch: SequenceBatch, from states: [Bidirectional<C>.States]? = nil,
    randomness: Randomness? = nil
  ) -> (output: SequenceBatch, layers: [Bidirectional<C>.Result]) {
    demand(
      states == nil || states?.count == layers.count,
      "BidirectionalStack: \(layers.count) layers need as many states, got \(states?.count ?? 0)")
    var below = batch
    var unfolded: [Bidirectional<C>.Result] = []
    for (index, layer) in layers.enumerated() {
      let draws = randomness?.stream(UInt64(index))
      if index > 0 { below = dropout(below, randomness: draws?.stream(1)) }
      var layer = layer
      layer.forward = layer.forward.droppingWeights(weightDropout, draws?.stream(2))
      layer.backward = layer.backward.droppingWeights(weightDropout, draws?.stream(4))
      let run = layer(below, from: states?[index], randomness: draws?.stream(3))
      below = below.replacing(values: run.output)
      unfolded.append(run)
    }
    return (below, unfolded)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    for index in layers.indices { try layers[index].visit(&visitor, suffix: "_l\(index)") }
  }
}
