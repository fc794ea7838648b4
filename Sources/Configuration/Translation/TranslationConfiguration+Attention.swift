extension TranslationConfiguration.Model {
  /// How the decoder looks at the sentence while it writes.
  public struct Attention: Equatable, Sendable {
    /// How well a state and a place of the sentence match.
    public enum Score: String, ConfigurationChoice {
      /// There is no attention.
      case none
      /// v · tanh(W s + U h).
      case additive
      /// s · h.
      case dot
      /// s · W h.
      case general
      /// v · tanh(W [s; h]).
      case concat
    }

    /// Which state asks: that before the step, or that after it.
    public enum Query: String, ConfigurationChoice { case before, after }

    /// Which places are looked at.
    public enum Window: String, ConfigurationChoice {
      /// All.
      case all
      /// Those about the place of the step's own number.
      case monotonic
      /// Those about a place that the state foretells.
      case predictive
    }

    /// How well a state and a place of the sentence match.
    public var score = Score.additive
    /// A, the size that both are brought to; `nil` is that of the decoder's state.
    public var size: Int?
    /// Which state asks.
    public var query = Query.before
    /// Which places are looked at.
    public var window = Window.all
    /// How far on either side of the middle.
    public var reach = 10
    /// How far on either side of a place the score sees the weights of the step before; `nil` is not at all.
    public var locationReach: Int?
    /// Whether the sum of all weights so far counts.
    public var coverage = false

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] = [
      Field(
        "score", \.score,
        "How well a state and a place of the sentence match; none is no attention.",
        option: "attention"),
      Field(
        "size", \.size, RecurrentConfiguration.sizes,
        "The size that a state and a place are brought to; none is that of the state.",
        option: "attention-size", when: hasLayer),
      Field(
        "query", \.query,
        "Which state asks: that before the step, whose answer is its input, or that after it.",
        when: isThere),
      Field(
        "window", \.window,
        "Which places are looked at: all, or those about one that moves on step by step or is foretold.",
        option: "attention-window", when: isThere),
      Field(
        "reach", \.reach, .from(0, to: 1_000_000),
        "How far the window goes on either side of its middle.",
        when: Condition("model.attention.window is monotonic or predictive") {
          $0.score != .none && $0.window != .all
        }),
      Field(
        "location-reach", \.locationReach, .from(0, to: 10_000),
        "How far on either side of a place the score sees the weights of the step before; none is not at all.",
        when: hasLayer),
      Field(
        "coverage", \.coverage, "Let the score see the sum of all weights so far.",
        when: hasLayer),
    ]

    private static let isThere = Condition<Self>("model.attention.score is not none") {
      $0.score != .none
    }
    private static let hasLayer = Condition<Self>(
      "model.attention.score is additive or concat"
    ) { [.additive, .concat].contains($0.score) }
  }
}
