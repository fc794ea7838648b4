import Layers
import Models
import Tensors
import Testing

@Suite("Searching translations")
struct TranslationSearchTests {
  static let constraints = DecodingConstraints(
    maximumLength: .init(perUnit: 1.5, constant: 3))

  /// A model with weights wide enough for translations to differ.
  static func model(
    _ variant: TranslatorTests.Case, scalarType: ScalarType = .float32
  ) -> Translator<GRUCell> {
    variant.model(scalarType: scalarType).mapParameters { $0 * 4 }
  }

  /// Of 0 to 12 symbols.
  static let sources: [[Int32]] = {
    var generator = RandomGenerator(seed: 12)
    return (0..<19).map { place in
      (0..<place * 7 % 13).map { _ in Int32(generator.next() % 9) }
    }
  }()

  static func search(_ width: Int, count: Int = 1) -> BeamSearch {
    BeamSearch(
      width: width, count: count, normalization: .gnmt(0.6), coveragePenalty: 0.1,
      constraints: constraints, keepsWeights: true)
  }

  @Test(arguments: TranslatorTests.cases)
  func aTranslationDoesNotDependOnItsBatch(_ variant: TranslatorTests.Case) {
    let decoder = TranslationDecoder(Self.model(variant))
    let methods: [DecodingMethod] = [
      .search(Self.search(1)), .search(Self.search(5, count: 3)),
      .drawing(
        SampledDecoding(count: 2, seed: 4, constraints: Self.constraints, keepsWeights: true)),
    ]
    var different: Set<[Int32]> = []
    for method in methods {
      let alone = Self.sources.enumerated().map { place, source in
        decoder.translations(of: [source], by: method, identities: [UInt64(place)])[0]
      }
      for batchSize in [1, 4, 64] {
        let found = decoder.translations(of: Self.sources, by: method, batchSize: batchSize)
        #expect(found == alone)
      }
      different.formUnion(alone.flatMap { $0.map(\.symbols) })
    }
    #expect(different.count > 10)
  }

  @Test(arguments: TranslatorTests.cases, [ScalarType.float32, .float64])
  func logProbabilitiesAreThoseOfTheLoss(_ variant: TranslatorTests.Case, scalarType: ScalarType) {
    let model = Self.model(variant, scalarType: scalarType)
    let decoder = TranslationDecoder(model)
    let found = decoder.translations(
      of: Self.sources, by: .search(Self.search(4, count: 4)), batchSize: 5)
    for (source, hypotheses) in zip(Self.sources, found) where !source.isEmpty {
      #expect(hypotheses.count == 4)
      let losses = model.losses(
        PairBatch(
          sources: hypotheses.map { _ in source }, targets: hypotheses.map { $0.symbols + [2] }))
      var rest = losses.scalars[...]
      for hypothesis in hypotheses {
        let loss = rest.prefix(hypothesis.symbols.count + 1).reduce(0, +)
        rest = rest.dropFirst(hypothesis.symbols.count + 1)
        #expect(
          abs(hypothesis.logProbability + loss) < (scalarType == .float32 ? 2e-5 : 1e-11))
      }
    }
  }

  @Test(arguments: TranslatorTests.cases)
  func weightsAreThoseOfTheWholePass(_ variant: TranslatorTests.Case) throws {
    let model = Self.model(variant)
    let decoder = TranslationDecoder(model)
    let found = decoder.translations(of: Self.sources, by: .search(Self.search(3)))
    for (source, hypotheses) in zip(Self.sources, found) where !source.isEmpty {
      let hypothesis = try #require(hypotheses.first)
      guard
        let weights = model.outputs(
          PairBatch(sources: [source], targets: [hypothesis.symbols + [2]])
        ).weights
      else {
        #expect(hypothesis.weights.isEmpty)
        continue
      }
      #expect(hypothesis.weights.count == hypothesis.symbols.count + 1)
      #expect(hypothesis.weights.allSatisfy { $0.count == source.count })
      for (found, expected) in zip(hypothesis.weights.flatMap(\.self), weights.scalars) {
        #expect(abs(Double(found) - expected) < 1e-5)
      }
    }
  }

  @Test func greedyIsDrawingAtTemperatureZero() {
    let decoder = TranslationDecoder(Self.model(TranslatorTests.cases[0]))
    let greedy = decoder.translations(
      of: Self.sources, by: .search(.greedy(constraints: Self.constraints)))
    let drawn = decoder.translations(
      of: Self.sources,
      by: .drawing(
        SampledDecoding(Sampling(temperature: 0), seed: 1, constraints: Self.constraints)))
    #expect(greedy == drawn)
  }
}
