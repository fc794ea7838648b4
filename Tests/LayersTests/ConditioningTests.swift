import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// A sequence that is written given something else: a vector at every step, at the start or both (Goodfellow et al. 2016,
/// figure 10.9), or another sequence with what was written last (figure 10.10).
@Suite("conditioning")
struct ConditioningTests {
  static let lengths = [3, 0, 17, 1]

  static func decoder(readsContext: Bool, feedsOutput: Bool = false) -> Decoder<ElmanCell> {
    var options = Decoder<ElmanCell>.Options(hiddenSize: 5, outputSize: 4, cell: .init())
    options.readsContext = readsContext
    options.feedsOutput = feedsOutput
    var generator = RandomGenerator(seed: 1)
    let decoder = Decoder<ElmanCell>(
      inputSize: 3, contextSize: 2, options, using: &generator, scalarType: .float64)
    // Biases too are numbers that tell them apart.
    return decoder.replacingParameters(
      decoder.parameters.enumerated().map { number, parameter in
        .scattered(parameter.tensor.shape, seed: 10 + UInt64(number), in: -0.5...0.5)
      })
  }

  static func parameter(_ decoder: Decoder<ElmanCell>, _ name: String) -> Tensor {
    decoder.parameters.first { $0.name == name }?.tensor ?? .zeros([0], scalarType: .float64)
  }

  @Test(arguments: [true, false], [true, false])
  func aVectorIsReadAtEachStepAtTheStartOrBoth(_ atEachStep: Bool, _ atTheStart: Bool) {
    let decoder = Self.decoder(readsContext: atEachStep)
    let vector = Tensor.scattered([4, 2], seed: 3), x = Tensor.scattered([21, 3], seed: 4)
    let start =
      atTheStart ? Tensor.scattered([4, 5], seed: 5) : .zeros([4, 5], scalarType: .float64)
    let cell = decoder.cell(of: .vector(vector))
    let run = unfold(
      cell, over: .chain(Self.lengths), x,
      from: cell.initialState([ElmanCell.State(hidden: start)]))
    #expect(run.output.scalars.count == 84)

    // h(t) = tanh(W x(t) + R c + b + U h(t−1)); y(t) = tanh(V h(t) + P c + Q x(t) + d).
    let weight = Self.parameter(decoder, "weight_ih_l0")
    let readout = Self.parameter(decoder, "readout.weight")
    var row = 0, expected: [Tensor] = []
    for (sequence, length) in Self.lengths.enumerated() {
      let c = vector.slice(sequence..<sequence + 1)
      var h = start.slice(sequence..<sequence + 1)
      for _ in 0..<length {
        let input = x.slice(row..<row + 1)
        var sum =
          input.matmulTransposed(weight.slice(0..<3, axis: 1))
          + Self.parameter(decoder, "bias_ih_l0")
          + h.matmulTransposed(Self.parameter(decoder, "weight_hh_l0"))
        if atEachStep { sum = sum + c.matmulTransposed(weight.slice(3..<5, axis: 1)) }
        h = sum.tanh()
        let read = atEachStep ? [h, c, input] : [h]
        expected.append(
          (Tensor.concatenate(read, axis: 1).matmulTransposed(readout)
            + Self.parameter(decoder, "readout.bias")).tanh())
        row += 1
      }
    }
    expectClose(run.output.detached, .concatenate(expected), relative: 1e-11)
  }

  @Test func gradientsOfVectorsAndStartsAreThoseOfFiniteDifferences() {
    let decoder = Self.decoder(readsContext: true, feedsOutput: true)
    let points =
      decoder.parameters.map(\.tensor)
      + [.scattered([3, 2], seed: 6), .scattered([3, 5], seed: 7), .scattered([4, 3], seed: 8)]
    checkGradient(at: points) { points in
      let decoder = decoder.replacingParameters(Array(points.dropLast(3)))
      let cell = decoder.cell(of: .vector(points[points.count - 3]))
      return unfold(
        cell, over: .chain([2, 0, 2]), points[points.count - 1],
        from: cell.initialState([ElmanCell.State(hidden: points[points.count - 2])])
      ).output
    }
  }

  /// With y fed back the y's are not independent of one another given the x's: reading other y's changes those after.
  @Test func aSequenceIsReadWithWhatWasWrittenLast() {
    var generator = RandomGenerator(seed: 2)
    let cell = GRUCell(
      inputSize: 3 + 2, hiddenSize: 4, options: .init(), initializer: .init(), using: &generator,
      scalarType: .float32)
    let vectors = Tensor.scattered([6, 2], seed: 9, scalarType: .float32)
    let x = Tensor.scattered([7, 3], seed: 10, scalarType: .float32)
    let output = Tensor.scattered([6, 4], seed: 11, scalarType: .float32)
    // Run by its own y's, one step at a time …
    var stepper = Stepper(cell, inputSize: 5, lanes: 1)
    var written: [Int32] = [0]
    for step in 0..<7 {
      stepper.step(
        .concatenate(
          [x.slice(step..<step + 1), vectors.gatherRows(IndexTensor([written[step]]))], axis: 1))
      written += stepper.state.output.matmulTransposed(output).argmax().elements
    }
    // … and all at once by the same, as true ones are read in training.
    func states(_ read: [Int32]) -> [Double] {
      unfold(
        cell, over: .chain([7]),
        .concatenate([x, vectors.gatherRows(IndexTensor(read))], axis: 1)
      ).output.scalars
    }
    let forced = states(Array(written.dropLast()))
    #expect(Array(forced.suffix(4)) == stepper.state.output.scalars)
    var other = Array(written.dropLast())
    other[2] = (other[2] + 1) % 6
    let changed = states(other)
    #expect(Array(changed.prefix(8)) == Array(forced.prefix(8)))
    #expect(zip(changed.dropFirst(8), forced.dropFirst(8)).allSatisfy { $0 != $1 })
  }

  @Test func everyParameterOfADecoderIsVisited() {
    checkParameters(Self.decoder(readsContext: true, feedsOutput: true))
    var options = Decoder<LSTMCell>.Options(hiddenSize: 5, outputSize: 4, cell: .init())
    options.layers = 2
    var attention = AttentionOptions()
    attention.hasCoverage = true
    attention.locationRadius = 2
    attention.window = .predictive(halfWidth: 3)
    options.attention = attention
    var generator = RandomGenerator(seed: 1)
    checkParameters(
      Decoder<LSTMCell>(inputSize: 3, contextSize: 2, options, using: &generator))
  }
}
