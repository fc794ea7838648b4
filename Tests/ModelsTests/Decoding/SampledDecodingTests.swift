import Models
import Tensors
import Testing

@Suite("SampledDecoding")
struct SampledDecodingTests {
  static let constraints = DecodingConstraints(maximumLength: .fixed(9))

  static func run(
    _ decoding: SampledDecoding, _ sentences: [Int], identities: [UInt64]? = nil,
    scalarType: ScalarType = .float64
  ) -> [[Hypothesis]] {
    var decoder = BeamSearchTests.decoder(sentences, scalarType: scalarType)
    return decoding(
      &decoder, sourceLengths: sentences.map { _ in 3 }, identities: identities,
      start: ToyDecoder.start, end: BeamSearchTests.end)
  }

  @Test func theSameSeedDrawsTheSame() {
    func drawn(_ seed: UInt64) -> [[Hypothesis]] {
      Self.run(SampledDecoding(count: 5, seed: seed, constraints: Self.constraints), [0, 1, 2])
    }
    #expect(drawn(3) == drawn(3))
    #expect(drawn(3) != drawn(4))
  }

  @Test(arguments: [ScalarType.float32, .float64])
  func aSentencesDrawsDoNotDependOnItsBatch(scalarType: ScalarType) {
    let decoding = SampledDecoding(
      count: 3, seed: 5, constraints: Self.constraints, keepsWeights: true)
    let sentences = Array(0..<13)
    let together = Self.run(
      decoding, sentences, identities: sentences.map(UInt64.init), scalarType: scalarType)
    for sentence in sentences {
      let alone = Self.run(
        decoding, [sentence], identities: [UInt64(sentence)], scalarType: scalarType)
      #expect(alone[0] == together[sentence])
    }
    #expect(Set(together.flatMap { $0 }.map(\.symbols.count)).count > 3)
  }

  @Test func sequencesOfASentenceAreDrawnEachByItself() {
    // The first of many is the one drawn alone.
    let five = Self.run(SampledDecoding(count: 5, seed: 5, constraints: Self.constraints), [0, 1])
    let one = Self.run(SampledDecoding(count: 1, seed: 5, constraints: Self.constraints), [0, 1])
    #expect(one.map { $0[0] } == five.map { $0[0] })
    #expect(five.allSatisfy { Set($0.map(\.symbols)).count > 1 })
  }

  @Test func temperatureZeroIsGreedy() {
    let sentences = Array(0..<9)
    let greedy = BeamSearchTests.run(.greedy(constraints: Self.constraints), sentences)
    let decoding = SampledDecoding(
      Sampling(temperature: 0), seed: 1, constraints: Self.constraints)
    #expect(Self.run(decoding, sentences) == greedy)
  }

  @Test func probabilitiesAreTheModelsWhateverIsDrawnFrom() {
    let plain = BeamSearchTests.plain(maximumLength: 9)
    let decoding = SampledDecoding(
      Sampling(temperature: 1.7, topK: 3), count: 4, seed: 2, constraints: Self.constraints)
    for (sentence, drawn) in Self.run(decoding, [0, 1, 2]).enumerated() {
      for hypothesis in drawn {
        var expected = 0.0
        for (place, symbol) in (hypothesis.symbols + [BeamSearchTests.end]).enumerated() {
          let written = Array(hypothesis.symbols[..<place])
          expected += plain.logProbabilities(sentence, written)[Int(symbol)]
        }
        #expect(abs(hypothesis.logProbability - expected) < 1e-12)
        #expect(hypothesis.score == hypothesis.logProbability)
      }
    }
  }

  @Test func sequencesAreAsFrequentAsTheyAreProbable() {
    let draws = 4000
    let drawn = Self.run(
      SampledDecoding(count: draws, seed: 9, constraints: .init(maximumLength: .fixed(2))), [4])[0]
    let counts = Dictionary(drawn.map { ($0.symbols, 1) }, uniquingKeysWith: +)
    let all = BeamSearchTests.plain(maximumLength: 2).everything(4)
    // What is as long as may be ends for sure.
    for found in all where found.symbols.count < 2 {
      let p = Tensor(found.logProbability, scalarType: .float64).exp().item
      let deviation = (Double(draws) * p * (1 - p)).squareRoot()
      let count = Double(counts[found.symbols] ?? 0)
      #expect(abs(count - Double(draws) * p) <= 5 * deviation)
    }
  }

  @Test func constraintsAreKept() {
    let constraints = DecodingConstraints(
      minimumLength: 3, maximumLength: .fixed(6), blockedNgramSize: 2, excluded: [4])
    let decoding = SampledDecoding(count: 40, seed: 2, constraints: constraints)
    for hypothesis in Self.run(decoding, [0, 1, 2]).flatMap({ $0 }) {
      let symbols = hypothesis.symbols
      #expect(3...6 ~= symbols.count && !symbols.contains(4))
      let pairs = zip(symbols, symbols.dropFirst()).map { [$0, $1] }
      #expect(Set(pairs).count == pairs.count)
    }
  }

  @Test func whereNothingMayBeWrittenThereIsNoSequence() {
    let constraints = DecodingConstraints(
      minimumLength: 3, blockedNgramSize: 1, excluded: [0, 1])
    let decoding = SampledDecoding(count: 2, seed: 2, constraints: constraints)
    #expect(Self.run(decoding, [5, 6]) == [[], []])
    #expect(Self.run(decoding, []).isEmpty)
  }
}
