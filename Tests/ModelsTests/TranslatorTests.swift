import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Translator")
struct TranslatorTests {
  /// A kind of model.
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    var attention: AttentionOptions?
    var readsContext = false
    var feedsOutput = false
    var bridge = Bridge.Kind.linear
    var ties = Translator<GRUCell>.Options.Ties.none
    var layers = 1
    var isBidirectional = true

    func model(scalarType: ScalarType = .float32) -> Translator<GRUCell> {
      var encoder = RecurrentEncoder<GRUCell>.Options(hiddenSize: 3, cell: .init())
      encoder.isBidirectional = isBidirectional
      encoder.layers = layers
      var decoder = Decoder<GRUCell>.Options(
        hiddenSize: isBidirectional ? 6 : 3, outputSize: 5, cell: .init())
      decoder.layers = layers
      decoder.attention = attention
      decoder.readsContext = readsContext
      decoder.feedsOutput = feedsOutput
      var options = Translator<GRUCell>.Options(
        sourceVocabularySize: ties == .all ? 9 : 11, targetVocabularySize: 9, embeddingSize: 5,
        endSymbol: 2, encoder: encoder, decoder: decoder)
      options.bridge = bridge
      options.ties = ties
      var generator = RandomGenerator(seed: 3)
      return Translator(options, using: &generator, scalarType: scalarType)
    }
  }

  static func luong(_ score: AttentionOptions.Score = .general) -> AttentionOptions {
    var options = AttentionOptions()
    options.score = score
    options.query = .after
    return options
  }

  static let cases = [
    Case(testDescription: "additive", attention: .init()),
    Case(
      testDescription: "two layers, fed, general", attention: luong(), feedsOutput: true,
      bridge: .last, ties: .all, layers: 2),
    Case(testDescription: "dot, from zeros", attention: luong(.dot), bridge: .zeros, ties: .target),
    Case(testDescription: "one vector at each step", readsContext: true, isBidirectional: false),
    Case(testDescription: "one vector at the start", bridge: .last, isBidirectional: false),
    Case(testDescription: "one vector, fed", readsContext: true, feedsOutput: true, layers: 2),
  ]

  static let batch = PairBatch(
    sources: [[3, 1, 4, 1, 5], [6], [8, 7, 2], []],
    targets: [[1, 2], [5, 3, 8, 4, 2], [2], [7, 7, 2]])

  /// So many that a thread has rows of its own, and so long that it takes some of them at a time.
  @Test func manyLongPairsLossesAreThoseOfEach() {
    let model = Case(testDescription: "additive", attention: .init()).model()
    let sources = (0..<70).map { pair in (0..<(151 - 2 * pair)).map { Int32(($0 + pair) % 11) } }
    let targets = (0..<70).map { pair in (0..<(1 + pair % 5)).map { Int32(($0 + pair) % 9) } }
    let together = model.losses(PairBatch(sources: sources, targets: targets)).scalars
    var first = 0
    for (source, target) in zip(sources, targets) {
      let alone = model.losses(PairBatch(sources: [source], targets: [target])).scalars
      #expect(alone == Array(together[first..<first + alone.count]))
      first += alone.count
    }
  }

  /// Nothing is copied by an optimiser: not what a model need not have, nor what is in its parts.
  @Test(arguments: cases)
  func parametersAreChangedWhereTheyLie(_ variant: Case) {
    var model = variant.model(), before: [String: UInt] = [:]
    // Zeros may be shared at the start.
    model.updateParameters { name, tensor in
      before[name] = tensor.withUnsafeMutableBytes { UInt(bitPattern: $0.baseAddress) }
    }
    model.updateParameters { name, tensor in
      let after = tensor.withUnsafeMutableBytes { UInt(bitPattern: $0.baseAddress) }
      #expect(after == before[name], "\(name)")
    }
  }

  @Test(arguments: cases)
  func aPairsLossDoesNotDependOnItsCompany(_ variant: Case) {
    let model = variant.model()
    let together = model.losses(Self.batch).scalars
    #expect(together.count == 11)
    var first = 0
    for (source, target) in zip(Self.batch.sources, Self.batch.targets) {
      let alone = model.losses(PairBatch(sources: [source], targets: [target])).scalars
      #expect(alone == Array(together[first..<first + target.count]))
      first += target.count
    }
  }

  @Test(arguments: cases)
  func whatIsWrittenStepByStepHasTheScoresOfTheLoss(_ variant: Case) {
    let model = variant.model()
    let decoder = TranslationDecoder(model)
    // Twice, so that a stepper serves again, for other sources.
    for turn in 0..<2 {
      let sources = turn == 0 ? Self.batch.sources : Self.batch.sources.reversed()
      let targets = turn == 0 ? Self.batch.targets : Self.batch.targets.reversed()
      let expected = model.losses(PairBatch(sources: sources, targets: targets)).scalars
      let weights = model.outputs(PairBatch(sources: sources, targets: targets)).weights
      var lanes = decoder.begin(sources)
      #expect(lanes.laneCount == 4 && lanes.vocabularySize == 9)
      var starts = [0]
      for target in targets { starts.append(starts[starts.count - 1] + target.count) }
      for step in 0..<5 {
        lanes.step(
          targets.map { step == 0 ? decoder.endSymbol : step <= $0.count ? $0[step - 1] : 0 })
        let logits = lanes.withLogits { bytes in
          Tensor(bytes: bytes, shape: [4, 9], scalarType: .float32)
        }
        for (lane, target) in targets.enumerated() where step < target.count {
          let loss = logits.slice(lane..<lane + 1).crossEntropy(IndexTensor([target[step]]))
          #expect(abs(loss.scalars[0] - expected[starts[lane] + step]) < 1e-6)
          let looked = lanes.weights(lane: lane)
          guard let weights else {
            #expect(looked.isEmpty)
            continue
          }
          #expect(looked.count == sources[lane].count)
          let row = weights.slice(starts[lane] + step..<starts[lane] + step + 1).scalars
          #expect(looked.map(Double.init) == Array(row.prefix(looked.count)))
          if !looked.isEmpty { #expect(abs(looked.reduce(0, +) - 1) < 1e-6) }
        }
      }
    }
  }

  @Test(arguments: cases)
  func lanesGoOnFromOthers(_ variant: Case) {
    let model = variant.model()
    let decoder = TranslationDecoder(model)
    let sources: [[Int32]] = [[3, 1, 4, 1, 5], [6, 2]]
    func logits(_ lanes: TranslationDecoder<GRUCell>.Lanes) -> [[Float]] {
      lanes.withLogits { bytes in
        let all = Array(bytes.assumingMemoryBound(to: Float.self))
        return (0..<lanes.laneCount).map { Array(all[$0 * 9..<($0 + 1) * 9]) }
      }
    }
    var lanes = decoder.begin(sources, lanesPerSource: 3)
    lanes.step([2, 2])
    lanes.reorder([0, 0, 1, 1, 1])
    lanes.step([4, 5, 6, 7, 8])
    let five = logits(lanes)
    lanes.reorder([4, 1])
    #expect(lanes.weights(lane: 0).count == (variant.attention == nil ? 0 : 2))
    lanes.step([1, 3])
    let two = logits(lanes)
    for (lane, path) in [(0, 0, [2, 4]), (1, 0, [2, 5]), (4, 1, [2, 8])].map({
      ($0.0, ($0.1, $0.2))
    }) {
      var alone = decoder.begin([sources[path.0]])
      for symbol in path.1 { alone.step([Int32(symbol)]) }
      #expect(logits(alone) == [five[lane]])
      if lane == 4 {
        alone.step([1])
        #expect(logits(alone) == [two[0]])
      } else if lane == 1 {
        alone.step([3])
        #expect(logits(alone) == [two[1]])
      }
    }
  }

  @Test(arguments: cases)
  func gradientsAreThoseOfFiniteDifferences(_ variant: Case) {
    let model = variant.model(scalarType: .float64)
    let points = model.parameters.map(\.tensor)
    checkGradient(at: points) { model.replacingParameters($0).losses(Self.batch) }
  }

  @Test func whatIsReadInsteadOfTheTargetsChangesTheLosses() {
    let model = Self.cases[0].model()
    let read: [[Int32]] = [[1, 2], [5, 1, 1, 1, 2], [2], [7, 7, 2]]
    let forced = model.losses(Self.batch).scalars
    let free = model.losses(Self.batch, reading: read).scalars
    #expect(forced[0..<4] == free[0..<4])
    #expect(forced[7...] == free[7...])
    #expect(zip(forced[4..<7], free[4..<7]).allSatisfy { $0 != $1 })
  }

  @Test(arguments: cases)
  func aModelReadsItsOwnSymbolsWhereItRunsFree(_ variant: Case) {
    let model = variant.model()
    #expect(model.reading(Self.batch, keeping: 1, seed: 1) == Self.batch.targets)
    let free = model.reading(Self.batch, keeping: 0, seed: 1)
    #expect(free.map(\.count) == Self.batch.targets.map(\.count))
    for (index, source) in Self.batch.sources.enumerated() {
      // Its own most probable symbols, one by one; the last is not read.
      let decoder = TranslationDecoder(model)
      var lanes = decoder.begin([source]), last = model.endSymbol
      for step in 0..<free[index].count - 1 {
        lanes.step([last])
        last = lanes.withLogits { bytes in
          Tensor(bytes: bytes, shape: [1, 9], scalarType: .float32).argmax().elements[0]
        }
        #expect(free[index][step] == last)
      }
      // In any company, and some of both.
      let pair = PairBatch(
        sources: [source], targets: [Self.batch.targets[index]], identities: [UInt64(index)])
      for share in [0, 0.5] {
        #expect(
          model.reading(pair, keeping: share, seed: 7)[0]
            == model.reading(Self.batch, keeping: share, seed: 7)[index])
      }
    }
  }
}
