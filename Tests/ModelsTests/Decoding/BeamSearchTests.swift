import Foundation
import Models
import Tensors
import Testing

@Suite("BeamSearch")
struct BeamSearchTests {
  /// Symbols 0…3 and the end.
  static let vocabularySize = 5
  static let end: Int32 = 2
  static let logits = ToyDecoder.random(vocabularySize: vocabularySize)
  static let normalizations: [LengthNormalization] = [
    .none, .power(0.6), .power(1), .power(2), .gnmt(0.6), .gnmt(1.3),
  ]

  static func decoder(
    _ sentences: [Int], scalarType: ScalarType = .float64,
    logits: @escaping ToyDecoder.Logits = logits
  ) -> ToyDecoder {
    ToyDecoder(
      sentences: sentences, vocabularySize: vocabularySize, scalarType: scalarType, logits: logits)
  }

  static func plain(
    maximumLength: Int, logits: @escaping ToyDecoder.Logits = logits
  ) -> PlainSearch {
    PlainSearch(
      vocabularySize: vocabularySize, end: end, logits: logits, maximumLength: maximumLength)
  }

  static func run(
    _ search: BeamSearch, _ sentences: [Int], scalarType: ScalarType = .float64,
    logits: @escaping ToyDecoder.Logits = logits
  ) -> [[Hypothesis]] {
    var decoder = decoder(sentences, scalarType: scalarType, logits: logits)
    return search(
      &decoder, sourceLengths: sentences.map { _ in 3 }, start: ToyDecoder.start, end: end)
  }

