extension TaggingConfiguration {
  /// The network: vectors of words and of their spelling, bidirectional layers, and a choice among the tags.
  public struct Model: Equatable, Sendable {
    /// How the tags of a sentence are chosen: each by itself, all together by a conditional random field, or one after
    /// the other by a Jordan net.
    public enum Output: String, ConfigurationChoice { case softmax, crf, jordan }

    /// The layers over the words of a sentence; each is walked both ways.
    public var recurrent = RecurrentConfiguration()
    /// E, the size of a word's vector.
    public var embeddingSize = 100
    /// What is read of a word's spelling.
    public var characters = Characters()
    /// α: while training, a word seen c times is read as an unknown one with probability α / (α + c).
    public var wordDropout = 0.25
    /// The probability that a unit of a word's vector is dropped before the first layer.
    public var inputDropout = 0.0
    /// How the tags of a sentence are chosen.
    public var output = Output.softmax

    /// The bidirectional LSTM over the characters of a word.
    public struct Characters: Equatable, Sendable {
      /// The size of a character's vector; 0 reads no characters.
      public var size = 32
      /// The size of each direction's state.
      public var hiddenSize = 64

      /// The defaults.
      public init() {}

      static let fields: [Field<Self>] = [
        Field(
          "size", \.size, .from(0, to: 1_000_000),
          "The size of a character's vector; 0 reads no characters.", option: "character-size"),
        Field(
          "hidden-size", \.hiddenSize, RecurrentConfiguration.sizes,
          "The size of each direction's state over a word's characters.",
          option: "character-hidden-size",
          when: Condition("model.characters.size is not 0") { $0.size > 0 }),
      ]
    }

    /// The defaults.
    public init() {}

    static let fields: [Field<Self>] =
      Field.including(\.recurrent, RecurrentConfiguration.fields) + [
        Field(
          "embedding-size", \.embeddingSize, RecurrentConfiguration.sizes,
          "The size of a word's vector."),
        Field(
          "word-dropout", \.wordDropout, .from(0, to: 1_000_000),
          "While training, a word seen c times is read as an unknown one with probability "
            + "word-dropout / (word-dropout + c)."),
        Field(
          "input-dropout", \.inputDropout, RecurrentConfiguration.probability,
          "The probability that a unit of a word's vector is dropped before the first layer."),
        Field(
          "output", \.output,
          "How tags are chosen: each by itself, all of a sentence by a conditional random field, or one "
            + "after the other by a Jordan net, which learns from the right tags before."
        ),
      ] + Field.section("characters", \.characters, Characters.fields)
  }
}
