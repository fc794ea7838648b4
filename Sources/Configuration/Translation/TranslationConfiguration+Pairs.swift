extension TranslationConfiguration {
  /// How pairs are put into batches, and what decides which parameters are best; settings of the section `training`.
  public struct Pairs: Equatable, Sendable {
    /// The figure of the validation data that decides which parameters are best.
    public enum Criterion: String, ConfigurationChoice {
      case loss, bleu, chrf
      case exactMatch = "exact-match"
      case accuracy

      /// Whether it is known only once sentences have been translated.
      public var needsDecoding: Bool { self != .loss }
    }

    /// The most symbols of a batch on either side; `nil` is so many pairs instead.
    public var batchTokens: Int?
    /// How pairs come together.
    public var batches = BatchConfiguration()
    /// The figure that decides which parameters are best.
    public var criterion = Criterion.loss
    /// How often the decoder reads what should have been written.
    public var forcing = Forcing()
    /// Whether the loss of the validation data is also told for a decoder that reads its own symbols alone.
    public var tellsFreeLoss = false

    /// The defaults.
    public init() { batches.hasSimilarLengths = true }

    static let fields: [Field<Self>] =
      [
        Field(
          "batch-tokens", \.batchTokens, .from(1, to: 100_000_000),
          "The most symbols of a batch on either side, in the place of batch-size; none goes by batch-size."
        )
      ] + Field.including(\.batches, BatchConfiguration.fields) + [
        Field(
          "criterion", \.criterion,
          "The figure of the validation data that decides which parameters are best; all but loss need translations."
        ),
        Field(
          "free-loss", \.tellsFreeLoss,
          "Tell the loss of the validation data also for a decoder that reads its own symbols alone."
        ),
      ] + Field.section("forcing", \.forcing, Forcing.fields)
  }
}
