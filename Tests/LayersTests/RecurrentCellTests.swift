import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Zoneout and recurrent dropout, which a cell does while it is unfolded in training.
@Suite("RecurrentCell")
struct RecurrentCellTests {
  static let randomness = Randomness(seed: 12)

  /// The same cell with and without zoneout.
  static func zoneout(_ rate: Double) -> LSTMCell {
    CellCase<LSTMCell>("zoneout") {
      $0.hiddenZoneout = rate
      $0.cellZoneout = rate
    }.cell(hiddenSize: 40)
  }

  @Test func inTrainingZoneoutKeepsAUnitOrReplacesItWhole() {
    let lanes = 100, rate = 0.3
    let batch = SequenceBatch(
      .scattered([lanes, 2]), lengths: Array(repeating: 1, count: lanes))
    let start = LSTMCell.State(
      hidden: .scattered([lanes, 40], seed: 2), cell: .scattered([lanes, 40], seed: 3))
    let new = Recurrent(Self.zoneout(0))(batch, from: start).last
    let found = Recurrent(Self.zoneout(rate))(batch, from: start, randomness: Self.randomness).last
    var kept: [[Bool]] = []
    for part in 0..<2 {
      let (old, made) = (start.tensors[part].scalars, new.tensors[part].scalars)
      let mixed = found.tensors[part].scalars
      kept.append(mixed.indices.map { mixed[$0] == old[$0] })
      #expect(mixed.indices.allSatisfy { mixed[$0] == old[$0] || mixed[$0] == made[$0] })
      #expect(abs(Double(kept[part].count { $0 }) / 4000 - rate) < 0.03)
    }
    // Output and memory are kept independently: both with probability rate².
    let both = zip(kept[0], kept[1]).count { $0 && $1 }
    #expect(abs(Double(both) / 4000 - rate * rate) < 0.02)
  }

  @Test func inEvaluationZoneoutIsItsOwnMean() {
    let lanes = 3, rate = 0.3
    let batch = SequenceBatch(
      .scattered([lanes, 2]), lengths: Array(repeating: 1, count: lanes))
    let start = LSTMCell.State(
      hidden: .scattered([lanes, 40], seed: 2), cell: .scattered([lanes, 40], seed: 3))
    let found = Recurrent(Self.zoneout(rate))(batch, from: start).last
    let draws = 3000
    var sums = found.tensors.map { Tensor.zeros($0.shape, scalarType: .float64) }
    for step in 0..<draws {
      let drawn = Recurrent(Self.zoneout(rate))(
        batch, from: start, randomness: Randomness(seed: 1, step: UInt64(step))
      ).last
      for part in 0..<2 { sums[part] += drawn.tensors[part] }
    }
    for part in 0..<2 {
      // A difference of at most 2 between old and new, 3,000 draws: five deviations are 0.084.
      expectClose(
        sums[part] / Double(draws), found.tensors[part], relative: 0, absolute: 0.084)
    }
  }

  /// h′ = m ⊙ h: W is the identity, nothing comes from the input.
  static func masking(_ rate: Double) -> Recurrent<ElmanCell> {
    var cell = CellCase<ElmanCell>("masking") {
      $0.activation = .identity
      $0.biases = .none
      $0.recurrentDropout = rate
    }.cell(hiddenSize: 60)
    cell.inputWeight = .zeros([60, 2], scalarType: .float64)
    cell.recurrentWeight = .identity(60, scalarType: .float64)
    return Recurrent(cell)
  }

  static func zeros(_ lengths: [Int]) -> SequenceBatch {
    SequenceBatch(
      .zeros([lengths.reduce(0, +), 2], scalarType: .float64), lengths: lengths,
      identities: lengths.map(UInt64.init))
  }

  static func ones(_ lanes: Int) -> HiddenState {
    HiddenState(hidden: .ones([lanes, 60], scalarType: .float64))
  }

  @Test func recurrentDropoutUsesOneMaskForAllStepsOfASequence() {
    let run = Self.masking(0.5)(
      Self.zeros([3, 2]), from: Self.ones(2), randomness: Self.randomness)
    let rows = (0..<5).map { run.output.slice($0..<$0 + 1).scalars }
    #expect(Set(rows[0]) == [0, 2])
    // The same units survive, doubled again at each step.
    #expect(rows[1] == rows[0].map { $0 * 2 })
    #expect(rows[2] == rows[0].map { $0 * 4 })
    #expect(rows[3] != rows[0])
    let alone = Self.masking(0.5)(
      Self.zeros([2]), from: Self.ones(1), randomness: Self.randomness)
    #expect(alone.output.scalars == rows[3] + rows[4])
  }

  @Test func recurrentDropoutKeepsTheMeanAndRestsInEvaluation() {
    let lanes = 300
    let batch = Self.zeros(Array(repeating: 1, count: lanes))
    let named = SequenceBatch(batch.values, lengths: batch.lengths)
    let run = Self.masking(0.25)(
      named, from: Self.ones(lanes), randomness: Self.randomness)
    #expect(abs(run.output.mean().item - 1) < 0.03)
    #expect(abs(Double(run.output.scalars.count { $0 == 0 }) / 18_000 - 0.25) < 0.02)
    #expect(
      Self.masking(0.25)(named, from: Self.ones(lanes)).output.scalars.allSatisfy { $0 == 1 })
  }

  @Test func theGradientFlowsThroughTheUnitsThatAreKept() {
    let batch = Self.zeros([1])
    let run = Self.masking(0.5)(batch, from: Self.ones(1), randomness: Self.randomness)
    let (_, gradient) = valueWithGradient(at: Self.ones(1).hidden) {
      Self.masking(0.5)(
        batch, from: HiddenState(hidden: $0), randomness: Self.randomness
      ).output.sum()
    }
    #expect(gradient.scalars == run.output.scalars)
  }

  @Test(arguments: ["elman", "gru", "lstm"])
  func derivativesAreThoseOfFiniteDifferencesInTrainingToo(_ name: String) {
    switch name {
    case "elman":
      CellCase<ElmanCell>(name) { $0.recurrentDropout = 0.4 }
        .checkDerivatives(randomness: Self.randomness)
    case "gru":
      CellCase<GRUCell>(name) { $0.recurrentDropout = 0.4 }
        .checkDerivatives(randomness: Self.randomness)
    default:
      CellCase<LSTMCell>(name) {
        $0.recurrentDropout = 0.4
        $0.cellZoneout = 0.3
        $0.hiddenZoneout = 0.2
      }.checkDerivatives(randomness: Self.randomness)
    }
  }

  @Test func aRecurrentDropoutOfOneTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrentCellTests.masking(1)
    }
    expectMessage(exit, "ElmanCell: recurrent dropout must be in [0, 1), got 1.0")
  }

  @Test func aNegativeZoneoutTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = RecurrentCellTests.zoneout(-0.1)
    }
    expectMessage(exit, "LSTMCell: hidden zoneout must be in [0, 1), got -0.1")
  }
}
