/// Layers of one recurrent cell: the part of a network that all tasks have.
public struct RecurrentConfiguration: Equatable, Sendable {
  /// How the weight matrices start.
  public enum Initializer: String, ConfigurationChoice {
    case uniform, xavier, he, orthogonal, zeros
  }

  /// The recurrent cell.
  public var cell = CellConfiguration()
  /// H, the size of a layer's state.
  public var hiddenSize = 128
  /// The number of recurrent layers.
  public var layers = 2
  /// The probability that a unit is dropped between layers and before the output.
  public var dropout = 0.0
  /// Whether all steps of a sequence share one dropout mask.
  public var variational = false
  /// The probability that a recurrent weight is dropped.
  public var weightDropout = 0.0
  /// How the weight matrices start.
  public var initializer = Initializer.uniform
  /// Uniform weights start in ±this; `nil` is 1/√H.
  public var initializerRange: Double?

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] =
    Field.including(\.cell, [CellConfiguration.kindField]) + [
      Field("hidden-size", \.hiddenSize, sizes, "The size of each layer's state."),
      Field("layers", \.layers, .from(1, to: 100), "The number of recurrent layers."),
    ] + Field.including(\.cell, CellConfiguration.fields) + [
      Field(
        "dropout", \.dropout, probability,
        "The probability that a unit is dropped between layers and before the output."),
      Field("variational", \.variational, "Share one dropout mask among all steps of a sequence."),
      Field(
        "weight-dropout", \.weightDropout, probability,
        "The probability that a recurrent weight is dropped.",
        when: Condition("model.cell is neither min-gru nor min-lstm") {
          ![.minGRU, .minLSTM].contains($0.cell.kind)
        }),
      Field("initializer", \.initializer, "How the weight matrices start."),
      Field(
        "initializer-range", \.initializerRange, .above(0, to: 100),
        "Uniform weights start between minus and plus this; none is one over the root of hidden-size.",
        when: Condition("model.initializer is uniform") { $0.initializer == .uniform }),
    ]

  static let sizes = Bounds<Int>.from(1, to: 1_000_000)
  static let probability = Bounds<Double>.from(0, below: 1)

  /// The size of what a layer puts out.
  public var outputSize: Int { cell.outputSize(hiddenSize: hiddenSize) }
}
