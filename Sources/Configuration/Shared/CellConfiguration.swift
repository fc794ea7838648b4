public import Tensors

/// A recurrent cell and all that can be chosen of it; settings of the section `model`.
///
/// A setting that some cells alone have is refused beside any other.
public struct CellConfiguration: Equatable, Sendable {
  /// The recurrent cell.
  public enum Kind: String, ConfigurationChoice {
    case elman, jordan, leaky, clockwork, lstm, gru
    case minimalGated = "minimal-gated"
    case minGRU = "min-gru"
    case minLSTM = "min-lstm"
    case deepTransition = "deep-transition"
  }

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

  /// What a candidate that sees the input alone goes through.
  public enum Candidate: ConfigurationValue {
    /// An activation.
    case activation(Activation)
    /// x + ½ where x ≥ 0, else σ(x).
    case positive

    public static var expected: String {
      (Activation.allCases.map(\.rawValue) + ["positive"]).formatted
    }

    public init?(scalar: Scalar) {
      if scalar.text == "positive" {
        self = .positive
      } else if let activation = Activation(scalar: scalar) {
        self = .activation(activation)
      } else {
        return nil
      }
    }

    public var scalar: Scalar {
      switch self {
      case .activation(let activation): activation.scalar
      case .positive: Scalar("positive")
      }
    }
  }

  /// The recurrent cell.
  public var kind = Kind.lstm
  /// d: how many steps back each edge from step to step goes.
  public var lags = [1]
  /// What the candidate, or all of a plain cell, goes through.
  public var activation = Activation.tanh
  /// What gates go through.
  public var gateActivation = Activation.sigmoid
  /// What the candidate of a minGRU or minLSTM goes through.
  public var candidate = Candidate.activation(.identity)
  /// How many bias vectors there are; `nil` is what is usual for the cell.
  public var biases: Int?
  /// The probability that a unit of the state is dropped on its way to the next step.
  public var recurrentDropout = 0.0

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
  /// The same for the cell state; `nil` is the same as ``zoneout``.
  public var cellZoneout: Double?
  /// What the bias of an LSTM's forget gate starts at.
  public var forgetBias = 1.0

  /// What a Jordan cell's output goes through.
  public var outputActivation = Activation.identity
  /// The size of a Jordan cell's output; `nil` is that of its hidden units.
  public var feedbackSize: Int?

  /// α of a leaky cell: one number, or one for each unit; none to set them by time scales.
  public var retention: [Double] = []
  /// The shortest and the longest time scale of a leaky cell's units, in steps.
  public var timeScales = [2.0, 32.0]
  /// Whether a leaky cell learns α.
  public var learnsRetention = true

  /// The steps between the updates of each group of a clockwork.
  public var periods = [1, 2, 4, 8]

  /// The sizes of a deep transition's layers between the input and the hidden units.
  public var inputLayers: [Int] = []
  /// The sizes of its layers between the hidden units of one step and the next.
  public var transitionLayers: [Int] = []
  /// Whether a connection goes past those.
  public var hasSkip = false
  /// The sizes of its layers above the hidden units.
  public var outputLayers: [Int] = []

  /// An LSTM without options.
  public init() {}

  /// The size of what a cell of so many hidden units puts out.
  public func outputSize(hiddenSize: Int) -> Int {
    kind == .deepTransition
      ? outputLayers.last ?? hiddenSize : recurrentSize(hiddenSize: hiddenSize)
  }

  /// The size of what goes from step to step into the recurrent products.
  public func recurrentSize(hiddenSize: Int) -> Int {
    switch kind {
    case .lstm: projectionSize ?? hiddenSize
    case .jordan: feedbackSize ?? hiddenSize
    default: hiddenSize
    }
  }
}

extension [String] {
  /// "elman, lstm or gru".
  var formatted: String {
    guard let last, count > 1 else { return joined() }
    return dropLast().joined(separator: ", ") + " or " + last
  }
}
