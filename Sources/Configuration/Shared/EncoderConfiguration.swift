/// Recurrent layers over a whole sequence, walked one way or both.
public struct EncoderConfiguration: Equatable, Sendable {
  /// The layers.
  public var recurrent = RecurrentConfiguration()
  /// Whether each layer is walked from both ends.
  public var isBidirectional = false

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] =
    Field.including(\.recurrent, RecurrentConfiguration.fields) + [
      Field(
        "bidirectional", \.isBidirectional,
        "Walk each layer from both ends; the outputs stand side by side.")
    ]

  /// The size of what a step puts out: that of all walks together.
  public var outputSize: Int { recurrent.outputSize * (isBidirectional ? 2 : 1) }
}
