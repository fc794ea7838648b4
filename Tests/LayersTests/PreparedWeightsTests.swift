import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Unfoldings that find packed weights have the bits of those that pack them.
@Suite("Prepared weights")
struct PreparedWeightsTests {
  static func layer<C: RecurrentCell>(
    _ cell: C.Type, _ options: C.Options, seed: UInt64, _ scalarType: ScalarType
  ) -> Bidirectional<C> {
    var generator = RandomGenerator(seed: seed)
    return Bidirectional(
      inputSize: 9, hiddenSize: 17, options: options, using: &generator, scalarType: scalarType)
  }

  static func batch(_ lengths: [Int], _ scalarType: ScalarType) -> SequenceBatch {
    SequenceBatch(
      .scattered([lengths.reduce(0, +), 9], seed: 3, scalarType: scalarType), lengths: lengths)
  }

  /// One row of nodes, as many as a product by packed weights takes, one more, and far more.
  static let lengths = [[1], [15], [5, 0, 12], [128], [129], Array(repeating: 17, count: 20)]

  @Test(arguments: ScalarType.allCases, ProductPrecision.allCases)
  func unfoldingsHaveTheSameBits(_ scalarType: ScalarType, _ precision: ProductPrecision) {
    func check<C: RecurrentCell>(_ cell: C.Type, _ options: C.Options) {
      let weights = PreparedWeights()
      // The second layer's weights are others, the third's are the first's in another place.
      for seed in [1, 2, 1] as [UInt64] {
        let layer = Self.layer(cell, options, seed: seed, scalarType)
        for lengths in Self.lengths {
          let batch = Self.batch(lengths, scalarType)
          let fresh = layer(batch)
          let found = weights.use { layer(batch) }
          #expect(found.output.scalars == fresh.output.scalars)
          #expect(found.ends.scalars == fresh.ends.scalars)
        }
      }
      #expect(weights.planCount > 0)
      let known = weights.planCount
      _ = weights.use {
        Self.layer(cell, options, seed: 1, scalarType)(Self.batch([15], scalarType))
      }
      #expect(weights.planCount == known)
    }
    withProductPrecision(precision) {
      check(GRUCell.self, .init())
      check(LSTMCell.self, .init())
    }
  }

  @Test func gradientsAreTakenWithoutThem() {
    let layer = Self.layer(GRUCell.self, .init(), seed: 1, .float64)
    let batch = Self.batch([5, 3], .float64), weights = PreparedWeights()
    func gradients() -> [[Double]] {
      valueWithGradient(at: layer.parameters.map(\.tensor)) { parameters in
        layer.replacingParameters(parameters)(batch).output.squared().sum()
      }.gradients.map(\.scalars)
    }
    let plain = gradients()
    #expect(weights.use { gradients() } == plain)
    #expect(weights.planCount == 0)
  }

  @Test func weightsAreForgottenAndNeverTakenForOthers() {
    // Four tensors a layer besides the biases, which are all zeros: more than 256 in all, from both walks at once.
    let weights = PreparedWeights(), batch = Self.batch([7, 2], .float32)
    let layers = (0..<90).map { Self.layer(GRUCell.self, .init(), seed: UInt64($0), .float32) }
    let fresh = layers.map { $0(batch).output.scalars }
    for index in layers.indices + layers.indices.reversed() {
      #expect(weights.use { layers[index](batch).output.scalars } == fresh[index])
    }
    #expect(weights.planCount <= 64)
  }

  @Test func noNodesAndFewBytesAreNoExceptions() {
    let layer = Self.layer(LSTMCell.self, .init(), seed: 1, .float32), weights = PreparedWeights()
    #expect(weights.use { layer(Self.batch([0], .float32)).output.scalars } == [])
    let batch = Self.batch([40, 11], .float32), cell = layer.forward.cell
    func outputs(_ memory: MemoryLimit) -> [Double] {
      unfold(cell, over: batch.chain(), batch.values, memory: memory).output.scalars
    }
    let whole = outputs(.none)
    #expect(weights.use { outputs(.limit(bytes: 2000)) } == whole)
    #expect(weights.use { outputs(.none) } == whole)
  }

  @Test func aStepIsPlannedOnceForAllSequences() {
    var generator = RandomGenerator(seed: 1)
    let cell = GRUCell(inputSize: 9, hiddenSize: 17, using: &generator)
    let other = GRUCell(inputSize: 9, hiddenSize: 17, using: &generator)
    let weights = PreparedWeights()
    func run(_ cell: GRUCell, lanes: Int, _ weights: PreparedWeights) -> [Double] {
      var stepper = Stepper(cell, inputSize: 9, lanes: lanes, sharing: weights)
      for seed in 1...3 {
        stepper.step(.scattered([lanes, 9], seed: UInt64(seed), scalarType: .float32))
      }
      return stepper.state.output.scalars
    }
    for (cell, lanes, count) in [
      (cell, 1, 1), (cell, 1, 1), (cell, 3, 2), (other, 1, 3), (cell, 3, 3),
    ] {
      #expect(run(cell, lanes: lanes, weights) == run(cell, lanes: lanes, PreparedWeights()))
      #expect(weights.stepCount == count)
    }
    // Made without end, the first are forgotten.
    for lanes in 1...70 { _ = run(cell, lanes: lanes, weights) }
    #expect(weights.stepCount <= 64)
    #expect(run(cell, lanes: 1, weights) == run(cell, lanes: 1, PreparedWeights()))
  }
}
