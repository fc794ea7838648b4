/// What is unfolded over something else than one chain.
package enum StructureShape: String, CaseIterable, Sendable {
  /// 25 binary parse trees of 5 to 41 words, 300 inputs, 150 units: the loss of five classes at every node.
  case treeLSTM = "tree-lstm"
  /// 32 images of 28 × 28 pixels, 64 units, from one corner.
  case lstm2D = "lstm-2d"
  /// A tagger's step: 32 sentences of 5 to 40 words, 10,000 words of 100, two bidirectional LSTM layers of 200 units,
  /// 17 tags.
  case tagging
}
