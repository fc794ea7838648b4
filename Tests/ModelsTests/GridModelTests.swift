import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("GridModel")
struct GridModelTests {
  typealias Model = GridModel<GRUCell>

  /// Patches of 3 numbers on a grid of 4 × 6, two levels of H = 2, F = 5, K = 3.
  static func model(isSweeping: Bool, scalarType: ScalarType = .float64, dropout: Double = 0)
    -> Model
  {
    var options = Model.Options(
      size: GridSize(rows: 4, columns: 6), inputSize: 3, patch: 2, hiddenSize: 2, cell: .init(),
      denseSize: 5, classCount: 3)
    options.levels = 2
    options.isSweeping = isSweeping
    options.dropout = Dropout(dropout)
    var generator = RandomGenerator(seed: 6)
    return Model(options, using: &generator, scalarType: scalarType)
  }

  /// Two images.
  static func batch(_ scalarType: ScalarType = .float64) -> SequenceBatch {
    SequenceBatch(
      RandomValues.tensor([48, 3], seed: 9, scalarType: scalarType), lengths: [24, 24],
      identities: [5, 3])
  }

  @Test("gradients match finite differences", arguments: [false, true])
  func gradients(isSweeping: Bool) {
    let model = Self.model(isSweeping: isSweeping)
    checkGradient(at: model.parameters.map(\.tensor)) {
      model.replacingParameters($0)(Self.batch())
    }
    #expect(model.summary.parameterCount == model.parameterCount)
    let names = model.parameters.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(
      names.contains(
        isSweeping ? "level_1.columns.weight_hh_reverse" : "level_1.bottomRight.weight_ih"))
  }

  @Test("an image has the same bits in any company", arguments: [false, true])
  func company(isSweeping: Bool) {
    let model = Self.model(isSweeping: isSweeping, scalarType: .float32, dropout: 0.3)
    let whole = Self.batch(.float32)
    let alone = SequenceBatch(whole.values.slice(24..<48), lengths: [24], identities: [3])
    for randomness in [nil, Randomness(seed: 2)] {
      let (all, one) = (model(whole, randomness: randomness), model(alone, randomness: randomness))
      #expect(all.shape == [2, 3])
      #expect(all.slice(1..<2).scalars == one.scalars)
    }
  }

  @Test("every patch matters to every class", arguments: [false, true])
  func everyPatch(isSweeping: Bool) {
    let model = Self.model(isSweeping: isSweeping)
    let values = Self.batch().values
    let (_, gradient) = valueWithGradient(at: values) {
      model(Self.batch().replacing(values: $0)).squared().sum()
    }
    #expect(gradient.scalars.allSatisfy { $0 != 0 })
  }

  /// Columns are swept as rows are: a model whose two sweeps change places sees the transposed image alike.
  @Test func sweepsFollowRowsAndThenColumns() {
    var options = Model.Options(
      size: GridSize(rows: 3, columns: 4), inputSize: 2, patch: 1, hiddenSize: 2, cell: .init(),
      denseSize: 4, classCount: 2)
    options.isSweeping = true
    var generator = RandomGenerator(seed: 6)
    let model = Model(options, using: &generator, scalarType: .float64)
    guard case .sweeps(let rows, let columns) = model.levels[0] else {
      Issue.record("no sweeps")
      return
    }
    let values = RandomValues.tensor([12, 2], seed: 1)
    // By hand: every row a sequence, then every column of what came out.
    let across = rows(SequenceBatch(values, lengths: [4, 4, 4])).output
    let turned = IndexTensor((0..<4).flatMap { c in (0..<3).map { r in Int32(r * 4 + c) } })
    let down = columns(SequenceBatch(across.gatherRows(turned), lengths: [3, 3, 3, 3])).output
    let back = IndexTensor((0..<3).flatMap { r in (0..<4).map { c in Int32(c * 3 + r) } })
    let flat = down.gatherRows(back).reshaped(to: [1, 48])
    let expected = model.output(model.hidden(flat).relu())
    expectClose(
      model(SequenceBatch(values, lengths: [12])), expected, relative: 1e-12, absolute: 1e-12)
  }
}
