internal import Interchange
internal import Layers
public import Models
internal import Tensors
internal import Unfolding

extension GraphProbe {
  /// A language model's: texts of different lengths, in whose midst it is.
  public init<C>(of model: LanguageModel<C>) {
    let model = model.converted(to: .float32)
    let padding = ProbeDraws.padding
    var draws = ProbeDraws()
    let before = draws.symbols(padding.count, of: model.vocabularySize)
    self.init(
      of: model, reading: draws.symbols(padding.count, of: model.vocabularySize), padding,
      from: model(IndexTensor(before), lengths: padding.lengths).states)
  }

  /// A language model's.
  ///
  /// - Parameters:
  ///   - model: The model, of float32.
  ///   - symbols: What it reads, `[N]`.
  ///   - padding: How long each text is.
  ///   - states: What was read before.
  package init<C>(
    of model: LanguageModel<C>, reading symbols: [Int32], _ padding: SequencePadding,
    from states: LanguageModel<C>.States
  ) {
    let (logits, last) = model(IndexTensor(symbols), lengths: padding.lengths, from: states)
    read("symbols", padding.padded(symbols))
    read("lengths", padding.lengthsValue)
    for (index, layer) in model.recurrent.layers.enumerated() {
      carry(layer.cell, named: "l\(index)", from: states[index], to: last[index])
    }
    expect(
      "log_probabilities", padding.padded(logits.logSoftmax()), counting: padding.hasStep)
  }
}
