extension LanguageModelConfiguration {
  /// The network: an embedding, recurrent layers, and a projection to the vocabulary.
  public struct Model: Equatable, Sendable {
    /// The layers between the embedding and the projection.
    public var recurrent = RecurrentConfiguration()
    /// D, the size of a token's vector.
    public var embeddingSize = 128
    /// The probability that a token's whole vector is dropped.
    public var embeddingDropout = 0.0
    /// Whether the output projection is the embedding, transposed.
    public var tieWeights = false

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] =
      Field.including(\.recurrent, RecurrentConfiguration.fields) + [
        Field(
          "embedding-size", \.embeddingSize, RecurrentConfiguration.sizes,
          "The size of a token's vector."),
        Field(
          "embedding-dropout", \.embeddingDropout, RecurrentConfiguration.probability,
          "The probability that a token's whole vector is dropped."),
        Field(
          "tie-weights", \.tieWeights, "Use the embedding, transposed, as the output projection."),
      ]

    var tyingViolation: String? {
      guard tieWeights, embeddingSize != recurrent.outputSize else { return nil }
      let cell = recurrent.cell
      let key =
        cell.projectionSize != nil
        ? "projection-size"
        : cell.feedbackSize != nil
          ? "feedback-size" : cell.outputLayers.isEmpty ? "hidden-size" : "output-layers"
      return "needs model.embedding-size to equal model.\(key), but they are \(embeddingSize) and "
        + "\(recurrent.outputSize)"
    }
  }
}
