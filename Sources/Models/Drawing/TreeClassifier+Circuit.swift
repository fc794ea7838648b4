public import Drawing
internal import Layers

extension TreeClassifier: DrawnModel {
  /// Words x at the leaves, their vectors e, the states of all nodes, and the scores o of their labels y.
  public var circuit: Circuit {
    var circuit = Circuit("Tree classifier: \(C.kind)", over: .tree)
    let word = circuit.add("x", .input, extent: .leaf)
    let vector = circuit.add("e", .state, extent: .leaf)
    circuit.connect(word, vector, "E")
    let state = circuit.add(Symbol(cell is MatrixVectorCell ? "p, P" : cell.letters()), .state)
    circuit.connect(vector, state, "W")
    // Many children are shown as one connection.
    if cell is ChildSumTreeLSTMCell || arity > 4 {
      circuit.connect(state, state, "U", after: .children)
    } else {
      for child in 1...arity {
        circuit.connect(state, state, Symbol("U", index: "\(child)"), after: .child(child))
      }
    }
    circuit.addLoss(reading: [state])
    return circuit
  }
}
