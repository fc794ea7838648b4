public import Layers
internal import Tensors
internal import Unfolding

extension Translator {
  /// The model's layers with output shapes and numbers of parameters: those that read sources `[B, S]`, then those that
  /// write targets `[B, T]`.
  public var summary: Summary {
    var summary = Summary(input: ["B", "S"])
    summary.add(
      sourceEmbedding.map { table in
        [row("Source embedding", ["B", "S", .size(table.weight.shape[1])], table.parameterCount)]
      } ?? [row("Source embedding (tied)", ["B", "S", .size(targetEmbedding.weight.shape[1])])])
    if dropout.rate > 0 { summary.add(dropout) }
    summary.add(encoder)
    if bridge.parameterCount > 0 {
      let size = decoder.layers.flatMap { $0.initialState(batch: 0).tensors }
        .reduce(0) { $0 + $1.shape[1] }
      summary.add([row("Bridge", ["B", .size(size)], bridge.parameterCount)])
    }
    summary.add([
      row(
        "Target embedding", ["B", "T", .size(targetEmbedding.weight.shape[1])],
        targetEmbedding.parameterCount)
    ])
    if dropout.rate > 0 { summary.add(dropout) }
    if let attention = decoder.attention {
      summary.add([row("Attention", ["B", "T", "S"], attention.parameterCount)])
    }
    summary.add(
      decoder.layers.map {
        row($0.name, ["B", "T", .size($0.outputSize)], $0.parameterCount)
      })
    summary.add([
      row("Readout", ["B", "T", .size(decoder.outputSize)], decoder.readout.parameterCount)
    ])
    if dropout.rate > 0 { summary.add(dropout) }
    summary.add([
      row(
        outputWeight == nil ? "Dense (tied)" : "Dense", ["B", "T", .size(vocabularySize)],
        (outputWeight?.count ?? 0) + outputBias.count)
    ])
    summary.add("Softmax")
    return summary
  }

  private func row(_ name: String, _ output: [Summary.Axis], _ count: Int = 0) -> Summary.Row {
    Summary.Row(name, output: output, parameterCount: count)
  }
}
