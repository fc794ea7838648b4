import TwoTimescale
import Unfold

/// The adding problem: of a sequence of numbers two are marked, and their sum is asked for at the end.
///
/// Source: Hochreiter and Schmidhuber (1997), §5.4.
struct Adding {
  let length: Int
  let batch: Int
  private var generator: RandomGenerator

  init(length: Int, batch: Int, seed: UInt64) {
    self.length = length
    self.batch = batch
    generator = RandomGenerator(seed: seed)
  }

  /// New sequences, `[B·T, 2]`, one after the other: numbers in 0..<1 and marks; and the sums, `[B, 1]`.
  mutating func next() -> (sequences: Tensor, sums: Tensor) {
    var elements: [Double] = [], sums: [Double] = []
    for _ in 0..<batch {
      let numbers = (0..<length).map { _ in Double.random(in: 0..<1, using: &generator) }
      let first = Int.random(in: 0..<length / 2, using: &generator)
      let second = Int.random(in: length / 2..<length, using: &generator)
      for (step, number) in numbers.enumerated() {
        elements += [number, step == first || step == second ? 1 : 0]
      }
      sums.append(numbers[first] + numbers[second])
    }
    return (
      Tensor(elements, shape: [batch * length, 2], scalarType: .float32),
      Tensor(sums, shape: [batch, 1], scalarType: .float32)
    )
  }
}

/// The cell, and a sum read from its last state.
struct Adder: Module {
  var cell: TwoTimescaleCell
  var readout: Dense

  init(hiddenSize: Int, using generator: inout RandomGenerator) {
    cell = TwoTimescaleCell(inputSize: 2, hiddenSize: hiddenSize, using: &generator)
    readout = Dense(2 * hiddenSize, 1, using: &generator)
  }

  /// The mean squared error; 1/6 for one who always answers 1.
  func loss(_ sequences: Tensor, sums: Tensor, length: Int) -> Tensor {
    let lengths = Array(repeating: length, count: sums.shape[0])
    let run = unfold(cell, over: .chain(lengths), sequences)
    return (readout(run.last.output) - sums).squared().mean()
  }

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("cell", &cell)
    try visitor.child("readout", &readout)
  }
}

/// Trains an adder; returns its error on sequences it has not seen.
func trainAdder(
  hiddenSize: Int = 32, length: Int = 20, batch: Int = 32, steps: Int = 600,
  report: (_ step: Int, _ loss: Double) -> Void = { _, _ in }
) -> Double {
  var generator = RandomGenerator(seed: 1)
  var model = Adder(hiddenSize: hiddenSize, using: &generator)
  var optimizer = Optimizer(Adam())
  var data = Adding(length: length, batch: batch, seed: 2)
  for step in 1...steps {
    let (sequences, sums) = data.next()
    var (loss, gradient) = valueWithGradient(at: model) {
      $0.loss(sequences, sums: sums, length: length)
    }
    GradientClipping.globalNorm(limit: 1)(&gradient)
    optimizer.update(&model, gradient: gradient, learningRate: 5e-3)
    if step % 100 == 0 { report(step, loss.item) }
  }
  var unseen = Adding(length: length, batch: 500, seed: 3)
  let (sequences, sums) = unseen.next()
  return model.loss(sequences, sums: sums, length: length).item
}
