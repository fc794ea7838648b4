package import Layers
package import Tensors
package import Unfolding

/// Recurrent layers of any cell, in one direction or two.
package protocol RecurrentLayer: Module {
  /// The output at every step, and where the walks of the uppermost layer end, `[B, outputs]`.
  func callAsFunction(_ batch: SequenceBatch) -> (output: SequenceBatch, ends: Tensor)

  /// Shows the layers, of whatever cell, to who can read them.
  func read<Reader: RecurrentLayerReader>(by reader: inout Reader) throws(Reader.Failure)
}

/// Reads recurrent layers of any cell.
package protocol RecurrentLayerReader {
  associatedtype Failure: Error
  /// Reads layers that are walked from the first step to the last.
  mutating func layer<C: RecurrentCell>(_ stack: RecurrentStack<C>) throws(Failure)
  /// Reads layers of two directions.
  mutating func layer<C: RecurrentCell>(
    _ stack: BidirectionalStack<C>, merge: LayerDescription.Recurrent.Merge
  ) throws(Failure)
}

/// Layers that are walked from the first step to the last.
private struct ForwardLayer<C: RecurrentCell>: RecurrentLayer {
  var stack: RecurrentStack<C>

  func callAsFunction(_ batch: SequenceBatch) -> (output: SequenceBatch, ends: Tensor) {
    let (output, layers) = stack(batch)
    guard let last = layers.last else { fatalError("ForwardLayer: no layers") }
    return (output, last.last.output)
  }

  func read<Reader: RecurrentLayerReader>(by reader: inout Reader) throws(Reader.Failure) {
    try reader.layer(stack)
  }

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try stack.visit(&visitor)
  }
}

/// Layers of two directions.
private struct TwoWayLayer<C: RecurrentCell>: RecurrentLayer {
  var stack: BidirectionalStack<C>
  let merge: LayerDescription.Recurrent.Merge

  func callAsFunction(_ batch: SequenceBatch) -> (output: SequenceBatch, ends: Tensor) {
    let (output, layers) = stack(batch)
    guard let last = layers.last else { fatalError("TwoWayLayer: no layers") }
    let (forward, backward) = (last.forward, last.backward)
    if merge == .concatenation { return (output, last.ends) }
    return (
      batch.replacing(values: merged(forward.output, backward.output)),
      merged(forward.last.output, backward.last.output)
    )
  }

  func read<Reader: RecurrentLayerReader>(by reader: inout Reader) throws(Reader.Failure) {
    try reader.layer(stack, merge: merge)
  }

  private func merged(_ forward: Tensor, _ backward: Tensor) -> Tensor {
    switch merge {
    case .concatenation: Tensor.concatenate([forward, backward], axis: 1)
    case .sum: forward + backward
    case .product: forward * backward
    case .mean: (forward + backward) / 2
    }
  }

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try stack.visit(&visitor)
  }
}

extension LayerDescription.Recurrent {
  /// The layer with weights of zero.
  var layer: any RecurrentLayer {
    let biases: Biases = [.none, .one, .two][self.biases]
    switch cell {
    case .rnn:
      var options = ElmanCell.Options()
      options.activation = activation
      options.biases = biases
      return layer(of: ElmanCell.self, options)
    case .lstm:
      var options = LSTMCell.Options()
      options.activation = activation
      options.gateActivation = gateActivation
      options.biases = biases
      options.projectionSize = projection
      return layer(of: LSTMCell.self, options)
    case .gru:
      var options = GRUCell.Options()
      options.activation = activation
      options.gateActivation = gateActivation
      options.biases = biases
      options.reset = reset == .before ? .before : .after
      return layer(of: GRUCell.self, options)
    }
  }

  private func layer<C: RecurrentCell>(
    of cell: C.Type, _ options: C.Options
  ) -> any RecurrentLayer {
    let zeros = CellInitializer(input: .zeros, recurrent: .zeros)
    var generator = RandomGenerator(seed: 0)
    if bidirectional {
      return TwoWayLayer<C>(
        stack: BidirectionalStack(
          layers: layers, inputSize: inputs, hiddenSize: hidden, options: options,
          initializer: zeros, using: &generator), merge: merge)
    }
    return ForwardLayer<C>(
      stack: RecurrentStack(
        layers: layers, inputSize: inputs, hiddenSize: hidden, options: options,
        initializer: zeros, using: &generator))
  }
}
