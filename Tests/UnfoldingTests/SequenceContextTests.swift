import Tensors
import TestSupport
import Testing
import Unfolding

/// Rows of sequences in a step: both paths agree, for values and the gradients of what belongs to the sequences.
@Suite("rows of sequences")
struct SequenceContextTests {
  /// A step that reads rows of the last of its weights, `[B, …]`.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    /// Of a sequence's row.
    let shape: Shape
    var widths = [5]
    var weights: [Shape] = []
    let step: FunctionCell.Step

    func check(isPlanned: Bool = true, sourceLocation: SourceLocation = #_sourceLocation) {
      for type in [ScalarType.float32, .float64] {
        for lengths in [Unfoldable.few, Unfoldable.many] {
          for direction in Direction.allCases {
            let shapes = weights + [Shape([lengths.count] + shape.dimensions)]
            let parameters = shapes.enumerated().map { index, shape in
              Tensor.scattered(
                shape, seed: 100 + UInt64(index), in: -0.4...0.4, scalarType: type)
            }
            expectAgreement(
              parameters: parameters,
              over: Unfoldable(
                inputSize: 5, lengths: lengths, scalarType: type, direction: direction),
              isPlanned: isPlanned, testDescription, sourceLocation: sourceLocation
            ) { FunctionCell(widths: widths, scalarType: type, weights: $0, function: step) }
          }
        }
      }
    }
  }

  static let cases = [
    Case(testDescription: "added", shape: [5]) { x, s, w in
      [(x + s[0] + w[0].ofSequences).tanh()]
    },
    Case(testDescription: "gating the input alone", shape: [5], widths: [5, 5]) { x, s, w in
      let gated = (w[0].ofSequences * x).tanh()
      return [s[0] * 0.5 + gated, w[0].ofSequences.sigmoid() - s[1]]
    },
    Case(testDescription: "sliced and joined with the input", shape: [9], weights: [[5, 11]]) {
      x, s, w in
      let topic = w[1].ofSequences
      let joined = Tensor.concatenate([x, topic.slice(2..<8, axis: 1)], axis: 1)
      return [(joined.matmulTransposed(w[0]) + s[0] * topic.slice(0..<1, axis: 1)).tanh()]
    },
    Case(testDescription: "dot attention", shape: [7, 5]) { x, s, w in
      let memory = w[0].ofSequences, rows = memory.shape[0]
      let scores = memory.matmul(s[0].reshaped(to: [rows, 5, 1])).reshaped(to: [rows, 7])
      let weights = scores.softmax().reshaped(to: [rows, 1, 7])
      return [(x + weights.matmul(memory).reshaped(to: [rows, 5])).tanh()]
    },
    Case(
      testDescription: "additive attention", shape: [17, 6], widths: [5, 17],
      weights: [[5, 6], [6], [5, 6]]
    ) { x, s, w in
      let keys = w[3].ofSequences, rows = keys.shape[0]
      let query = s[0].matmul(w[0]).reshaped(to: [rows, 1, 6])
      let scores = ((keys + query + w[1]).tanh() * w[1]).sum(axis: 2, keepingAxis: true)
      let weights = scores.reshaped(to: [rows, 17]).softmax()
      let context = weights.reshaped(to: [rows, 17, 1]) * keys
      let attended = context.sum(axis: 1, keepingAxis: true).reshaped(to: [rows, 6])
      return [(x + attended.matmulTransposed(w[2]) + s[0] * 0.5).tanh(), s[1] * 0.5 + weights]
    },
    Case(testDescription: "of one position", shape: [1, 5], weights: [[5, 5]]) { x, s, w in
      let memory = w[1].ofSequences, rows = memory.shape[0]
      let query = s[0].matmul(w[0]).reshaped(to: [rows, 1, 5])
      return [
        x
          + ((memory + query).tanh() * memory).sum(axis: 1, keepingAxis: true)
          .reshaped(to: [rows, 5])
      ]
    },
  ]

  @Test(arguments: cases)
  func bothPathsAgree(_ step: Case) { step.check() }

  @Test func aTreeTakesTheReferencePath() throws {
    let tree = Structure.forest([try Tree(parents: [2, 2, -1])])
    let topic = Tensor.scattered([1, 5], seed: 3)
    struct Sum: RecursiveCell {
      let topic: Tensor
      func initialState(batch: Int) -> Tensor { .zeros([batch, 5], scalarType: .float64) }
      func step(_ input: Tensor, from children: [Tensor]) -> Tensor {
        children.reduce(input + topic.ofSequences, +)
      }
    }
    let inputs = Tensor.scattered([3, 5], seed: 4)
    let planned = unfold(Sum(topic: topic), over: tree, inputs)
    let reference = unfold(Sum(topic: topic), over: tree, inputs, by: .reference)
    expectClose(planned.states, reference.states, relative: 1e-12)
  }

  @Test func gradientsAreThoseOfFiniteDifferences() {
    let points = [
      Tensor.scattered([3, 4, 2], seed: 5), .scattered([2, 3], seed: 6),
      .scattered([6, 3], seed: 7),
    ]
    let states = { (points: [Tensor]) -> Tensor in
      let cell = FunctionCell(widths: [3], scalarType: .float64, weights: points) { x, s, w in
        let keys = w[0].ofSequences, rows = keys.shape[0]
        let query = s[0].matmulTransposed(w[1]).reshaped(to: [rows, 1, 2])
        let scores = (keys + query).tanh().sum(axis: 2, keepingAxis: true)
          .reshaped(to: [rows, 4]).softmax()
        let context = scores.reshaped(to: [rows, 1, 4]).matmul(keys).reshaped(to: [rows, 2])
        return [(x + s[0] + context.matmul(w[1])).tanh()]
      }
      return unfold(cell, over: .chain([2, 1, 3]), points[2]).states.output
    }
    checkGradient(at: points, of: states)
    checkSecondDerivative(at: points, of: states)
  }

  @Test(arguments: [1, 3])
  func aStepperHasTheSameBits(_ lanes: Int) {
    let cell = FunctionCell(
      widths: [5], scalarType: .float32,
      weights: [.scattered([lanes, 7, 5], seed: 8, scalarType: .float32)]
    ) { x, s, w in
      let memory = w[0].ofSequences, rows = memory.shape[0]
      let scores = memory.matmul(s[0].reshaped(to: [rows, 5, 1])).reshaped(to: [rows, 7])
      let weights = scores.softmax().reshaped(to: [rows, 1, 7])
      return [(x + weights.matmul(memory).reshaped(to: [rows, 5])).tanh()]
    }
    let inputs = Tensor.scattered([lanes * 4, 5], seed: 9, scalarType: .float32)
    let run = unfold(
      cell, over: .chain(Array(repeating: 4, count: lanes), order: .stepMajor), inputs)
    var stepper = Stepper(cell, inputSize: 5, lanes: lanes)
    #expect(stepper.isPlanned)
    for step in 0..<4 {
      let rows = step * lanes..<(step + 1) * lanes
      stepper.step(inputs.slice(rows))
      #expect(stepper.state.output.scalars == run.states.output.slice(rows).scalars)
    }
  }

  @Test func whatASequenceIsGivenDoesNotDependOnItsCompany() {
    let lengths = [4, 9, 0, 3]
    let memory = Tensor.scattered([4, 7, 5], seed: 10, scalarType: .float32)
    let inputs = Tensor.scattered([16, 5], seed: 11, scalarType: .float32)
    func run(_ sequences: [Int]) -> ([Float], [Float]) {
      let starts = [0, 4, 13, 13]
      let rows = sequences.flatMap { s in (starts[s]..<starts[s] + lengths[s]).map(Int32.init) }
      let points = [
        memory.gatherRows(IndexTensor(sequences.map(Int32.init))),
        inputs.gatherRows(IndexTensor(rows)),
      ]
      let (value, gradients) = valueWithGradient(at: points) { points in
        let cell = FunctionCell(widths: [5], scalarType: .float32, weights: [points[0]]) {
          x, s, w in
          let memory = w[0].ofSequences, rows = memory.shape[0]
          let scores = memory.matmul(s[0].reshaped(to: [rows, 5, 1])).reshaped(to: [rows, 7])
          let weights = scores.softmax().reshaped(to: [rows, 1, 7])
          return [(x + weights.matmul(memory).reshaped(to: [rows, 5])).tanh()]
        }
        return unfold(cell, over: .chain(sequences.map { lengths[$0] }), points[1]).states.output
          .sum()
      }
      _ = value
      return (
        gradients[0].slice(0..<1).scalars.map(Float.init),
        gradients[1].slice(0..<lengths[sequences[0]]).scalars.map(Float.init)
      )
    }
    let alone = run([1]), together = run([1, 0, 2, 3])
    #expect(alone.0 == together.0)
    #expect(alone.1 == together.1)
  }
}
