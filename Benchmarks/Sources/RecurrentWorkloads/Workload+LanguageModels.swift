import Unfold

extension Workload {
  /// A whole step: loss and gradient of one window, the norm clipped at 5, an update; the states go on to the next.
  static func languageModel(_ shape: LanguageModelShape) -> Workload {
    var generator = RandomGenerator(seed: 1)
    var model = languageModel(
      vocabulary: shape.vocabulary, embedding: shape.embedding, hidden: shape.hidden, &generator)
    var optimizer = shape.isAdam ? Optimizer(Adam()) : Optimizer(SGD())
    let windows = (0..<16).map { _ in
      (0..<(shape.steps + 1) * shape.batch).map { _ in
        Int32.random(in: 0..<Int32(shape.vocabulary), using: &generator)
      }
    }
    let lengths = Array(repeating: shape.steps, count: shape.batch)
    let count = shape.steps * shape.batch
    var states = model.initialStates(batch: shape.batch)
    var step = 0
    return Workload(train: {
      // Step by step, so what follows a symbol stands a batch further on.
      let window = windows[step % windows.count]
      let start = states
      let (loss, gradient) = valueWithGradient(at: model) { model in
        let (losses, end) = model.losses(
          IndexTensor(Array(window[..<count])),
          targets: IndexTensor(Array(window[shape.batch..<shape.batch + count])),
          lengths: lengths, order: .stepMajor, from: start)
        states = end.map(\.detached)
        return losses.mean()
      }
      let clipping = GradientClipping.globalNorm(limit: 5)
      optimizer.update(
        &model, gradient: gradient, learningRate: shape.isAdam ? 0.001 : 1,
        gradientScale: clipping.scale(norm: gradient.globalNorm))
      keep(loss)
      step += 1
    })
  }

  /// A symbol drawn from the model's own distribution and read.
  static var generate: Workload {
    var generator = RandomGenerator(seed: 1)
    let model = languageModel(vocabulary: 65, embedding: 128, hidden: 256, &generator)
    var generation = Generation(model, sampling: Sampling(), seed: 1)
    return Workload(forward: { keep(generation.next()) })
  }

  /// Two LSTM layers of two biases.
  private static func languageModel(
    vocabulary: Int, embedding: Int, hidden: Int, _ generator: inout RandomGenerator
  ) -> LanguageModel<LSTMCell> {
    var cell = LSTMCell.Options()
    cell.biases = .two
    var options = LanguageModel<LSTMCell>.Options(
      vocabularySize: vocabulary, embeddingSize: embedding, hiddenSize: hidden, cell: cell)
    options.layers = 2
    return LanguageModel(options, using: &generator)
  }
}
