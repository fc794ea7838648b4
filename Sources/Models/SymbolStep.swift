internal import Layers
internal import Tensors
internal import Unfolding

/// A whole language model as one cell, in evaluation: from a symbol's vector to the scores of the next symbol. So all
/// layers and the output are one plan, which a stepper runs in one go.
struct SymbolStep<C: RecurrentCell>: Cell {
  private let model: LanguageModel<C>
  /// How many tensors a layer's state has.
  private let counts: [Int]

  init(_ model: LanguageModel<C>) {
    self.model = model
    counts = model.initialStates(batch: 1).map(\.tensors.count)
  }

  /// The place of the scores among the state's tensors.
  var logitsIndex: Int { counts.reduce(0, +) }

  /// Before the first symbol the scores are those of h = 0, the output biases.
  func initialState(batch: Int) -> ScoredState {
    let bias = model.outputBias
    let logits = Tensor.zeros([batch, bias.count], scalarType: bias.scalarType) + bias
    return ScoredState(tensors: model.initialStates(batch: batch).flatMap(\.tensors) + [logits])
  }

  func step(_ input: Tensor, from state: ScoredState) -> ScoredState {
    var output = input, next: [Tensor] = []
    for (layer, count) in zip(model.recurrent.layers, counts) {
      let before = C.State(tensors: Array(state.tensors[next.count..<next.count + count]))
      let after = layer.cell.step(output, from: before)
      next += after.tensors
      output = after.output
    }
    return ScoredState(tensors: next + [model.logits(of: output)])
  }
}
