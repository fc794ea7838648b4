extension LanguageModelConfiguration {
  /// How the text is cut for truncated back-propagation through time; settings of the section `training`.
  public struct Windows: Equatable, Sendable {
    /// T, the steps between a gradient's end and its start.
    public var length = 64
    /// Whether every epoch cuts the text at other places, by a first window of random length.
    public var areShifted = false

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field(
        "window", \.length, .from(1, to: 1_000_000),
        "Steps of truncated back-propagation through time."),
      Field(
        "shift-windows", \.areShifted,
        "Cut the text at other places every epoch, by a first window of random length."),
    ]
  }
}
