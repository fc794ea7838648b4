/// How independent examples are put into batches; settings of the section `training`.
public struct BatchConfiguration: Equatable, Sendable {
  /// Whether the examples of a batch have similar lengths.
  public var hasSimilarLengths = false

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] = [
    Field(
      "similar-lengths", \.hasSimilarLengths,
      "Put examples of similar lengths into a batch, which is faster; the order stays random else.")
  ]
}
