internal import Interchange
internal import Layers
internal import Tensors

extension LayerDescription.Recurrent {
  /// What layers of a cell are elsewhere.
  ///
  /// - Parameters:
  ///   - name: What their parameters' names begin with.
  ///   - cells: The cell of each layer, of one direction where there are two.
  ///   - isBidirectional: Whether each layer has two directions.
  /// - Throws: `InterchangeError.unsupported` for a cell, or an option of one, that other frameworks do not have.
  init<C: RecurrentCell>(named name: String, _ cells: [C], isBidirectional: Bool) throws {
    guard let first = cells.first else { fatalError("LayerDescription: no layers") }
    func refuse(_ reason: String) -> InterchangeError {
      .unsupported(framework: "another framework", layer: name, reason: reason)
    }
    switch first {
    case let cell as any LongEdges:
      throw refuse(
        "its steps follow those \(cell.lags.map(String.init).joined(separator: " and ")) before them, and layers elsewhere "
          + "follow the one before alone")
    case let cell as ElmanCell:
      self.init(name: name, cell: .rnn, inputs: cell.inputSize, hidden: cell.outputSize)
      activation = cell.options.activation
      biases = cell.options.biases.count
    case let cell as GRUCell:
      self.init(name: name, cell: .gru, inputs: cell.inputSize, hidden: cell.outputSize)
      activation = cell.options.activation
      gateActivation = cell.options.gateActivation
      biases = cell.options.biases.count
      reset = cell.options.reset == .before ? .before : .after
    case let cell as LSTMCell:
      let options = cell.options
      if options.hasPeepholes { throw refuse("its gates see the memory, by peepholes") }
      if options.hasCoupledGates { throw refuse("its gates are coupled") }
      if options.layerNorm != .none { throw refuse("it normalises within a step") }
      if options.hiddenZoneout > 0 || options.cellZoneout > 0 { throw refuse("it has zoneout") }
      self.init(name: name, cell: .lstm, inputs: cell.inputSize, hidden: cell.hiddenSize)
      activation = options.activation
      gateActivation = options.gateActivation
      biases = options.biases.count
      projection = options.projectionSize
    default:
      throw refuse("its cell is \(C.kind), and others have plain ones, LSTM and GRU")
    }
    layers = cells.count
    bidirectional = isBidirectional
  }
}

/// A cell whose steps follow others than the one before alone.
private protocol LongEdges {
  var lags: [Int] { get }
}

extension LaggedCell: LongEdges {}

extension Biases {
  /// How many there are.
  fileprivate var count: Int {
    switch self {
    case .none: 0
    case .one: 1
    case .two: 2
    }
  }
}
