public import Datasets
internal import Layers
internal import Models
internal import Tensors
internal import Unfolding

extension TrainedModel {
  /// Lets the model write a piece, as it draws.
  ///
  /// - Parameters:
  ///   - length: The steps of the piece.
  ///   - temperature: What the scores are divided by: below 1 is safer, above 1 bolder; 0 takes a note that is more
  ///     probable than not.
  ///   - seed: Decides every draw.
  /// - Returns: The notes of every step.
  public func piece<C>(length: Int, temperature: Double, seed: UInt64) -> PianoRoll
  where Task == MusicTask<C> {
    guard case .oneWay(let stack) = model.encoder else { return PianoRoll(steps: []) }
    var draw = RandomGenerator(seed: seed)
    var states = stack.initialStates(batch: 1)
    var input = Tensor.zeros([1, artefacts.count])
    var steps: [[UInt8]] = []
    for _ in 0..<length {
      let (output, layers) = stack(SequenceBatch(input, lengths: [1]), from: states)
      states = layers.map(\.last)
      let scores = model.output(output.values).scalars
      let notes = scores.indices.filter { note in
        let z = scores[note]
        guard temperature > 0 else { return z > 0 }
        return draw.nextUniform() < 1 / (1 + exponential(-z / temperature))
      }
      input = Tensor(
        scores.indices.map { notes.contains($0) ? Float(1) : 0 }, shape: [1, artefacts.count])
      steps.append(notes.map { UInt8($0 + artefacts.lowestNote) })
    }
    return PianoRoll(steps: steps)
  }
}
