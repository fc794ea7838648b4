public import Tensors

/// Layers of one recurrent cell: the part of a network that all tasks have.
public struct RecurrentConfiguration: Equatable, Sendable {
  /// The recurrent cell.
  public enum Cell: String, ConfigurationChoice { case elman, lstm, gru }

  /// Where a GRU's reset gate acts: before or after the recurrent product.
  public enum Reset: String, ConfigurationChoice { case before, after }

  /// What an LSTM normalises: both products of a step, their sum, or nothing.
  public enum LayerNorm: String, ConfigurationChoice {
    case none, products, sum

    /// Runs from before there was a choice have `true` or `false`.
    public init?(scalar: Scalar) {
      switch scalar.text {
      case "true": self = .products
      case "false": self = .none
      default: self.init(rawValue: scalar.text)
      }
    }
  }

  /// How the weight matrices start.
  public enum Initializer: String, ConfigurationChoice {
    case uniform, xavier, he, orthogonal, zeros
  }

  /// The recurrent cell.
  public var cell = Cell.lstm
  /// H, the size of a layer's state.
  public var hiddenSize = 128
  /// The number of recurrent layers.
  public var layers = 2
  /// The function of an Elman cell.
  public var activation = Activation.tanh
  /// Where a GRU's reset gate acts.
  public var reset = Reset.after
  /// Whether an LSTM's gates see the cell state.
  public var peepholes = false
  /// Whether an LSTM's forget gate is one minus its input gate.
  public var coupledGates = false
  /// The size that an LSTM's output is projected to; `nil` is no projection.
  public var projectionSize: Int?
  /// What an LSTM normalises.
  public var layerNorm = LayerNorm.none
  /// The probability that a unit of an LSTM keeps its old state.
  public var zoneout = 0.0
  /// The probability that a unit is dropped between layers and before the output.
  public var dropout = 0.0
  /// Whether all steps of a sequence share one dropout mask.
  public var variational = false
  /// The probability that a unit of the state is dropped on its way to the next step.
  public var recurrentDropout = 0.0
  /// The probability that a recurrent weight is dropped.
  public var weightDropout = 0.0
  /// How the weight matrices start.
  public var initializer = Initializer.uniform
  /// Uniform weights start in ±this; `nil` is 1/√H.
  public var initializerRange: Double?

  /// The defaults.
  public init() {}

  static let fields: [Field<Self>] = [
    Field("cell", \.cell, "The recurrent cell."),
    Field("hidden-size", \.hiddenSize, sizes, "The size of each layer's state."),
    Field("layers", \.layers, .from(1, to: 100), "The number of recurrent layers."),
    Field(
      "activation", \.activation, "The function of an Elman cell.",
      when: Condition("model.cell is elman") { $0.cell == .elman }),
    Field(
      "reset", \.reset, "Where the reset gate acts: before or after the recurrent product.",
      when: Condition("model.cell is gru") { $0.cell == .gru }),
    Field("peepholes", \.peepholes, "Let the gates see the cell state.", when: isLSTM),
    Field(
      "coupled-gates", \.coupledGates, "Make the forget gate one minus the input gate.",
      when: isLSTM),
    Field(
      "projection-size", \.projectionSize, sizes, "The size the output is projected to.",
      when: isLSTM),
    Field(
      "layer-norm", \.layerNorm, "Normalise both products of a step, or their sum.", when: isLSTM),
    Field(
      "zoneout", \.zoneout, probability, "The probability that a unit keeps its old state.",
      when: isLSTM),
    Field(
      "dropout", \.dropout, probability,
      "The probability that a unit is dropped between layers and before the output."),
    Field("variational", \.variational, "Share one dropout mask among all steps of a sequence."),
    Field(
      "recurrent-dropout", \.recurrentDropout, probability,
      "The probability that a unit of the state is dropped on its way to the next step."),
    Field(
      "weight-dropout", \.weightDropout, probability,
      "The probability that a recurrent weight is dropped."),
    Field("initializer", \.initializer, "How the weight matrices start."),
    Field(
      "initializer-range", \.initializerRange, .above(0, to: 100),
      "Uniform weights start between minus and plus this; none is one over the root of hidden-size.",
      when: Condition("model.initializer is uniform") { $0.initializer == .uniform }),
  ]

  static let sizes = Bounds<Int>.from(1, to: 1_000_000)
  static let probability = Bounds<Double>.from(0, below: 1)
  private static let isLSTM = Condition<Self>("model.cell is lstm") { $0.cell == .lstm }

  /// The size of what a layer puts out: H, or the projection's.
  public var outputSize: Int { projectionSize ?? hiddenSize }

  var projectionViolation: String? {
    guard let projectionSize, projectionSize >= hiddenSize else { return nil }
    return "must be smaller than model.hidden-size, but they are \(projectionSize) and "
      + "\(hiddenSize)"
  }
}
