extension LanguageModelConfiguration {
  /// The text that is drawn from the model when training ends.
  public struct Sample: Equatable, Sendable {
    /// The number of tokens; 0 draws nothing.
    public var length = 0
    /// What the logits are divided by: below 1 is safer, above 1 bolder.
    public var temperature = 1.0
    /// The text the model reads first.
    public var prompt = ""

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field(
        "length", \.length, .from(0, to: 10_000_000),
        "The number of tokens to draw when training ends; 0 draws nothing.", option: "sample-length"
      ),
      Field(
        "temperature", \.temperature, .above(0, to: 100),
        "What the logits are divided by: below 1 is safer, above 1 bolder.",
        option: "sample-temperature"),
      Field("prompt", \.prompt, "The text the model reads first.", option: "sample-prompt"),
    ]
  }
}
