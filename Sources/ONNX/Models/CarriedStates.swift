internal import Layers
internal import Tensors
internal import Unfolding

/// The states of recurrent layers as inputs and outputs of a graph, so that sequences can be read piece by piece.
struct CarriedStates<C: RecurrentCell> {
  private let cell: C
  private let name: String

  /// The states of a layer; names end in `name`.
  init(of cell: C, named name: String) {
    self.cell = cell
    self.name = name
  }

  /// What each tensor of a state is called: h, and c, where a cell's states are known by letters.
  private var letters: [String] {
    let count = cell.initialState(batch: 1).tensors.count
    if count == 1 { return ["h"] }
    return cell is LSTMCell ? ["h", "c"] : (0..<count).map { "s\($0)" }
  }

  /// What each tensor of a state is called before the first step, and after the last.
  var names: [(initial: String, final: String)] {
    letters.map { ("initial_\($0)_\(name)", "final_\($0)_\(name)") }
  }

  private var axes: [[GraphAxis]] {
    cell.initialState(batch: 1).tensors.map { tensor in
      [.batch] + tensor.shape.dimensions.dropFirst().map { .size($0) }
    }
  }

  /// Adds the states before the first step as inputs.
  func inputs(to builder: inout GraphBuilder) -> [GraphValue] {
    zip(names, axes).map { name, axes in
      builder.input(
        name.initial, .float, axes, "the state before the first step; zeros at the start")
    }
  }

  /// Makes the states after the last step outputs.
  func output(_ states: [GraphValue], from builder: inout GraphBuilder) {
    for (state, (name, axes)) in zip(states, zip(names, axes)) {
      builder.output(state, name.final, .float, axes, "the state after each sequence's last step")
    }
  }
}
