import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Tagger")
struct TaggerTests {
  typealias Model = Tagger<GRUCell>

  /// V = 7, E = 3, K = 4, two layers of H = 5; characters: 6 of size 2, H = 3; unless changed.
  static func model(
    scalarType: ScalarType = .float64, _ change: (inout Model.Options) -> Void = { _ in }
  ) -> Model {
    var options = Model.Options(
      vocabularySize: 7, embeddingSize: 3, hiddenSize: 5, tagCount: 4, cell: .init())
    options.layers = 2
    options.characters = .init(count: 6, size: 2, hiddenSize: 3)
    change(&options)
    var generator = RandomGenerator(seed: 3)
    return Model(options, using: &generator, scalarType: scalarType)
  }

  /// Of 3, 0 and 2 words; two words are spelled alike, and one has no characters.
  static let sentences: [[(number: Int32, spelling: [Int32])]] = [
    [(1, [3, 1]), (6, [2]), (0, [5, 4, 4])], [], [(1, [3, 1]), (2, [])],
  ]
  static let batch = SentenceBatch(sentences, identities: [8, 9, 4])
  static let tags: IndexTensor = [3, 0, 1, 2, 0]

  @Test func everySpellingIsReadOnce() {
    #expect(Self.batch.words == [1, 6, 0, 1, 2])
    #expect(Self.batch.lengths == [3, 0, 2] && Self.batch.wordCount == 5)
    #expect(Self.batch.spellings == [[3, 1], [2], [5, 4, 4], []])
    #expect(Self.batch.spelling == [0, 1, 2, 0, 3])
  }

