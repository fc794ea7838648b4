public import Layers
internal import Tensors

extension LanguageModel {
  /// The model's layers with output shapes and numbers of parameters, from the symbols `[B, T]` up.
  public var summary: Summary {
    var summary = Summary(input: ["B", "T"])
    summary.add(embedding)
    summary.add(recurrent)
    if recurrent.dropout.rate > 0 { summary.add(recurrent.dropout) }
    let weights = outputWeight?.count ?? 0
    summary.add([
      Summary.Row(
        outputWeight == nil ? "Dense (tied)" : "Dense",
        output: summary.output.dropLast() + [.size(vocabularySize)],
        parameterCount: weights + outputBias.count)
    ])
    summary.add("Softmax")
    return summary
  }
}
