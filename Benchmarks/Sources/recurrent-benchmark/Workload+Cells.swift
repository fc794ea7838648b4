import Unfold

extension Workload {
  /// A layer with the options of PyTorch's: two biases. The layer-normalised cell is ours: W x and U h are normalised
  /// each by itself, which is more work than the normalised sum of the peers' loop.
  static func cell(_ kind: CellKind, _ shape: SequenceShape) -> Workload {
    let lengths = Array(repeating: shape.steps, count: shape.batch)
    switch kind {
    case .rnn:
      var options = ElmanCell.Options()
      options.biases = .two
      return layer(
        ElmanCell.self, options, lengths, inputs: shape.inputs, hidden: shape.hidden,
        hasInputGradient: true)
    case .gru:
      return layer(
        GRUCell.self, GRUCell.Options(), lengths, inputs: shape.inputs, hidden: shape.hidden,
        hasInputGradient: true)
    case .lstm, .layerNormLSTM:
      var options = LSTMCell.Options()
      options.biases = kind == .lstm ? .two : .one
      options.hasLayerNorm = kind == .layerNormLSTM
      return layer(
        LSTMCell.self, options, lengths, inputs: shape.inputs, hidden: shape.hidden,
        hasInputGradient: true)
    }
  }

  /// Lengths spread evenly from 5 to 100; no gradient for the inputs, as in the peers' packed sequences.
  static var ragged: Workload {
    var options = LSTMCell.Options()
    options.biases = .two
    let lengths = (0..<32).map { Int(5 + 95 * Double($0) / 31) }
    return layer(
      LSTMCell.self, options, lengths, inputs: 128, hidden: 256, hasInputGradient: false)
  }

  /// One layer; the loss is the sum of the outputs.
  private static func layer<C: RecurrentCell>(
    _ type: C.Type, _ options: C.Options, _ lengths: [Int], inputs: Int, hidden: Int,
    hasInputGradient: Bool
  ) -> Workload {
    var generator = RandomGenerator(seed: 1)
    let cell = C(
      inputSize: inputs, hiddenSize: hidden, options: options, initializer: CellInitializer(),
      using: &generator, scalarType: .float32)
    let layer = Recurrent(cell)
    let values = generator.normal([lengths.reduce(0, +), inputs])
    let isRagged = Set(lengths).count > 1
    let batch = SequenceBatch(
      values, lengths: lengths, order: isRagged ? .sequenceMajor : .stepMajor)
    let parameters = layer.parameters.map(\.tensor)
    // One step of one sequence is what a program does that is fed as it goes: its weights are packed once.
    var stepper = Stepper(cell, inputSize: inputs, lanes: lengths.count)
    let isStep = lengths == [1]
    return Workload(
      forward: {
        if isStep { stepper.step(values) } else { keep(layer(batch).output) }
      },
      train: {
        keep(
          valueWithGradient(at: parameters + (hasInputGradient ? [values] : [])) { tensors in
            let values = hasInputGradient ? tensors[parameters.count] : values
            let layer = layer.replacingParameters(Array(tensors.prefix(parameters.count)))
            return layer(batch.replacing(values: values)).output.sum()
          })
      })
  }
}
