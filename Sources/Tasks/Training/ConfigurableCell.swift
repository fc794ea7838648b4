public import Configuration
public import Layers
internal import Tensors
public import Unfolding

/// A cell that a configuration can name.
///
/// A new cell needs this conformance, a name among ``CellConfiguration/Kind`` and the settings that it alone has; all tasks
/// and verbs then have it.
public protocol ConfigurableCell: RecurrentCell where State: RecurrentState {
  /// The cell's options as a configuration has them.
  static func options(_ configuration: CellConfiguration) -> Options
  /// The number of scalars in its parameters for D inputs and H hidden units, known before there are any; a `Double`,
  /// since it may be far beyond what can be addressed.
  static func parameterCount(_ d: Double, _ h: Double, _ configuration: CellConfiguration) -> Double
  /// The sizes of the tensors of its state for H hidden units; unless given, H alone.
  static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double]
}

extension ConfigurableCell {
  public static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double] { [h] }
}

extension CellConfiguration {
  /// The type of the cell.
  public var type: any ConfigurableCell.Type {
    func lagged<C: ConfigurableCell>(_ cell: C.Type) -> any ConfigurableCell.Type {
      LaggedCell<C>.self
    }
    let type: any ConfigurableCell.Type =
      switch kind {
      case .elman: ElmanCell.self
      case .jordan: JordanCell.self
      case .leaky: LeakyCell.self
      case .clockwork: Clockwork.self
      case .lstm: LSTMCell.self
      case .gru: GRUCell.self
      case .minimalGated: MinimalGatedCell.self
      case .minGRU: MinGRUCell.self
      case .minLSTM: MinLSTMCell.self
      case .deepTransition: DeepTransitionCell.self
      }
    return lags == [1] ? type : lagged(type)
  }

  /// Which biases there are, where so many are usual.
  fileprivate func biases(usually count: Int = 1) -> Biases {
    switch biases ?? count {
    case 0: .none
    case 1: .one
    default: .two
    }
  }

  fileprivate var biasCount: Double { Double(biases ?? 1) }
}

extension LaggedCell: ConfigurableCell where C: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.cell = C.options(configuration)
    options.lags = configuration.lags
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    let size = Double(configuration.recurrentSize(hiddenSize: Int(h)))
    return C.parameterCount(d, h, configuration)
      + Double(configuration.lags.count - 1) * size * size
  }

  public static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double] {
    let sizes = C.stateSizes(h, configuration)
    return (0..<(configuration.lags.last ?? 1)).flatMap { _ in sizes }
  }
}

extension ElmanCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.biases = configuration.biases()
    options.recurrentDropout = configuration.recurrentDropout
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double { h * (d + h + configuration.biasCount) }
}

extension JordanCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.outputFunction = .activation(configuration.outputActivation)
    options.outputSize = configuration.feedbackSize
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    let o = configuration.feedbackSize.map(Double.init) ?? h
    return h * (d + o + 1) + o * (h + 1)
  }

  public static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double] {
    [configuration.feedbackSize.map(Double.init) ?? h, h]
  }
}

extension LeakyCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    let (shares, scales) = (configuration.retention, configuration.timeScales)
    options.retention =
      switch shares.count {
      case 0 where configuration.learnsRetention: .learned(scales[0]...scales[1])
      case 0: .timeScales(scales[0]...scales[1])
      case 1: .fixed(shares[0])
      default: .perUnit(shares)
      }
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    let isLearned = configuration.retention.isEmpty && configuration.learnsRetention
    return h * (d + h + (isLearned ? 2 : 1))
  }
}

extension Clockwork: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.periods = configuration.periods
    options.group = ElmanCell.options(configuration)
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    let groups = Double(configuration.periods.count), size = h / groups
    // A group sees itself and all slower ones.
    return h * (d + configuration.biasCount) + size * size * groups * (groups + 1) / 2
  }

  public static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double] {
    [h, Double(configuration.periods.count)]
  }
}

extension LSTMCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.gateActivation = configuration.gateActivation
    options.hasPeepholes = configuration.peepholes
    options.hasCoupledGates = configuration.coupledGates
    options.projectionSize = configuration.projectionSize
    options.layerNorm =
      switch configuration.layerNorm {
      case .none: .none
      case .products: .products
      case .sum: .sum
      }
    options.hiddenZoneout = configuration.zoneout
    options.cellZoneout = configuration.cellZoneout ?? configuration.zoneout
    options.biases = configuration.biases()
    options.forgetBias = configuration.forgetBias
    options.recurrentDropout = configuration.recurrentDropout
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    let gates = configuration.coupledGates ? 3.0 : 4.0
    let p = configuration.projectionSize.map(Double.init)
    let norms =
      switch configuration.layerNorm {
      case .none: 0.0
      case .products: 2 * h * (2 * gates + 1)
      case .sum: 2 * h * (gates + 1)
      }
    return gates * h * (d + (p ?? h) + configuration.biasCount) + (p ?? 0) * h
      + (configuration.peepholes ? (gates - 1) * h : 0) + norms
  }

  public static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double] {
    [configuration.projectionSize.map(Double.init) ?? h, h]
  }
}

extension GRUCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.gateActivation = configuration.gateActivation
    switch configuration.reset {
    case .before: options.reset = .before
    case .after: options.reset = .after
    }
    options.biases = configuration.biases(usually: configuration.reset == .after ? 2 : 1)
    options.recurrentDropout = configuration.recurrentDropout
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    3 * h * (d + h + Double(configuration.biases ?? (configuration.reset == .after ? 2 : 1)))
  }
}

extension MinimalGatedCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.gateActivation = configuration.gateActivation
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double { 2 * h * (d + h + 1) }
}

extension CellConfiguration.Candidate {
  fileprivate var candidate: MinGRUCell.Candidate {
    switch self {
    case .activation(let activation): .activation(activation)
    case .positive: .positive
    }
  }
}

extension MinGRUCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.gateActivation = configuration.gateActivation
    options.candidate = configuration.candidate.candidate
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double { 2 * h * (d + 1) }
}

extension MinLSTMCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.candidate = configuration.candidate.candidate
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double { 3 * h * (d + 1) }
}

extension DeepTransitionCell: ConfigurableCell {
  public static func options(_ configuration: CellConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.inputLayers = configuration.inputLayers
    options.transitionLayers = configuration.transitionLayers
    options.hasSkip = configuration.hasSkip
    options.outputLayers = configuration.outputLayers
    return options
  }

  public static func parameterCount(
    _ d: Double, _ h: Double, _ configuration: CellConfiguration
  ) -> Double {
    func layers(_ sizes: [Double]) -> Double {
      zip(sizes, sizes.dropFirst()).reduce(0) { $0 + $1.1 * ($1.0 + 1) }
    }
    let input = [d] + configuration.inputLayers.map(Double.init)
    let transition = configuration.transitionLayers.map(Double.init) + [h]
    return layers(input) + transition[0] * (input[input.count - 1] + h + 1) + layers(transition)
      + (configuration.hasSkip ? h * h : 0)
      + layers([h] + configuration.outputLayers.map(Double.init))
  }

  public static func stateSizes(_ h: Double, _ configuration: CellConfiguration) -> [Double] {
    (configuration.outputLayers.last.map { [Double($0)] } ?? []) + [h]
  }
}
