public import Tensors

extension Tensor {
  /// In a cell's step: for each row of the step the row of its sequence, from a tensor that has one for every sequence.
  ///
  /// It is how a step looks at what belongs to the whole of its sequence: a vector that conditions every step, the
  /// encoded sentence that a decoder attends to.
  ///
  /// ```swift
  /// struct Conditioned: Cell {
  ///   let topic: Tensor  // [B, D]
  ///   func initialState(batch: Int) -> Tensor { .zeros([batch, topic.shape[1]]) }
  ///   func step(_ input: Tensor, from state: Tensor) -> Tensor {
  ///     (input + state + topic.ofSequences).tanh()
  ///   }
  /// }
  /// ```
  ///
  /// `[B, …]` gives `[rows, …]`. Only chains are planned with it, each sequence of which has a lane of its own. The
  /// gradient is the sum over a sequence's nodes. Outside of an unfolding, where a step is called by hand, rows are taken
  /// to be the sequences.
  public var ofSequences: Tensor {
    if let recorder = StepRecorder.current { return recorder.context(self) }
    return StepSequences.current.map { rows($0.numbers) } ?? self
  }
}

/// Which sequences the rows of a step belong to, while the reference path runs it.
struct StepSequences {
  @TaskLocal static var current: StepSequences?
  let numbers: [Int32]
}
