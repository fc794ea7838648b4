public import Drawing
internal import Layers

extension SequenceModel: DrawnModel {
  /// The steps x, the layers, and what is read off: at every step, or once a sequence.
  public var circuit: Circuit {
    let (layers, isBidirectional) = (encoder.cells.count, encoder.isBidirectional)
    var circuit = Circuit(
      "Sequence model: \(drawnName(encoder.cells[0].name, layers: layers, isBidirectional: isBidirectional))",
      over: .chain)
    var input = circuit.add("x", .input)
    if embedding != nil {
      let vector = circuit.add("e", .state)
      circuit.connect(input, vector, "E")
      input = vector
    }
    let states =
      switch encoder {
      case .oneWay(let stack): circuit.add(stack, reading: [input])
      case .bothWays(let stack): circuit.add(stack, reading: [input])
      }
    switch pooling?.kind {
    case nil: circuit.addLoss(reading: states)
    case .last: circuit.addLoss(reading: states, extent: .whole, reach: .last)
    case let kind?:
      let summary = circuit.add(Symbol(kind.rawValue), .state, extent: .whole)
      for state in states { circuit.connect(state, summary) }
      circuit.addLoss(reading: [summary], extent: .whole)
    }
    return circuit
  }
}

extension RecurrentEncoder {
  fileprivate var isBidirectional: Bool {
    if case .bothWays = self { true } else { false }
  }
}
