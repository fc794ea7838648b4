public import Configuration
public import Layers
internal import Tensors

/// A cell that a configuration can name.
public protocol ConfigurableCell: RecurrentCell {
  /// The cell's options as a configuration has them.
  static func options(_ configuration: RecurrentConfiguration) -> Options
}

extension ElmanCell: ConfigurableCell {
  public static func options(_ configuration: RecurrentConfiguration) -> Options {
    var options = Options()
    options.activation = configuration.activation
    options.recurrentDropout = configuration.recurrentDropout
    return options
  }
}

extension LSTMCell: ConfigurableCell {
  public static func options(_ configuration: RecurrentConfiguration) -> Options {
    var options = Options()
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
    options.cellZoneout = configuration.zoneout
    options.recurrentDropout = configuration.recurrentDropout
    return options
  }
}

extension GRUCell: ConfigurableCell {
  public static func options(_ configuration: RecurrentConfiguration) -> Options {
    var options = Options()
    switch configuration.reset {
    case .before:
      options.reset = .before
      options.biases = .one
    case .after:
      options.reset = .after
    }
    options.recurrentDropout = configuration.recurrentDropout
    return options
  }
}

extension RecurrentConfiguration.Cell {
  /// The type of the cell.
  public var type: any ConfigurableCell.Type {
    switch self {
    case .elman: ElmanCell.self
    case .lstm: LSTMCell.self
    case .gru: GRUCell.self
    }
  }
}
