import Layers
import Models
import Tensors
import Testing
import Unfolding

@Suite("Generation")
struct GenerationTests {
  static func model<C: RecurrentCell>(_ cell: C.Type, _ options: C.Options) -> LanguageModel<C> {
    var choices = LanguageModel<C>.Options(
      vocabularySize: 11, embeddingSize: 5, hiddenSize: 6, cell: options)
    choices.layers = 2
    // Wide weights, so that what was read decides what is drawn.
    choices.outputInitializer = .uniform(range: 3)
    var generator = RandomGenerator(seed: 4)
    return LanguageModel(choices, using: &generator)
  }

  static let model = model(LSTMCell.self, .init())
  static let prompt: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]

  static func text(_ generation: Generation<LSTMCell>, _ length: Int = 200) -> [Int32] {
    var generation = generation
    return (0..<length).map { _ in generation.next() }
  }

  @Test func readingAPromptAtOnceIsReadingItSymbolBySymbol() {
    func check<C: RecurrentCell>(_ model: LanguageModel<C>) {
      let whole = model(IndexTensor(Self.prompt), lengths: [Self.prompt.count])
      var states = model.initialStates(batch: 1)
      for (place, symbol) in Self.prompt.enumerated() {
        let step = model([symbol], lengths: [1], from: states)
        states = step.states
        #expect(step.logits.scalars == whole.logits.slice(place..<place + 1).scalars)
      }
      #expect(
        states.flatMap(\.tensors).map(\.scalars) == whole.states.flatMap(\.tensors).map(\.scalars))
    }
    check(Self.model)
    check(Self.model(GRUCell.self, .init()))
    check(Self.model(ElmanCell.self, .init()))
  }

  @Test func aTextGoesOnAlikeHoweverThePromptWasRead() {
    var atOnce = Generation(Self.model, sampling: Sampling(), seed: 8)
    atOnce.read(Self.prompt)
    var oneByOne = Generation(Self.model, sampling: Sampling(), seed: 8)
    for symbol in Self.prompt { oneByOne.read([symbol]) }
    oneByOne.read([])
    let text = Self.text(atOnce)
    #expect(text == Self.text(oneByOne))
    #expect(text != Self.text(Generation(Self.model, sampling: Sampling(), seed: 8)))
  }

  @Test func whatIsDrawnIsRead() {
    let drawn = Self.text(Generation(Self.model, sampling: Sampling(temperature: 0), seed: 0), 20)
    let logits = Self.model(IndexTensor(drawn), lengths: [20]).logits
    let likely = (0..<19).map { logits.slice($0..<$0 + 1).argmax().elements[0] }
    #expect(Array(drawn.dropFirst()) == likely)
  }

  @Test("stepping draws what reading all anew for each symbol draws", arguments: [1, 0.7])
  func isTheModelsOwnText(temperature: Double) {
    func check<C: RecurrentCell>(_ model: LanguageModel<C>) {
      let sampling = Sampling(temperature: temperature, topK: temperature == 1 ? nil : 6)
      var generation = Generation(model, sampling: sampling, excluding: [2], seed: 3)
      generation.read(Self.prompt)
      let exclusion = Tensor.generate([11], scalarType: .float32) { $0 == 2 ? -.infinity : 0 }
      var generator = RandomGenerator(seed: 3), text = Self.prompt
      for _ in 0..<60 {
        let logits = model(IndexTensor(text), lengths: [text.count]).logits
        let scores = logits.slice(text.count - 1..<text.count) + exclusion
        text.append(Int32(sampling(scores, using: &generator)))
        #expect(generation.next() == text.last)
      }
    }
    check(Self.model)
    check(Self.model(GRUCell.self, .init()))
    check(Self.model(ElmanCell.self, .init()))
    var options = LSTMCell.Options()
    options.layerNorm = .products
    options.hasPeepholes = true
    check(Self.model(LSTMCell.self, options))
  }

  @Test func aCopyOfATextGoesOnByItself() {
    var first = Generation(Self.model, sampling: Sampling(), seed: 8)
    first.read(Self.prompt)
    var second = first
    let text = (0..<50).map { _ in second.next() }
    #expect((0..<50).map { _ in first.next() } == text)
  }

  @Test func theFirstSymbolWithoutAPromptComesFromTheOutputBiases() {
    var model = Self.model
    model.outputBias = .generate([11], scalarType: .float32) { $0 == 7 ? 50 : 0 }
    var generation = Generation(model, sampling: Sampling(), seed: 0)
    #expect(generation.next() == 7)
  }

  @Test func theSameSeedWritesTheSameText() {
    func text(_ seed: UInt64) -> [Int32] {
      Self.text(Generation(Self.model, sampling: Sampling(), seed: seed))
    }
    #expect(text(1) == text(1))
    #expect(text(1) != text(2))
  }

  @Test(
    "excluded symbols are never drawn, however probable",
    arguments: [0.0, 1.0, 100.0])
  func exclusion(temperature: Double) {
    var model = Self.model
    model.outputBias = .generate([11], scalarType: .float32) { $0 == 2 ? 100 : 0 }
    let sampling = Sampling(temperature: temperature)
    let free = Self.text(Generation(model, sampling: sampling, seed: 1), 300)
    #expect(free.contains(2))
    let text = Self.text(
      Generation(model, sampling: sampling, excluding: [2, 10], seed: 1), 300)
    #expect(!text.contains(2) && !text.contains(10))
  }
}
