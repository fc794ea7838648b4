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
    Case(
      testDescription: "keys of which few fit in the cache", shape: [64, 32],
      weights: [[5, 32], [32, 1], [32, 5]]
    ) { x, s, w in
      let keys = w[3].ofSequences, rows = keys.shape[0]
      let query = s[0].matmul(w[0]).reshaped(to: [rows, 1, 32])
      let scores = (keys + query).tanh().matmul(w[1]).reshaped(to: [rows, 64])
      let found = scores.softmax().reshaped(to: [rows, 1, 64]).matmul(keys)
      return [(x + found.reshaped(to: [rows, 32]).matmul(w[2])).tanh()]
    },
    Case(testDescription: "times a weight", shape: [7], weights: [[5, 7], [5, 3]]) { x, s, w in
      let topic = w[2].ofSequences
      let part = topic.slice(2..<5, axis: 1).matmulTransposed(w[1])
      return [(x + topic.matmulTransposed(w[0]) + part + s[0]).tanh()]
    },
    Case(testDescription: "beside a linear recurrence", shape: [5], weights: [[5]]) { x, s, w in
      [s[0] * w[0].sigmoid() + (w[1].ofSequences * x).tanh()]
    },
    Case(testDescription: "handed on as it is", shape: [5], widths: [5, 5]) { x, s, w in
      [(x + s[1]).tanh(), w[0].ofSequences]
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

  /// A linear recurrence is a scan, which must not leave out what the sequence's rows are read for.
  @Test func noGradientOfTheSequencesIsAskedFor() {
    let topic = Tensor.scattered([3, 5], seed: 1), inputs = Tensor.scattered([6, 5], seed: 2)
    checkGradient(at: [inputs, .scattered([5], seed: 3)]) { points in
      let cell = FunctionCell(widths: [5], scalarType: .float64, weights: [points[1]]) { x, s, w in
        [s[0] * w[0].sigmoid() + (topic.ofSequences * x).tanh()]
      }
      return unfold(cell, over: .chain([2, 1, 3]), points[0]).states.output
    }
  }

  @Test(arguments: [1, 2000, 20_000])
  func aMemoryLimitChangesNothing(_ bytes: Int) {
    let step = Self.cases[4]
    func gradients(_ memory: MemoryLimit) -> [Tensor] {
      let shapes = step.weights + [Shape([4] + step.shape.dimensions), [31, 5]]
      let points = shapes.enumerated().map { Tensor.scattered($1, seed: 30 + UInt64($0)) }
      return valueWithGradient(at: points) { points in
        let cell = FunctionCell(
          widths: step.widths, scalarType: .float64, weights: Array(points.dropLast()),
          function: step.step)
        return unfold(
          cell, over: .chain([9, 0, 17, 5]), points[points.count - 1], memory: memory
        ).states.output.sum()
      }.gradients
    }
    for (limited, all) in zip(gradients(.limit(bytes: bytes)), gradients(.none)) {
      expectClose(limited, all, relative: 1e-10, absolute: 1e-12)
    }
  }

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

  /// A cell that a plan is made of, and one whose step mixes axes in a way that none is.
  static func remembering(_ topic: Tensor, isPlanned: Bool) -> FunctionCell {
    FunctionCell(widths: [4, 3], scalarType: .float32, weights: [topic]) { x, s, w in
      let h = (x + s[0] * 0.5 + w[0].ofSequences).tanh()
      let largest = h.reshaped(to: [x.shape[0], 2, 2]).max(axis: 1)
      let tail = isPlanned ? h.slice(0..<2, axis: 1) : largest
      return [h, Tensor.concatenate([tail, s[1].slice(0..<1, axis: 1) + 1], axis: 1)]
    }
  }

  @Test(arguments: [true, false])
  func lanesGoOnFromOthersWithTheirSequences(_ isPlanned: Bool) {
    let topic = Tensor.scattered([2, 4], seed: 1, scalarType: .float32)
    let inputs = (0..<4).map {
      Tensor.scattered([1, 4], seed: 2 + UInt64($0), scalarType: .float32)
    }
    func all(_ step: Int, _ lanes: Int) -> Tensor {
      .concatenate(Array(repeating: inputs[step], count: lanes))
    }
    let cell = Self.remembering(topic, isPlanned: isPlanned)
    var stepper = Stepper(cell, inputSize: 4, lanes: 2, capacity: 5)
    #expect(stepper.isPlanned == isPlanned)
    stepper.step(all(0, 2))
    stepper.reorder([1, 0, 1, 1])
    #expect(stepper.lanes == 4 && stepper.capacity == 5)
    let copy = stepper
    stepper.step(all(1, 4))
    stepper.reset(lanes: [2])
    stepper.step(all(2, 4))
    stepper.reorder([2, 1])
    stepper.step(all(3, 2))

    func alone(_ sequence: Int, _ steps: [Int]) -> [[Double]] {
      let cell = Self.remembering(topic.slice(sequence..<sequence + 1), isPlanned: isPlanned)
      var stepper = Stepper(cell, inputSize: 4, lanes: 1)
      for step in steps { stepper.step(inputs[step]) }
      return stepper.state.tensors.map(\.scalars)
    }
    func lane(_ lane: Int, of stepper: Stepper<FunctionCell>) -> [[Double]] {
      stepper.state.tensors.map { $0.slice(lane..<lane + 1).scalars }
    }
    #expect(lane(0, of: stepper) == alone(1, [2, 3]))
    #expect(lane(1, of: stepper) == alone(0, [0, 1, 2, 3]))
    // The copy went its own way.
    var other = copy
    other.step(all(3, 4))
    for place in 0..<4 { #expect(lane(place, of: other) == alone(place == 1 ? 0 : 1, [0, 3])) }
    other.reset()
    other.step(all(1, 4))
    #expect(lane(3, of: other) == alone(1, [1]))
  }

  @Test func steppersOfOtherSequencesShareTheirWeights() {
    let topics = [3, 5].map { Tensor.scattered([$0, 4], seed: UInt64($0), scalarType: .float32) }
    let x = Tensor.scattered([6, 4], seed: 9, scalarType: .float32)
    let weights = PreparedWeights()
    for precision in [ProductPrecision.full, .bfloat16, .full] {
      withProductPrecision(precision) {
        for topic in topics {
          let cell = Self.remembering(topic, isPlanned: true), lanes = topic.shape[0]
          var stepper = Stepper(cell, inputSize: 4, lanes: lanes, sharing: weights)
          var fresh = Stepper(cell, inputSize: 4, lanes: lanes)
          for _ in 0..<2 {
            stepper.step(x.slice(0..<lanes))
            fresh.step(x.slice(0..<lanes))
          }
          #expect(stepper.isPlanned)
          #expect(stepper.state.tensors.map(\.scalars) == fresh.state.tensors.map(\.scalars))
        }
      }
    }
    // Another step finds nothing of it.
    let other = FunctionCell(widths: [4, 3], scalarType: .float32, weights: []) { x, s, _ in
      [x + s[0], s[1]]
    }
    var stepper = Stepper(other, inputSize: 4, lanes: 3, sharing: weights)
    stepper.step(x.slice(0..<3))
    #expect(stepper.state.output.scalars == x.slice(0..<3).scalars)
  }

  @Test(
    "a large table's rows are computed ahead when as many have been stepped", arguments: [6, 9, 70])
  func aLargeTable(lanes: Int) throws {
    // 1,200 symbols of 1,024 columns are more than is computed at once.
    let table = Tensor.scattered([1200, 8], seed: 1, scalarType: .float32)
    let input = Tensor.scattered([8, 1024], seed: 2, scalarType: .float32)
    let back = Tensor.scattered([1024, 1024], seed: 3, scalarType: .float32)
    let topic = Tensor.scattered([3, 1024], seed: 4, scalarType: .float32)
    let cell = FunctionCell(
      widths: [1024], scalarType: .float32, weights: [input, back, topic]
    ) { x, s, w in
      [(x.matmul(w[0]) + (s[0] + w[2].ofSequences).matmul(w[1])).tanh()]
    }
    let weights = PreparedWeights()
    func run(_ weights: PreparedWeights) -> [Double] {
      var stepper = Stepper(cell, table: table, lanes: 3, capacity: lanes, sharing: weights)
      let parents = (0..<lanes).map { $0 % 3 }
      stepper.step(symbols: [7, 1199, 0])
      stepper.reorder(parents)
      for step in 0..<3 {
        stepper.step(symbols: (0..<lanes).map { Int32(($0 * 131 + step * 17) % 1200) })
      }
      return stepper.state.output.scalars
    }
    let before = run(weights)
    #expect(weights.steppedRows == 3 + 3 * lanes)
    #expect(run(weights) == before)
    weights.count(rows: 1200)
    #expect(run(weights) == before)
    #expect(weights.hasRowsAhead)
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