  static func expect(
    _ found: [Hypothesis], _ expected: [PlainSearch.Found], by normalization: LengthNormalization,
    tolerance: Double = 1e-12, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.map(\.symbols) == expected.map(\.symbols), sourceLocation: sourceLocation)
    for (one, other) in zip(found, expected) {
      let score = normalization.score(other.logProbability, length: other.symbols.count + 1)
      #expect(
        abs(one.logProbability - other.logProbability) < tolerance, sourceLocation: sourceLocation)
      #expect(abs(one.score - score) < tolerance, sourceLocation: sourceLocation)
    }
  }

  // MARK: What is found

  @Test("a wide beam finds the best of all sequences", arguments: normalizations)
  func bruteForce(normalization: LengthNormalization) {
    let search = BeamSearch(
      width: 1300, count: 9, normalization: normalization,
      constraints: .init(maximumLength: .fixed(5)))
    for sentence in 0..<3 {
      let all = Self.plain(maximumLength: 5).everything(sentence)
      #expect(all.count == 1365)
      Self.expect(
        Self.run(search, [sentence])[0], all.best(9, by: normalization), by: normalization)
    }
  }

  @Test(
    "a narrow beam keeps what its definition says, stopped early or not",
    arguments: normalizations, [1, 2, 3, 7])
  func narrow(normalization: LengthNormalization, width: Int) {
    for (sentence, count) in [1, 2, 5].enumerated() {
      let search = BeamSearch(
        width: width, count: count, normalization: normalization,
        constraints: .init(maximumLength: .fixed(9)))
      let finished = Self.plain(maximumLength: 9).beam(sentence, width: width)
      Self.expect(
        Self.run(search, [sentence])[0], finished.best(count, by: normalization),
        by: normalization)
    }
  }

  @Test func aBeamOfOneIsGreedy() {
    for sentence in 0..<20 {
      let greedy = Self.plain(maximumLength: 12).greedy(sentence)
      let constraints = DecodingConstraints(maximumLength: .fixed(12))
      Self.expect(
        Self.run(.greedy(constraints: constraints), [sentence])[0], [greedy], by: .none)
      // Whatever lengths cost: what is finished leaves nothing open.
      let normalized = BeamSearch(
        width: 1, normalization: .power(1), constraints: constraints)
      Self.expect(Self.run(normalized, [sentence])[0], [greedy], by: .power(1))
    }
  }

  @Test(
    "a batch has the bits of its sentences alone",
    arguments: [ScalarType.float32, .float64], [1, 3, 5])
  func batch(scalarType: ScalarType, width: Int) {
    let search = BeamSearch(
      width: width, count: 3, normalization: .gnmt(0.7), coveragePenalty: 0.2,
      constraints: .init(maximumLength: .fixed(11)), keepsWeights: true)
    let sentences = Array(0..<17)
    let together = Self.run(search, sentences, scalarType: scalarType)
    let alone = sentences.map { Self.run(search, [$0], scalarType: scalarType)[0] }
    #expect(together == alone)
    #expect(Set(together.flatMap { $0.map(\.symbols.count) }).count > 3, "of different lengths")
  }

  @Test func noSentencesNeedNoStep() {
    #expect(Self.run(BeamSearch(width: 3), []).isEmpty)
  }

  // MARK: Order

  @Test func equallyProbableSequencesComeInTheOrderOfTheirSymbols() {
    let even: ToyDecoder.Logits = { _, _ in Array(repeating: 0.5, count: 5) }
    let found = Self.run(
      BeamSearch(width: 4, count: 3, constraints: .init(maximumLength: .fixed(2))), [0],
      logits: even)[0]
    // Taken: [0], [1], the end, [3]; then [0,0], [0,1], [0] and its end, [0,3]; then those can only end.
    #expect(found.map(\.symbols) == [[], [0], [0, 0]])
    let pairs = Self.run(
      BeamSearch(
        width: 5, count: 6,
        constraints: .init(minimumLength: 2, maximumLength: .fixed(2))), [0], logits: even)[0]
    #expect(pairs.map(\.symbols) == [[0, 0], [0, 1], [0, 3], [0, 4], [1, 0]])
    #expect(Set(pairs.map(\.logProbability)).count == 1)
  }

  @Test func ofEqualScoresTheOneFinishedFirstComesFirst() {
    // The mean of ln p is ln ⅕ at every length.
    let even: ToyDecoder.Logits = { _, _ in Array(repeating: 0, count: 5) }
    let found = Self.run(
      BeamSearch(
        width: 40, count: 4, normalization: .power(1),
        constraints: .init(maximumLength: .fixed(2))), [0], logits: even)[0]
    #expect(found.map(\.symbols) == [[], [0], [1], [3]])
  }

  @Test func hypothesesThatDifferInTheLastBitOfALogitAreInOrder() {
    // As probabilities the first two are the same number.
    let close: ToyDecoder.Logits = { _, written in
      written.isEmpty ? [1e-20, 2e-20, -40, -50, -60] : [-90, -90, 50, -90, -90]
    }
    let found = Self.run(BeamSearch(width: 2, count: 2), [0], logits: close)[0]
    #expect(found.map(\.symbols) == [[1], [0]])
    #expect(found[0].logProbability == found[1].logProbability)
  }

  @Test("n-best hypotheses differ, the best first", arguments: normalizations)
  func nBest(normalization: LengthNormalization) {
    let search = BeamSearch(
      width: 6, count: 6, normalization: normalization,
      constraints: .init(maximumLength: .fixed(8)))
    for found in Self.run(search, Array(0..<7)) {
      #expect(found.count == 6)
      #expect(Set(found.map(\.symbols)).count == 6)
      #expect(zip(found, found.dropFirst()).allSatisfy { $0.score >= $1.score })
    }
  }

  @Test func fewerAreReturnedWhereThereAreFewer() {
    let found = Self.run(
      BeamSearch(width: 50, count: 50, constraints: .init(maximumLength: .fixed(1))), [3])[0]
    #expect(found.count == 5)
  }

  // MARK: Lanes

  /// Sentence s surely ends after 2s symbols.
  static let sure: ToyDecoder.Logits = { sentence, written in
    written.count < 2 * sentence ? [9, 8, -60, -50, -50] : [-60, -60, 9, -60, -60]
  }

  @Test func lanesOfWhatIsDoneAreLeftOut() {
    var decoder = Self.decoder([0, 1, 3], logits: Self.sure)
    let found = BeamSearch(width: 2, constraints: .init(maximumLength: .fixed(30)))(
      &decoder, sourceLengths: [1, 1, 1], start: ToyDecoder.start, end: Self.end)
    #expect(found.map { $0[0].symbols } == [[], [0, 0], Array(repeating: 0, count: 6)])
    #expect(decoder.laneCounts == [3, 4, 4, 2, 2, 2, 2])
  }

  @Test func aSentenceIsStoppedOnlyWhenNothingOpenCanScoreMore() {
    // The end after one symbol: p = 0.6 · 0.5. What goes on gets 0.6 · 0.5 · 0.999….
    let logits: ToyDecoder.Logits = { _, written in
      switch written.count {
      case 0: [log(0.6), -50, log(0.4), -50, -50]
      case 1: [-50, log(0.5), log(0.5), -50, -50]
      case 2..<9: [-50, 9, -60, -50, -50]
      default: [-50, -50, 9, -50, -50]
      }
    }
    func found(_ normalization: LengthNormalization) -> (symbols: Int, steps: Int) {
      var decoder = Self.decoder([0], logits: logits)
      let found = BeamSearch(
        width: 3, normalization: normalization, constraints: .init(maximumLength: .fixed(40)))(
          &decoder, sourceLengths: [1], start: ToyDecoder.start, end: Self.end)
      return (found[0][0].symbols.count, decoder.laneCounts.count)
    }
    // ln 0.4 beats all: what has p = 0.3 cannot become more probable.
    #expect(found(.none) == (0, 2))
    // Nine symbols for the price of two: ln 0.3 / 10 is more than ln 0.4 / 1.
    #expect(found(.power(1)) == (9, 10))
  }

  // MARK: Constraints

  @Test func aLengthIsKept() {
    let logits = Self.logits
    for (least, most) in [(0, 0), (0, 1), (3, 5), (4, 4), (7, 2)] {
      let constraints = DecodingConstraints(
        minimumLength: least, maximumLength: .fixed(most))
      var plain = Self.plain(maximumLength: most, logits: logits)
      plain.minimumLength = least
      for sentence in 0..<3 {
        let wide = BeamSearch(width: 1300, count: 4, constraints: constraints)
        let all = plain.everything(sentence)
        #expect(all.allSatisfy { min(least, most)...most ~= $0.symbols.count })
        Self.expect(Self.run(wide, [sentence])[0], all.best(4, by: .none), by: .none)
        Self.expect(
          Self.run(.greedy(constraints: constraints), [sentence])[0], [plain.greedy(sentence)],
          by: .none)
      }
    }
  }

  @Test func theGreatestLengthIsThatOfTheSource() {
    let never: ToyDecoder.Logits = { _, _ in [1, 0, -50, 0, 0] }
    var decoder = Self.decoder([0, 1, 2], logits: never)
    let limit = DecodingConstraints.LengthLimit(perUnit: 1.5, constant: 2)
    let found = BeamSearch(width: 1, constraints: .init(maximumLength: limit))(
      &decoder, sourceLengths: [0, 3, 10], start: ToyDecoder.start, end: Self.end)
    #expect(found.map { $0[0].symbols.count } == [2, 6, 17])
    #expect(found.allSatisfy { $0[0].logProbability < -50 }, "the end is paid for")
  }

  @Test("no run of n symbols comes twice", arguments: [1, 2, 3])
  func blocking(size: Int) {
    var plain = Self.plain(maximumLength: 5)
    plain.blockedNgramSize = size
    let constraints = DecodingConstraints(
      maximumLength: .fixed(5), blockedNgramSize: size)
    for sentence in 0..<3 {
      let all = plain.everything(sentence)
      #expect(all.count < 1365)
      Self.expect(
        Self.run(
          BeamSearch(width: 1300, count: 20, constraints: constraints), [sentence])[0],
        all.best(20, by: .none), by: .none)
      Self.expect(
        Self.run(BeamSearch(width: 2, count: 2, constraints: constraints), [sentence])[0],
        plain.beam(sentence, width: 2).best(2, by: .none), by: .none)
    }
  }

  @Test func excludedSymbolsAreNotWritten() {
    var plain = Self.plain(maximumLength: 4)
    plain.excluded = [0, 4]
    let search = BeamSearch(
      width: 1300, count: 20,
      constraints: .init(maximumLength: .fixed(4), excluded: [0, 4, 99]))
    for sentence in 0..<3 {
      Self.expect(
        Self.run(search, [sentence])[0], plain.everything(sentence).best(20, by: .none), by: .none)
    }
  }

  @Test func whereNothingMayBeWrittenThereIsNoHypothesis() {
    // Two symbols, each once, and at least three.
    let constraints = DecodingConstraints(
      minimumLength: 3, blockedNgramSize: 1, excluded: [0, 1])
    #expect(Self.run(BeamSearch(width: 4, constraints: constraints), [5, 6]) == [[], []])
  }

  // MARK: Numbers

  @Test(arguments: [ScalarType.float32, .float64])
  func logProbabilitiesAreThoseOfTheLoss(scalarType: ScalarType) {
    let logits = ToyDecoder.random(vocabularySize: 1003, spread: 12)
    var decoder = ToyDecoder(
      sentences: [0, 1], vocabularySize: 1003, scalarType: scalarType, logits: logits)
    let found = BeamSearch(width: 3, count: 2, constraints: .init(maximumLength: .fixed(30)))(
      &decoder, sourceLengths: [1, 1], start: ToyDecoder.start, end: 1002)
    for (sentence, hypotheses) in found.enumerated() {
      for hypothesis in hypotheses {
        let targets = hypothesis.symbols + [1002]
        let rows = targets.indices.flatMap { logits(sentence, Array(targets[..<$0])) }
        let loss = Tensor(rows, shape: [targets.count, 1003], scalarType: scalarType)
          .crossEntropy(IndexTensor(targets)).scalars.reduce(0, +)
        #expect(hypothesis.symbols.count > 5)
        #expect(
          abs(hypothesis.logProbability + loss) < (scalarType == .float32 ? 3e-5 : 1e-11))
      }
    }
  }

  @Test(
    "scores are numbers, however large the logits",
    arguments: [ScalarType.float32, .float64], [1, 4])
  func extremes(scalarType: ScalarType, width: Int) {
    let huge = Double(Float.greatestFiniteMagnitude)
    let rows: [[Double]] = [
      [huge, -huge, -huge, 0, 1], [-huge, -huge, -huge, -huge, -huge],
      [1e30, 1e30, -1e30, -.infinity, 0], [-.infinity, -.infinity, 3, -.infinity, -.infinity],
      [-1e-45, 0, 1e-45, -0.0, -1e30],
    ]
    for first in rows.indices {
      let logits: ToyDecoder.Logits = { _, written in rows[(first + written.count) % rows.count] }
      let found = Self.run(
        BeamSearch(
          width: width, count: 4, normalization: .gnmt(1),
          constraints: .init(maximumLength: .fixed(7))), [0], scalarType: scalarType,
        logits: logits)[0]
      #expect(!found.isEmpty)
      #expect(found.allSatisfy { $0.score <= 0 && $0.logProbability <= 0 })
      #expect(found.allSatisfy { $0.score > -.infinity })
    }
  }

  @Test func whatIsImpossibleIsNotWritten() {
    let logits: ToyDecoder.Logits = { _, written in
      switch written {
      case []: [1, 0, -.infinity, -.infinity, 0.5]
      case [0]: Array(repeating: -.infinity, count: 5)
      default: [-.infinity, -.infinity, 0, -.infinity, -.infinity]
      }
    }
    let found = Self.run(BeamSearch(width: 3, count: 9), [0], logits: logits)[0]
    #expect(found.map(\.symbols) == [[4], [1]])
    #expect(Self.run(BeamSearch(width: 1), [0], logits: logits) == [[]], "a dead end")
  }

  @Test func logitsThatAreNoNumbersTrap() async throws {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = BeamSearchTests.run(BeamSearch(width: 2), [0]) { _, _ in [1, 2, .nan, 3, 4] }
    }
    let message = String(decoding: try #require(exit).standardErrorContent, as: UTF8.self)
    #expect(message.contains("the logits of lane 0 are not numbers"))
  }

  // MARK: Attention

  @Test func weightsAreThoseOfEachStepAndTheEnd() {
    let search = BeamSearch(
      width: 4, count: 3, constraints: .init(maximumLength: .fixed(7)), keepsWeights: true)
    for (sentence, hypotheses) in Self.run(search, [0, 1, 2]).enumerated() {
      for hypothesis in hypotheses {
        let expected = (0...hypothesis.symbols.count).map {
          ToyDecoder.weights(sentence, Array(hypothesis.symbols[..<$0]))
        }
        #expect(hypothesis.weights == expected)
      }
    }
    #expect(Self.run(BeamSearch(width: 2), [0])[0][0].weights.isEmpty)
  }

  @Test func theCoveragePenaltyIsThatOfItsEquation() {
    var search = BeamSearch(
      width: 1300, count: 30, constraints: .init(maximumLength: .fixed(3)), keepsWeights: true)
    let plain = Self.run(search, [0, 2])
    search.coveragePenalty = 0.3
    search.normalization = .gnmt(0.9)
    for (hypotheses, free) in zip(Self.run(search, [0, 2]), plain) {
      #expect(zip(hypotheses, hypotheses.dropFirst()).allSatisfy { $0.score >= $1.score })
      #expect(Set(hypotheses.map(\.symbols)) != Set(free.map(\.symbols)))
      for hypothesis in hypotheses {
        let covered = (0..<3).map { unit in
          hypothesis.weights.reduce(0) { $0 + Double($1[unit]) }
        }
        let penalty = covered.reduce(0) { $0 + log(max(min($1, 1), 1e-6)) }
        let normalized = LengthNormalization.gnmt(0.9)
          .score(hypothesis.logProbability, length: hypothesis.symbols.count + 1)
        #expect(abs(hypothesis.score - (normalized + 0.3 * penalty)) < 1e-12)
      }
    }
  }
}
