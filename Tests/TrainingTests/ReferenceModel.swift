import Layers
import Tensors
import TestSupport
import Unfolding

/// The language model of the fixtures: V = 7, E = 3, two LSTM layers of H = 4.
struct ReferenceModel: Module {
  var embedding: Embedding
  var lstm: RecurrentStack<LSTMCell>
  var linear: Dense

  init(scalarType: ScalarType = .float64, seed: UInt64 = 1) {
    var generator = RandomGenerator(seed: seed)
    var options = LSTMCell.Options()
    options.biases = .two
    embedding = Embedding(7, 3, using: &generator, scalarType: scalarType)
    lstm = RecurrentStack(
      layers: 2, inputSize: 3, hiddenSize: 4, options: options, using: &generator,
      scalarType: scalarType)
    linear = Dense(4, 7, using: &generator, scalarType: scalarType)
  }

  /// The model with the parameters that a fixture holds under `prefix` and their names.
  init(_ fixture: Fixture, prefix: String = "") throws {
    self.init()
    let found = try parameters.map { try fixture.tensor(prefix + $0.name) }
    self = replacingParameters(found)
  }

  /// The mean cross-entropy of a batch `[B, T]` of equally long sequences.
  func loss(_ inputs: IndexTensor, _ targets: IndexTensor) -> Tensor {
    let batch = SequenceBatch(
      embedding(IndexTensor(inputs.elements)),
      lengths: Array(repeating: inputs.shape[1], count: inputs.shape[0]))
    return linear(lstm(batch).output.values).crossEntropy(IndexTensor(targets.elements)).mean()
  }

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("embedding", &embedding)
    try visitor.child("lstm", &lstm)
    try visitor.child("linear", &linear)
  }
}

/// The elements' bits of all parameters, one after the other.
func bits<M: Module>(_ model: M) -> [UInt8] {
  model.parameters.flatMap { $0.tensor.withUnsafeBytes { Array($0) } }
}
