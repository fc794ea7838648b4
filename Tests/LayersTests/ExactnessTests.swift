import CKernels
import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// A sequence's results have the same bits alone and in any company, in any order, layout and number of threads.
@Suite("Exactness", .serialized)
struct ExactnessTests {
  static let lengths = [0, 1, 15, 16, 17, 33, 0, 5]
  static let inputSize = 7

  /// One sequence's results, as bits.
  struct Bits: Equatable {
    var states: [[UInt32]]
    var last: [[UInt32]]
  }

  enum Kind: String, CaseIterable { case elman, gru, lstm, everything }

  /// Gives `body` a stack of two layers; 19 hidden units leave a remainder at every width of vectors.
  static func withStack(_ kind: Kind, _ body: (any StackRunner) -> Void) {
    func stack<C: RecurrentCell>(_ options: C.Options) -> RecurrentStack<C> {
      var generator = RandomGenerator(seed: 11)
      return RecurrentStack<C>(
        layers: 2, inputSize: inputSize, hiddenSize: 19, options: options,
        dropout: Dropout(0.3), weightDropout: 0.2, using: &generator)
    }
    switch kind {
    case .elman:
      var options = ElmanCell.Options()
      options.recurrentDropout = 0.2
      body(Runner(stack: stack(options) as RecurrentStack<ElmanCell>))
    case .gru:
      var options = GRUCell.Options()
      options.recurrentDropout = 0.2
      body(Runner(stack: stack(options) as RecurrentStack<GRUCell>))
    case .lstm:
      body(Runner(stack: stack(LSTMCell.Options()) as RecurrentStack<LSTMCell>))
    case .everything:
      var options = LSTMCell.Options()
      LSTMCellTests.set(&options, "coupled-layer-norm-peepholes-projection-zoneout")
      options.recurrentDropout = 0.2
      body(Runner(stack: stack(options) as RecurrentStack<LSTMCell>))
    }
  }

  protocol StackRunner {
    /// The results of some sequences of the test's set, by their numbers.
    func run(_ sequences: [Int], order: NodeOrder, randomness: Randomness?) -> [Int: Bits]
  }

  struct Runner<C: RecurrentCell>: StackRunner {
    let stack: RecurrentStack<C>

    func run(_ sequences: [Int], order: NodeOrder, randomness: Randomness?) -> [Int: Bits] {
      let lengths = sequences.map { ExactnessTests.lengths[$0] }
      let numbers = SequenceBatch(
        .zeros([lengths.reduce(0, +), 1]), lengths: lengths, order: order,
        identities: sequences.map(UInt64.init))
      let places = numbers.places
      let rows = places.sequences.indices.map { row in
        Tensor.scattered(
          [1, inputSize], seed: 1000 + 100 * places.sequences[row] + UInt64(places.steps[row]),
          scalarType: .float32)
      }
      let values = rows.isEmpty ? Tensor.zeros([0, inputSize]) : .concatenate(rows)
      let run = stack(numbers.replacing(values: values), randomness: randomness)
      func bits(_ tensor: Tensor, _ row: Int) -> [UInt32] {
        tensor.slice(row..<row + 1).floats.map(\.bitPattern)
      }
      var found: [Int: Bits] = [:]
      for (lane, sequence) in sequences.enumerated() {
        let own = places.sequences.indices.filter { places.sequences[$0] == UInt64(sequence) }
        found[sequence] = Bits(
          states: run.layers.flatMap { layer in
            layer.states.tensors.flatMap { tensor in own.map { bits(tensor, $0) } }
          },
          last: run.layers.flatMap { layer in layer.last.tensors.map { bits($0, lane) } })
      }
      return found
    }
  }

  @Test(arguments: Kind.allCases, [nil, Randomness(seed: 3)])
  func companyOrderLayoutAndThreadsDoNotShow(_ kind: Kind, _ randomness: Randomness?) {
    let size = unfold_team_size()
    defer { unfold_team_resize(size) }
    Self.withStack(kind) { stack in
      unfold_team_resize(1)
      let all = Array(Self.lengths.indices)
      let expected = stack.run(all, order: .sequenceMajor, randomness: randomness)
      #expect(expected[5]?.states.isEmpty == false)
      for threads: Int32 in [1, 2] {
        unfold_team_resize(threads)
        for order in NodeOrder.allCases {
          #expect(stack.run(all, order: order, randomness: randomness) == expected)
          #expect(stack.run(all.reversed(), order: order, randomness: randomness) == expected)
          for sequence in all {
            let alone = stack.run([sequence], order: order, randomness: randomness)
            #expect(alone[sequence] == expected[sequence], "sequence \(sequence) alone")
          }
          let some = stack.run([4, 0, 2], order: order, randomness: randomness)
          #expect(some == expected.filter { [4, 0, 2].contains($0.key) })
        }
      }
    }
  }

  @Test(arguments: [[], [0], [0, 6]])
  func withoutNodesThereAreEndsOnly(_ sequences: [Int]) {
    for kind in Kind.allCases {
      Self.withStack(kind) { stack in
        let found = stack.run(sequences, order: .stepMajor, randomness: Randomness(seed: 3))
        #expect(found.count == sequences.count)
        for bits in found.values {
          #expect(bits.states.isEmpty)
          #expect(bits.last.allSatisfy { $0.allSatisfy { $0 == 0 } })
        }
      }
    }
  }

  @Test func gradientsAreTheSameOnOneThreadAndTwo() {
    let size = unfold_team_size()
    defer { unfold_team_resize(size) }
    var generator = RandomGenerator(seed: 11)
    let stack = RecurrentStack<LSTMCell>(
      layers: 2, inputSize: 40, hiddenSize: 48, options: .init(), using: &generator)
    let lengths = [9, 0, 17, 30]
    let batch = SequenceBatch(
      .scattered([56, 40], seed: 4, scalarType: .float32), lengths: lengths)
    let found = [1, 2].map { (threads: Int32) -> [[UInt32]] in
      unfold_team_resize(threads)
      let (value, gradient) = valueWithGradient(at: stack) {
        $0(batch).output.values.squared().sum()
      }
      return [value.floats.map(\.bitPattern)]
        + gradient.parameters.map { $0.tensor.floats.map(\.bitPattern) }
    }
    #expect(found[0] == found[1])
  }
}
