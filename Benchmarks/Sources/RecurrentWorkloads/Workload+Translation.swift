import Unfold

/// A GRU that attends to what a bidirectional GRU has read, at the sizes of a batch of Multi30k.
extension Workload {
  static func translation(_ way: TranslationWay) -> Workload {
    switch way {
    case .train: translationTraining
    case .decoding(let width, let count): translationDecoding(width: width, count: count)
    }
  }

  private static let vocabulary = 8000
  private static let end: Int32 = 0

  private static func translator(_ generator: inout RandomGenerator) -> Translator<GRUCell> {
    var encoder = RecurrentEncoder<GRUCell>.Options(hiddenSize: 256, cell: .init())
    encoder.isBidirectional = true
    var decoder = Decoder<GRUCell>.Options(hiddenSize: 512, outputSize: 256, cell: .init())
    decoder.attention = AttentionOptions()
    return Translator(
      .init(
        sourceVocabularySize: vocabulary, targetVocabularySize: vocabulary, embeddingSize: 256,
        endSymbol: end, encoder: encoder, decoder: decoder), using: &generator)
  }

  private static func symbols(_ count: Int, _ generator: inout RandomGenerator) -> [Int32] {
    (0..<count).map { _ in Int32.random(in: 1..<Int32(vocabulary), using: &generator) }
  }

  /// 64 sources of 10 to 18 symbols.
  private static func sources(_ generator: inout RandomGenerator) -> [[Int32]] {
    (0..<64).map { symbols(10 + 8 * $0 / 63, &generator) }
  }

  /// A whole step: loss and gradient, the norm clipped at 5, an update.
  private static var translationTraining: Workload {
    var generator = RandomGenerator(seed: 1)
    var model = translator(&generator)
    var optimizer = Optimizer(Adam())
    let batches = (0..<16).map { _ in
      PairBatch(
        sources: sources(&generator),
        targets: (0..<64).map { symbols(9 + 7 * $0 % 9, &generator) + [end] })
    }
    var step = 0
    return Workload(train: {
      let batch = batches[step % batches.count]
      let (loss, gradient) = valueWithGradient(at: model) { $0.losses(batch).mean() }
      let clipping = GradientClipping.globalNorm(limit: 5)
      optimizer.update(
        &model, gradient: gradient, learningRate: 0.001,
        gradientScale: clipping.scale(norm: gradient.globalNorm))
      keep(loss)
      step += 1
    })
  }

  /// Just 14 steps for each source: 13 symbols, the end barred until then, and the end.
  private static func translationDecoding(width: Int, count: Int) -> Workload {
    var generator = RandomGenerator(seed: 1)
    let model = translator(&generator)
    let sources = count == 1 ? [symbols(14, &generator)] : sources(&generator)
    let search = BeamSearch(
      width: width,
      constraints: DecodingConstraints(minimumLength: 13, maximumLength: .fixed(13)))
    let decoder = TranslationDecoder(model)
    return Workload(forward: {
      var lanes = decoder.begin(sources, lanesPerSource: width)
      keep(search(&lanes, sourceLengths: sources.map(\.count), start: end, end: end))
    })
  }
}
