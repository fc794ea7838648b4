import Datasets
import Foundation
import Layers
import Models
import Tasks
import Tensors
import Testing

@Suite("TextEvaluation")
struct TextEvaluationTests {
  static let model: LanguageModel<GRUCell> = {
    var options = LanguageModel<GRUCell>.Options(
      vocabularySize: 9, embeddingSize: 4, hiddenSize: 6, cell: .init())
    options.dropout = Dropout(0.5)
    options.layers = 2
    options.outputInitializer = .uniform(range: 2)
    var generator = RandomGenerator(seed: 2)
    return LanguageModel(options, using: &generator)
  }()

  static let tokens: [Int32] = (0..<101).map { Int32($0 * $0 % 9) }

  /// −Σ ln p of a stretch of the text that starts from nothing, in one unfolding.
  static func sum(_ range: Range<Int>) -> Double {
    let logits = model(IndexTensor(Array(tokens[range])), lengths: [range.count]).logits
    return range.enumerated().reduce(0) { sum, place in
      let scores = logits.slice(place.offset..<place.offset + 1).scalars
      let normalizer = log(scores.reduce(0) { $0 + exp($1) })
      return sum + normalizer - scores[Int(tokens[place.element + 1])]
    }
  }

  @Test("one lane is exact, whatever the window", arguments: [1, 7, 64, 1000])
  func exact(steps: Int) throws {
    let found = try TextEvaluation.of(Self.model, on: Self.tokens, lanes: 1, steps: steps)
    #expect(found.tokens == 100)
    #expect(abs(found.loss - Self.sum(0..<100) / 100) < 1e-6)
    #expect(found.perplexity == exp(found.loss))
  }

  @Test func lanesStartFromNothing() throws {
    // 100 inputs in 3 lanes: 34, 33 and 33.
    let found = try TextEvaluation.of(Self.model, on: Self.tokens, lanes: 3, steps: 10)
    let expected = Self.sum(0..<34) + Self.sum(34..<67) + Self.sum(67..<100)
    #expect(found.tokens == 100)
    #expect(abs(found.loss - expected / 100) < 1e-6)
    #expect(abs(found.loss - Self.sum(0..<100) / 100) > 1e-4)
  }

  @Test func thereAreNoMoreLanesThanPredictions() throws {
    let few = Array(Self.tokens.prefix(4))
    let found = try TextEvaluation.of(Self.model, on: few, lanes: 50)
    #expect(found.tokens == 3)
    #expect(abs(found.loss - (0..<3).reduce(0) { $0 + Self.sum($1..<$1 + 1) } / 3) < 1e-6)
  }

  @Test("a text of fewer than two tokens is refused", arguments: [0, 1])
  func short(count: Int) {
    #expect(throws: TextError.self) {
      _ = try TextEvaluation.of(Self.model, on: Array(Self.tokens.prefix(count)), lanes: 1)
    }
  }
}
