import Models
import Tensors
import Testing

@Suite("Sampling")
struct SamplingTests {
  /// Scores whose softmax is the given probabilities.
  static func scores(_ probabilities: [Double], scalarType: ScalarType = .float64) -> Tensor {
    Tensor(probabilities, shape: [probabilities.count], scalarType: .float64).log()
      .converted(to: scalarType)
  }

  static let probabilities = [0.1, 0.4, 0.05, 0.3, 0.15]

  static func expect(
    _ found: [(symbol: Int, probability: Double)], _ expected: KeyValuePairs<Int, Double>,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(found.map(\.symbol) == expected.map(\.key), sourceLocation: sourceLocation)
    for (one, other) in zip(found, expected) {
      #expect(abs(one.probability - other.value) < 1e-12, sourceLocation: sourceLocation)
    }
  }

  @Test func withoutOptionsItIsTheModelsDistribution() {
    Self.expect(
      Sampling().distribution(of: Self.scores(Self.probabilities)),
      [0: 0.1, 1: 0.4, 2: 0.05, 3: 0.3, 4: 0.15])
  }

  @Test func temperatureDividesTheScores() {
    // Halves of the scores are roots of the probabilities.
    let roots = Self.probabilities.map { $0.squareRoot() }
    let sum = roots.reduce(0, +)
    let found = Sampling(temperature: 2).distribution(of: Self.scores(Self.probabilities))
    for (one, root) in zip(found, roots) { #expect(abs(one.probability - root / sum) < 1e-12) }
  }

  @Test func temperatureZeroTakesTheMostProbable() {
    Self.expect(
      Sampling(temperature: 0).distribution(of: Self.scores(Self.probabilities)), [1: 1])
  }

  @Test("a tiny temperature is nearly zero", arguments: [1e-4, 1e-300, .leastNonzeroMagnitude])
  func tiny(temperature: Double) {
    Self.expect(
      Sampling(temperature: temperature).distribution(of: Self.scores(Self.probabilities)), [1: 1])
  }

  @Test func topKKeepsTheMostProbableInOrder() {
    Self.expect(
      Sampling(topK: 3).distribution(of: Self.scores(Self.probabilities)),
      [1: 0.4 / 0.85, 3: 0.3 / 0.85, 4: 0.15 / 0.85])
    #expect(Sampling(topK: 99).distribution(of: Self.scores(Self.probabilities)).count == 5)
  }

  @Test func equalProbabilitiesGoByTheirNumbers() {
    let found = Sampling(topK: 2).distribution(of: Self.scores([0.25, 0.25, 0.25, 0.25]))
    Self.expect(found, [0: 0.5, 1: 0.5])
  }

  @Test(
    "the nucleus is the fewest that reach the probability",
    arguments: [(0.3, 1), (0.41, 2), (0.69, 2), (0.71, 3), (0.9, 4), (1.0, 5)])
  func nucleus(reach: Double, count: Int) {
    let found = Sampling(nucleus: reach).distribution(of: Self.scores(Self.probabilities))
    #expect(found.map(\.symbol) == Array([1, 3, 4, 0, 2].prefix(count)))
    #expect(abs(found.reduce(0) { $0 + $1.probability } - 1) < 1e-12)
  }

  @Test func theNucleusIsTakenOfWhatTopKLeaves() {
    // Of the three kept, 0.4/0.85 + 0.3/0.85 = 0.82 reaches 0.8, which 0.4 + 0.3 would not.
    Self.expect(
      Sampling(topK: 3, nucleus: 0.8).distribution(of: Self.scores(Self.probabilities)),
      [1: 0.4 / 0.7, 3: 0.3 / 0.7])
  }

  @Test(
    "probabilities sum to 1",
    arguments: [
      Sampling(), Sampling(temperature: 0.3), Sampling(temperature: 7, topK: 4),
      Sampling(temperature: 1.5, topK: 4, nucleus: 0.6), Sampling(temperature: 0),
    ])
  func sum(sampling: Sampling) {
    let scores = Self.scores(Self.probabilities, scalarType: .float32)
    #expect(abs(sampling.distribution(of: scores).reduce(0) { $0 + $1.probability } - 1) < 1e-12)
  }

  @Test(
    "a score of −∞ is never among what may be drawn",
    arguments: [Sampling(), Sampling(topK: 5), Sampling(nucleus: 1)])
  func excluded(sampling: Sampling) {
    let scores = Tensor([1, -.infinity, 2, 3, -.infinity], shape: [5], scalarType: .float64)
    #expect(Set(sampling.distribution(of: scores).map(\.symbol)) == [0, 2, 3])
  }

  @Test(
    "draws are as frequent as they are probable",
    arguments: [Sampling(), Sampling(temperature: 2), Sampling(topK: 3, nucleus: 0.8)])
  func frequencies(sampling: Sampling) {
    let scores = Self.scores(Self.probabilities)
    let draws = 5000
    var counts = Array(repeating: 0, count: 5)
    var generator = RandomGenerator(seed: 3)
    for _ in 0..<draws { counts[sampling(scores, using: &generator)] += 1 }
    var expected = Array(repeating: 0.0, count: 5)
    for (symbol, probability) in sampling.distribution(of: scores) {
      expected[symbol] = probability
    }
    for (count, p) in zip(counts, expected) {
      // Five standard deviations of a binomial.
      let deviation = (Double(draws) * p * (1 - p)).squareRoot()
      #expect(abs(Double(count) - Double(draws) * p) <= 5 * deviation)
    }
  }

  @Test func theSameSeedDrawsTheSame() {
    let scores = Self.scores(Self.probabilities)
    func draws(_ seed: UInt64) -> [Int] {
      var generator = RandomGenerator(seed: seed)
      return (0..<100).map { _ in Sampling()(scores, using: &generator) }
    }
    #expect(draws(1) == draws(1))
    #expect(draws(1) != draws(2))
  }
}
