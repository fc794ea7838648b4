import TwoTimescale
import Unfold

extension Workload {
  /// A layer with the options of PyTorch's: two biases. The layer-normalised cell normalises the sum of both
  /// products, as the peers' loop does.
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
      options.layerNorm = kind == .layerNormLSTM ? .sum : .none
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

  /// A cell of one's own: the file that the example is built from.
  static func customCell(_ shape: SequenceShape) -> Workload {
    var generator = RandomGenerator(seed: 1)
    let cell = TwoTimescaleCell(
      inputSize: shape.inputs, hiddenSize: shape.hidden, using: &generator)
    return layer(
      cell, Array(repeating: shape.steps, count: shape.batch), inputs: shape.inputs,
      hasInputGradient: true, using: &generator)
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
    return layer(
      cell, lengths, inputs: inputs, hasInputGradient: hasInputGradient, using: &generator)
  }

  private static func layer<C: Cell & Module>(
    _ cell: C, _ lengths: [Int], inputs: Int, hasInputGradient: Bool,
    using generator: inout RandomGenerator
  ) -> Workload {
    let values = generator.normal([lengths.reduce(0, +), inputs])
    let isRagged = Set(lengths).count > 1
    let batch = SequenceBatch(
      values, lengths: lengths, order: isRagged ? .sequenceMajor : .stepMajor)
    let parameters = cell.parameters.map(\.tensor)
    // One step of one sequence is what a program does that is fed as it goes: its weights are packed once.
    var stepper = lengths == [1] ? Stepper(cell, inputSize: inputs, lanes: 1) : nil
    return Workload(
      forward: {
        if stepper == nil {
          keep(unfold(cell, over: batch.chain(), batch.values).output)
        } else {
          stepper?.step(values)
        }
      },
      train: {
        keep(
          valueWithGradient(at: parameters + (hasInputGradient ? [values] : [])) { tensors in
            let values = hasInputGradient ? tensors[parameters.count] : values
            let cell = cell.replacingParameters(Array(tensors.prefix(parameters.count)))
            return unfold(cell, over: batch.chain(), values).output.sum()
          })
      })
  }
}
