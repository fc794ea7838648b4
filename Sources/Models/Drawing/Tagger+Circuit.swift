public import Drawing
internal import Layers

extension Tagger: DrawnModel {
  /// Words x, their characters s, the vectors of both, the layers, and the scores o of the tags y. With a random field, α is
  /// the forward algorithm's sum over the taggings so far, and a sentence has one loss. A Jordan net's units are j.
  public var circuit: Circuit {
    let name = drawnName(
      recurrent.layers[0].forward.cell.name, layers: recurrent.layers.count, isBidirectional: true)
    var circuit = Circuit(
      "Tagger: \(name)\(field != nil ? ", random field" : jordan != nil ? ", Jordan" : "")",
      over: .chain)
    let side = characters == nil ? 0 : Circuit.apart
    let word = circuit.add("x", .input, shift: -side)
    let spelling = characters.map { _ in circuit.add("s", .input, level: 0, shift: side) }
    let vector = circuit.add("e", .state, shift: -side)
    circuit.connect(word, vector, "E")
    var inputs = [vector]
    if let spelling {
      let spelled = circuit.add("k", .state, level: 1, shift: side)
      circuit.connect(spelling, spelled, "LSTM")
      inputs.append(spelled)
    }
    let states = circuit.add(recurrent, reading: inputs)
    if let jordan {
      circuit.addLoss(of: circuit.add(jordan, named: "j", reading: states))
      return circuit
    }
    guard field != nil else {
      circuit.addLoss(reading: states)
      return circuit
    }
    let names = circuit.scoreNames
    let scores = circuit.add(names.output, .output)
    for state in states { circuit.connect(state, scores, names.weight) }
    let sum = circuit.add("α", .state)
    circuit.connect(scores, sum)
    circuit.connect(sum, sum, "T", after: .steps(1))
    let tag = circuit.add("y", .target, shift: Circuit.apart)
    let loss = circuit.add("L", .loss, extent: .whole)
    circuit.connect(sum, loss, reach: .last)
    circuit.connect(tag, loss)
    return circuit
  }
}
