import Models
import Tensors
import Testing

@Suite("DecodingMethod")
struct DecodingMethodTests {
  static let constraints = DecodingConstraints(
    maximumLength: .init(perUnit: 1, constant: 3))
  static let methods: [DecodingMethod] = [
    .search(.greedy(constraints: constraints)),
    .search(
      BeamSearch(
        width: 4, count: 2, normalization: .gnmt(0.6), constraints: constraints,
        keepsWeights: true)),
    .drawing(SampledDecoding(count: 3, seed: 8, constraints: constraints)),
  ]

  /// Sources of 0 to 6 symbols, of which the last of all says which sentence it is.
  static let sources: [[Int32]] = (0..<23).map { number in
    let length = number * 5 % 7
    return length == 0 ? [] : Array(repeating: 9, count: length - 1) + [Int32(number)]
  }

  static func run(
    _ method: DecodingMethod, _ sources: [[Int32]], identities: [UInt64]? = nil, batchSize: Int
  ) -> [[Hypothesis]] {
    method(
      sources, identities: identities, batchSize: batchSize, start: ToyDecoder.start,
      end: BeamSearchTests.end
    ) { batch in
      #expect(batch.count <= batchSize && batch.allSatisfy { !$0.isEmpty })
      // Lanes are checked to keep their order; sentences are told apart by their place in it.
      let numbers = batch.map { Int($0[$0.count - 1]) }
      return ToyDecoder(
        sentences: Array(batch.indices), vocabularySize: BeamSearchTests.vocabularySize
      ) { place, written in BeamSearchTests.logits(numbers[place], written) }
    }
  }

  @Test("a source's hypotheses do not depend on its batch", arguments: methods.indices)
  func batches(method: Int) {
    var method = Self.methods[method]
    method.keepsWeights = false
    let alone = Self.sources.enumerated().map { place, source in
      Self.run(method, [source], identities: [UInt64(place)], batchSize: 1)[0]
    }
    for batchSize in [1, 4, 22, 100] {
      #expect(Self.run(method, Self.sources, batchSize: batchSize) == alone)
    }
    #expect(alone.allSatisfy { !$0.isEmpty })
    #expect(Set(alone.map { $0[0].symbols }).count > 5)
  }

  @Test(arguments: methods.indices)
  func nothingIsWrittenForAnEmptySource(method: Int) {
    let found = Self.run(Self.methods[method], Self.sources, batchSize: 5)
    for (source, hypotheses) in zip(Self.sources, found) where source.isEmpty {
      #expect(hypotheses == [Hypothesis(symbols: [], logProbability: 0, score: 0)])
    }
    #expect(Self.run(Self.methods[method], [[], []], batchSize: 5).count == 2)
    #expect(Self.run(Self.methods[method], [], batchSize: 5).isEmpty)
  }

  @Test func unitsThatDoNotCountAddNothingToTheLimit() {
    let found = DecodingMethod.search(.greedy(constraints: Self.constraints))(
      [[1, 2, 3], [4]], lengths: [2, 0], batchSize: 2, start: ToyDecoder.start, end: 2
    ) { batch in
      #expect(batch == [[1, 2, 3]])
      return ToyDecoder(sentences: [0], vocabularySize: 4) { _, _ in [1, 0, -9, 0] }
    }
    #expect(found.map { $0[0].symbols.count } == [5, 0])
  }

  @Test func lanesAndWeightsAreThoseOfTheMethod() {
    #expect(Self.methods.map(\.lanesPerSource) == [1, 4, 3])
    for var method in Self.methods {
      method.keepsWeights.toggle()
      let keeps = method.keepsWeights
      method.keepsWeights.toggle()
      #expect(method.keepsWeights != keeps)
    }
  }
}
