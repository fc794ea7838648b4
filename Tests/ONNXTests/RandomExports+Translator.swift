import Layers
import Models
import Tensors
import Unfolding

@testable import ONNX

extension RandomExports {
  /// A translator's encoder, or its decoder's second step.
  mutating func translator(isStep: Bool) throws -> ExportCase {
    choice([true, false])
      ? try translator(GRUCell.self, .init(), isStep: isStep)
      : try translator(MinimalGatedCell.self, .init(), isStep: isStep)
  }

  private mutating func attention() -> AttentionOptions {
    var options = AttentionOptions()
    options.score = choice(AttentionOptions.Score.allCases)
    options.query = choice(AttentionOptions.Query.allCases)
    options.hasCoverage = options.score == .additive && choice([true, false])
    return options
  }

  private mutating func translator<C: RecurrentCell>(
    _ type: C.Type, _ cell: C.Options, isStep: Bool
  ) throws -> ExportCase {
    let (sources, targets, hidden) = (size(2...8), size(2...9), size(1...4))
    var encoder = RecurrentEncoder<C>.Options(hiddenSize: hidden, cell: cell)
    encoder.layers = size(1...2)
    encoder.isBidirectional = choice([true, false])
    let ends = encoder.isBidirectional ? 2 * hidden : hidden
    var decoder = Decoder<C>.Options(hiddenSize: ends, outputSize: size(2...5), cell: cell)
    decoder.layers = encoder.layers
    decoder.feedsOutput = choice([true, false])
    if choice([true, true, false]) {
      decoder.attention = attention()
    } else {
      decoder.readsContext = true
    }
    var options = Translator<C>.Options(
      sourceVocabularySize: sources, targetVocabularySize: targets, embeddingSize: size(1...4),
      endSymbol: 0, encoder: encoder, decoder: decoder)
    options.bridge = choice(Bridge.Kind.allCases)
    if choice([true, false]) {
      options.ties = .target
      options.embeddingSize = decoder.outputSize
    }
    let model = moved(Translator(options, using: &generator))
    let graphs = try ONNXTranslator(model)
    let padding = padding()
    let symbols = padding.lengths.map { self.symbols($0, of: sources) }
    let first = isStep ? self.symbols(symbols.count, of: targets) : symbols.map { _ in 0 }
    let probes = TranslatorProbes(of: model, graphs, reading: symbols, writing: first)
    return isStep
      ? ExportCase("translator's step", graphs.step, probes.step)
      : ExportCase("translator's encoder", graphs.encoder, probes.encoder)
  }
}
