internal import Layers
package import Models
internal import Tensors
package import Unfolding

extension GraphProbe {
  /// What a model of sequences says, and the states before and after where its graph has them; what the graph reads is for
  /// ``read(_:_:)`` to add.
  ///
  /// - Parameters:
  ///   - model: The model, of float32.
  ///   - batch: What it reads.
  ///   - padding: How its steps stand in the graph; `nil` for images, all of one length.
  ///   - answer: What the graph says of its scores.
  ///   - states: What was read before, where the graph has states; unless given, the same sequences.
  package init<C>(
    of model: SequenceModel<C>, reading batch: SequenceBatch, _ padding: SequencePadding?,
    answering answer: SequenceAnswer, from states: [C.State]? = nil
  ) {
    if let padding { read("lengths", padding.lengthsValue) }
    guard case .oneWay(let stack) = model.encoder, model.pooling == nil else {
      expect(model(batch), answer, model.pooling == nil ? padding : nil)
      return
    }
    let before = states ?? stack(batch).layers.map(\.last)
    let (output, layers) = stack(batch, from: before)
    for (index, layer) in stack.layers.enumerated() {
      carry(layer.cell, named: "l\(index)", from: before[index], to: layers[index].last)
    }
    expect(model.output(output.values), answer, padding)
  }

  /// Adds what a graph should say of scores: `[B, K]`, or `[N, K]` at the steps of sequences.
  private mutating func expect(
    _ scores: Tensor, _ answer: SequenceAnswer, _ padding: SequencePadding?
  ) {
    func expect(_ name: String, _ values: Tensor) {
      self.expect(
        name, padding?.padded(values) ?? .numbers(values), counting: padding?.hasStep)
    }
    switch answer {
    case .classes:
      expect("probabilities", scores.softmax())
      let labels = scores.argmax()
      self.expect(
        "label", padding?.padded(labels.elements) ?? ONNXValue(labels),
        counting: padding?.hasStep)
    case .properties: expect("probabilities", scores.sigmoid())
    case .values: expect("values", scores)
    }
  }
}
