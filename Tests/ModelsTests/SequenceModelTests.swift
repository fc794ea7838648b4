import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("SequenceModel")
struct SequenceModelTests {
  typealias Model = SequenceModel<GRUCell>

  /// Two layers of H = 4 over vectors of D = 3, K = 5, unless changed.
  static func model(
    scalarType: ScalarType = .float64, _ change: (inout Model.Options) -> Void = { _ in }
  ) -> Model {
    var encoder = RecurrentEncoder<GRUCell>.Options(hiddenSize: 4, cell: .init())
    encoder.layers = 2
    var options = Model.Options(inputSize: 3, encoder: encoder, outputSize: 5)
    change(&options)
    var generator = RandomGenerator(seed: 3)
    return Model(options, using: &generator, scalarType: scalarType)
  }

  static let lengths = [2, 0, 4]

  static func batch(_ scalarType: ScalarType = .float64) -> SequenceBatch {
    SequenceBatch(
      RandomValues.tensor([6, 3], seed: 8, scalarType: scalarType), lengths: lengths,
      identities: [8, 9, 4])
  }

  static let variants: [@Sendable (inout Model.Options) -> Void] = [
    { _ in }, { $0.encoder.isBidirectional = true }, { $0.pooling = .last },
    {
      $0.pooling = .attention
      $0.encoder.isBidirectional = true
    },
    { $0.pooling = .max }, { $0.pooling = .mean }, { $0.symbols = 7 },
  ]

  @Test("every variant lists its parameters and sums them up", arguments: variants.indices)
  func parameters(variant: Int) {
    let model = Self.model(Self.variants[variant])
    let names = model.parameters.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.contains("rnn.weight_hh_l1") && names.contains("output.bias"))
    #expect(model.summary(ending: "Softmax").parameterCount == model.parameterCount)
    let output: [Summary.Axis] = model.pooling == nil ? ["B", "T", 5] : ["B", 5]
    #expect(model.summary().output == output)
  }

  @Test("gradients match finite differences", arguments: variants.indices)
  func gradients(variant: Int) {
    let model = Self.model(Self.variants[variant])
    checkGradient(at: model.parameters.map(\.tensor)) {
      let model = model.replacingParameters($0)
      let input =
        model.embedding == nil
        ? Self.batch() : model.vectors(of: [3, 0, 6, 6, 1, 2], lengths: Self.lengths)
      return model(input)
    }
  }

  @Test func everyStepIsReadOrEverySequenceOnce() {
    #expect(Self.model()(Self.batch()).shape == [6, 5])
    for kind in Pooling.Kind.allCases {
      #expect(Self.model { $0.pooling = kind }(Self.batch()).shape == [3, 5])
    }
  }

  @Test func onlyBothDirectionsKnowTheStepsToCome() {
    var other = Self.batch().values.scalars
    other[other.count - 1] += 1
    let changed = Self.batch().replacing(
      values: Tensor(other, shape: [6, 3], scalarType: .float64))
    for isBidirectional in [false, true] {
      let model = Self.model { $0.encoder.isBidirectional = isBidirectional }
      let (a, b) = (model(Self.batch()), model(changed))
      let isSame = a.slice(2..<3).scalars == b.slice(2..<3).scalars
      #expect(isSame != isBidirectional)
      #expect(a.slice(5..<6).scalars != b.slice(5..<6).scalars)
    }
  }

  @Test("a sequence has the same bits in any company", arguments: variants.indices.dropLast())
  func company(variant: Int) {
    let model = Self.model(scalarType: .float32) {
      Self.variants[variant](&$0)
      $0.inputDropout = Dropout(0.3)
      $0.encoder.dropout = Dropout(0.4)
    }
    let whole = Self.batch(.float32)
    let alone = SequenceBatch(whole.values.slice(2..<6), lengths: [4], identities: [4])
    for randomness in [nil, Randomness(seed: 5)] {
      let (all, one) = (model(whole, randomness: randomness), model(alone, randomness: randomness))
      let rows = model.pooling == nil ? 2..<6 : 2..<3
      #expect(all.slice(rows).scalars == one.scalars)
    }
    #expect(model(whole).scalars != model(whole, randomness: Randomness(seed: 5)).scalars)
  }
}