  @Test func visitShowsEveryParameter() {
    let model = Self.model()
    checkNames(model)
    #expect(
      model.parameters.map(\.name).prefix(3) == [
        "words.weight", "characters.embedding.weight", "characters.rnn.weight_ih",
      ])
    let plain = Self.model { $0.characters = nil }
    #expect(plain.characters == nil && plain.parameters.allSatisfy { !$0.name.contains("char") })
    #expect(model.summary.parameterCount == model.parameterCount)
    #expect(plain.summary.parameterCount == plain.parameterCount)
  }

  private func checkNames(_ model: Model) {
    let names = model.parameters.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.contains("rnn.weight_hh_l1_reverse") && names.contains("output.bias"))
  }

  @Test func gradientsMatchFiniteDifferences() {
    for change: (inout Model.Options) -> Void in [
      { _ in }, { $0.characters = nil }, { $0.choice = .field(allowed: nil) },
      { $0.choice = .jordan },
    ] {
      let model = Self.model(change)
      checkGradient(at: model.parameters.map(\.tensor)) {
        model.replacingParameters($0).loss(Self.batch, tags: Self.tags)
      }
    }
  }

  @Test func theLossIsTheMeanOfAllWords() {
    let model = Self.model()
    let scores = model.scores(Self.batch)
    #expect(scores.values.shape == [5, 4] && scores.lengths == [3, 0, 2])
    let logs = scores.values.logSoftmax().scalars
    let expected = Self.tags.elements.enumerated().reduce(0.0) {
      $0 - logs[$1.offset * 4 + Int($1.element)]
    }
    #expect(abs(model.loss(Self.batch, tags: Self.tags).item - expected / 5) < 1e-12)
    let best = (0..<5).map { row in
      Int32((0..<4).max { logs[row * 4 + $0] < logs[row * 4 + $1] } ?? 0)
    }
    #expect(model.tags(Self.batch) == best)
  }

  @Test func aRandomFieldChoosesAllTagsOfASentenceTogether() {
    let allowed = AllowedTransitions(tagCount: 4) { previous, next in
      // Whatever the words say, tags run 0, 1, 2, 3, 0, …
      (previous ?? -1) + 1 == next || next == nil || (previous, next) == (3, 0)
    }
    let model = Self.model { $0.choice = .field(allowed: allowed) }
    #expect(model.tags(Self.batch) == [0, 1, 2, 0, 1])
    #expect(model.parameters.suffix(3).map(\.name).allSatisfy { $0.hasPrefix("crf.") })
    #expect(model.summary.parameterCount == model.parameterCount)
    #expect(model.tags(SentenceBatch([[], []])).isEmpty)

    // Without transitions that matter it is a softmax at each word.
    let free = Self.model { $0.choice = .field(allowed: nil) }
    let plain = Self.model()
    #expect(free.tags(Self.batch) == plain.tags(Self.batch))
    let losses = [free, plain].map { $0.loss(Self.batch, tags: Self.tags).item }
    #expect(abs(losses[0] - losses[1]) < 1e-12)
  }

  /// In training each tag is said after the right one before it, and else after what was said itself: held to the net
  /// stepped by hand.
  @Test func aJordanNetSaysOneTagAfterTheOther() throws {
    let model = Self.model { $0.choice = .jordan }
    let jordan = try #require(model.jordan)
    #expect(model.output == nil && model.summary.parameterCount == model.parameterCount)
    let plain = Self.model { $0.tagCount = 10 }
    var read = plain
    read.words = model.words
    read.characters = model.characters
    read.recurrent = model.recurrent
    // The identity shows what the net reads.
    read.output?.weight = .identity(10, scalarType: .float64)
    let inputs = read.scores(Self.batch).values
    let right = Tensor.oneHot(Self.tags, columns: 4, scalarType: .float64)
    var free: [Tensor] = [], forced = 0.0
    for rows in [0..<3, 3..<5] {
      var own = jordan.initialState(batch: 1), told = own
      for row in rows {
        own = jordan.step(inputs.slice(row..<row + 1), from: own)
        free.append(own.output)
        told = jordan.step(inputs.slice(row..<row + 1), from: told)
        forced -= (told.output * right.slice(row..<row + 1)).sum().log().item / 5
        told.output = right.slice(row..<row + 1)
      }
    }
    let scores = model.scores(Self.batch)
    expectClose(
      scores.values.softmax(), .concatenate(free), relative: 1e-12, absolute: 1e-12)
    #expect(abs(model.loss(Self.batch, tags: Self.tags).item - forced) < 1e-12)
    #expect(model.tags(Self.batch) == Tensor.concatenate(free).argmax().elements)
  }

  /// One word over and over, whose tags go round in a circle: only the tag before tells the next.
  @Test func aJordanNetLearnsFromTheRightTagsAndGoesOnByItself() throws {
    var model = Self.model(scalarType: .float32) {
      $0.characters = nil
      $0.layers = 1
      $0.choice = .jordan
    }
    // What it reads is nothing: all that it knows is what it has said.
    model.words.weight = .zeros(model.words.weight.shape)
    model.recurrent = model.recurrent.mapParameters { .zeros($0.shape) }
    let batch = SentenceBatch(Array(repeating: Array(repeating: (1, []), count: 12), count: 4))
    let tags = (0..<48).map { Int32($0 % 12 % 3) }
    for _ in 0..<200 {
      let jordan = try #require(model.jordan)
      let step = valueWithGradient(at: jordan) { jordan in
        var told = model
        told.jordan = jordan
        return told.loss(batch, tags: IndexTensor(tags))
      }
      model.jordan = jordan.replacingParameters(
        zip(jordan.parameters, step.gradient.parameters).map { $0.tensor - 0.5 * $1.tensor })
    }
    #expect(model.loss(batch, tags: IndexTensor(tags)).item < 0.1)
    #expect(model.tags(batch) == tags)
  }

  @Test func aSentenceHasTheSameBitsInAnyCompany() {
    let model = Self.model(scalarType: .float32)
    let whole = model.scores(Self.batch).values
    let alone = model.scores(SentenceBatch([Self.sentences[2]])).values
    #expect(whole.slice(3..<5).scalars == alone.scalars)
    // In training too: masks are drawn by the sentence's name.
    let dropping = Self.model(scalarType: .float32) {
      $0.inputDropout = Dropout(0.5)
      $0.dropout = Dropout(0.5)
    }
    let randomness = Randomness(seed: 5)
    let dropped = dropping.scores(Self.batch, randomness: randomness).values
    let one = dropping.scores(
      SentenceBatch([Self.sentences[2]], identities: [4]), randomness: randomness
    ).values
    #expect(dropped.slice(3..<5).scalars == one.scalars)
    #expect(dropped.scalars != whole.scalars)
  }

  @Test func bothSidesOfAWordAreRead() {
    let model = Self.model()
    func scores(_ words: [Int32]) -> [Double] {
      model.scores(SentenceBatch([words.map { ($0, [1]) }])).values.slice(1..<2).scalars
    }
    #expect(scores([1, 2, 3]) != scores([4, 2, 3]))
    #expect(scores([1, 2, 3]) != scores([1, 2, 4]))
  }

  @Test func nothingToTagGivesNothing() {
    for model in [Self.model(), Self.model { $0.characters = nil }] {
      #expect(model.tags(SentenceBatch([])).isEmpty)
      #expect(model.tags(SentenceBatch([[], []])).isEmpty)
    }
  }

  @Test func tagsOfAnotherNumberTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = TaggerTests.model().loss(TaggerTests.batch, tags: [1, 2])
    }
    expectMessage(exit, "Tagger: 5 words need as many tags, got 2")
  }
}
