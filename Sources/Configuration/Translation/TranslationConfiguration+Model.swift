extension TranslationConfiguration {
  /// The network: layers that read a sentence, attention to what they say, and layers that write its translation.
  public struct Model: Equatable, Sendable {
    /// How the decoder's first state is made of the encoder's last one.
    public enum Bridge: String, ConfigurationChoice {
      /// It is zero.
      case zeros
      /// It is the encoder's.
      case last
      /// A dense layer over the encoder's.
      case linear
    }

    /// Which tables of vectors are one.
    public enum Tie: String, ConfigurationChoice {
      /// None.
      case none
      /// Those of the target's symbols, read and written.
      case target
      /// Those, and that of the source's symbols.
      case all
    }

    /// The layers of both sides, but for ``encoder`` and ``decoder``.
    public var recurrent = RecurrentConfiguration()
    /// The layers that read.
    public var encoder = Encoder()
    /// The layers that write.
    public var decoder = Decoder()
    /// How the decoder looks at the sentence while it writes.
    public var attention = Attention()
    /// E, the size of a symbol's vector.
    public var embeddingSize = 128
    /// Which tables of vectors are one.
    public var tie = Tie.none
    /// The probability that a unit is dropped of a symbol's vector, and of what the scores are made of.
    public var inputDropout = 0.0

    /// The layers that read a sentence.
    public struct Encoder: Equatable, Sendable {
      /// The size of each direction's state; `nil` is that of the model.
      public var hiddenSize: Int?
      /// How many there are; `nil` is as many as the model has.
      public var layers: Int?
      /// Whether each layer is walked from both ends.
      public var isBidirectional = true

      /// The defaults.
      public init() {}

      static let fields: [Field<Self>] = [
        Field(
          "hidden-size", \.hiddenSize, RecurrentConfiguration.sizes,
          "The size of the state of a layer that reads, in each direction; none is model.hidden-size.",
          option: "encoder-hidden-size"),
        Field(
          "layers", \.layers, .from(1, to: 100),
          "The number of layers that read; none is model.layers.", option: "encoder-layers"),
        Field(
          "bidirectional", \.isBidirectional, "Read each sentence from both ends."),
      ]
    }

    /// The layers that write a translation.
    public struct Decoder: Equatable, Sendable {
      /// The size of a layer's state; `nil` is that of the model.
      public var hiddenSize: Int?
      /// How many there are; `nil` is as many as the model has.
      public var layers: Int?
      /// How its first state is made.
      public var bridge = Bridge.linear
      /// Whether every step is given the encoder's last state, beside the symbol.
      public var readsContext = false
      /// Whether a step is also given what the step before put out.
      public var feedsInput = false
      /// O, the size of what a step puts out; `nil` is ``Model/embeddingSize``.
      public var readoutSize: Int?

      /// The defaults.
      public init() {}

      static let fields: [Field<Self>] = [
        Field(
          "hidden-size", \.hiddenSize, RecurrentConfiguration.sizes,
          "The size of the state of a layer that writes; none is model.hidden-size.",
          option: "decoder-hidden-size"),
        Field(
          "layers", \.layers, .from(1, to: 100),
          "The number of layers that write; none is model.layers.", option: "decoder-layers"),
        Field(
          "bridge", \.bridge,
          "How their first state is made: zeros, the last state of those that read, or a dense layer over it."
        ),
        Field(
          "reads-context", \.readsContext,
          "Give every step the last state of the layers that read, which those that write have without attention alone."
        ),
        Field(
          "input-feeding", \.feedsInput,
          "Give each step what the step before put out, beside the symbol."),
        Field(
          "readout-size", \.readoutSize, RecurrentConfiguration.sizes,
          "The size of what a step puts out, before the scores; none is embedding-size."
        ),
      ]
    }

    /// The defaults.
    public init() { recurrent.layers = 1 }

    static let fields: [Field<Self>] =
      Field.including(\.recurrent, recurrentFields) + [
        Field(
          "embedding-size", \.embeddingSize, RecurrentConfiguration.sizes,
          "The size of a symbol's vector."),
        Field(
          "tie", \.tie,
          "Which tables of vectors are one: none, those of the target's symbols read and written, or all three."
        ),
        Field(
          "input-dropout", \.inputDropout, RecurrentConfiguration.probability,
          "The probability that a unit is dropped of a symbol's vector, and of what the scores are made of."
        ),
      ] + Field.section("encoder", \.encoder, Encoder.fields)
      + Field.section("decoder", \.decoder, Decoder.fields)
      + Field.section("attention", \.attention, Attention.fields)

    /// What a decoder, which is one cell, has as well as an encoder.
    private static let recurrentFields = RecurrentConfiguration.fields.filter {
      !["variational", "weight-dropout"].contains($0.path)
    }

    /// The layers that read, as any recurrent layers.
    public var encoderLayers: RecurrentConfiguration {
      layers(encoder.hiddenSize, encoder.layers)
    }

    /// The layers that write.
    public var decoderLayers: RecurrentConfiguration {
      layers(decoder.hiddenSize, decoder.layers)
    }

    /// O, the size of what a step of the decoder puts out.
    public var readoutSize: Int { decoder.readoutSize ?? embeddingSize }

    /// C, the size of what the layers that read say of a place.
    public var contextSize: Int { encoderLayers.outputSize * directions }

    /// How often the layers that read are walked.
    public var directions: Int { encoder.isBidirectional ? 2 : 1 }

    var tyingViolation: String? {
      tie == .none || readoutSize == embeddingSize
        ? nil
        : "needs model.decoder.readout-size to equal model.embedding-size, but they are \(readoutSize) and "
          + "\(embeddingSize)"
    }

    var contextViolation: String? {
      decoder.readsContext && attention.score != .none
        ? "applies only when model.attention.score is none" : nil
    }

    var bridgeViolation: String? {
      decoder.bridge == .zeros && !decoder.readsContext && attention.score == .none
        ? "zeros leaves the decoder nothing of the sentence: give it attention or model.decoder.reads-context"
        : clockViolation ?? bridgeSizeViolation
    }

    /// What a clockwork counts is no number to be learned.
    private var clockViolation: String? {
      decoder.bridge == .linear && recurrent.cell.kind == .clockwork
        ? "must be zeros or last for model.cell clockwork, whose state has a clock" : nil
    }

    /// Without a layer between them, the states that are handed over must have one form.
    private var bridgeSizeViolation: String? {
      guard decoder.bridge == .last else { return nil }
      let (from, to) = (encoderLayers, decoderLayers)
      if from.layers != to.layers {
        return "last needs as many layers that write as that read, but they are \(to.layers) and "
          + "\(from.layers)"
      }
      func sizes(_ layers: RecurrentConfiguration) -> [Int] {
        let size = layers.hiddenSize
        return [size, layers.cell.recurrentSize(hiddenSize: size), layers.outputSize]
      }
      let (ends, starts) = (sizes(from).map { $0 * directions }, sizes(to))
      guard let (end, start) = zip(ends, starts).first(where: { $0 != $1 }) else { return nil }
      return
        "last needs states of one size, but those of the layers that read end with \(end) units and those "
        + "that write have \(start)"
    }

    var scoreViolation: String? {
      guard attention.score == .dot, contextSize != decoderLayers.outputSize else { return nil }
      return
        "dot needs outputs of one size, but those of the layers that read have \(contextSize) units and "
        + "those of the layers that write \(decoderLayers.outputSize)"
    }

    private func layers(_ hiddenSize: Int?, _ count: Int?) -> RecurrentConfiguration {
      var result = recurrent
      result.hiddenSize = hiddenSize ?? recurrent.hiddenSize
      result.layers = count ?? recurrent.layers
      return result
    }
  }
}
