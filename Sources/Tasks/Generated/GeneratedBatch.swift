internal import Configuration
internal import Datasets
internal import Layers
internal import Models
internal import Tensors
internal import Unfolding

/// Sequences of a problem and what should be said of them: a function of a generator.
enum GeneratedBatch: Sendable {
  case adding(AddingProblem.Examples, length: Int)
  case copyMemory(CopyMemory.Examples, length: Int)

  /// Draws `count` sequences.
  init(
    _ data: GeneratedConfiguration.Data, count: Int, using generator: inout RandomGenerator
  ) {
    switch data.problem {
    case .adding:
      let problem = AddingProblem(length: data.length)
      self = .adding(problem.examples(count, using: &generator), length: data.length)
    case .copyMemory:
      let problem = CopyMemory(delay: data.length)
      self = .copyMemory(problem.examples(count, using: &generator), length: problem.length)
    }
  }

  /// What a loss is a mean of: the sequences to add, the steps to copy.
  var size: Int {
    switch self {
    case .adding(let examples, _): examples.targets.count
    case .copyMemory(let examples, _): examples.targets.count
    }
  }

  /// The squared error of each sum, `[B]`, or −ln p of what should be said at each step, `[N]`.
  func losses<C: RecurrentCell>(
    by model: SequenceModel<C>, identities: [UInt64]? = nil, randomness: Randomness? = nil
  ) -> Tensor {
    switch self {
    case .adding(let examples, let length):
      let count = examples.targets.count
      let batch = SequenceBatch(
        Tensor(examples.inputs, shape: [count * length, 2]),
        lengths: Array(repeating: length, count: count), identities: identities)
      let error =
        model(batch, randomness: randomness).reshaped(to: [count])
        - Tensor(examples.targets, shape: [count])
      return error.squared()
    case .copyMemory(let examples, let length):
      let batch = model.vectors(
        of: examples.inputs,
        lengths: Array(repeating: length, count: examples.inputs.count / length),
        identities: identities)
      return model(batch, randomness: randomness).crossEntropy(IndexTensor(examples.targets))
    }
  }
}
