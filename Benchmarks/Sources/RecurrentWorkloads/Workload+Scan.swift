import Unfold

extension Workload {
  /// The sum of all outputs, and its gradients for all weights.
  static func scan(_ way: ScanWay) -> Workload {
    var generator = RandomGenerator(seed: 1)
    let steps = 4096, size = 256
    let cell = MinGRUCell(
      inputSize: size, hiddenSize: size, initializer: CellInitializer(), using: &generator)
    let x = generator.normal([steps, size])
    switch way {
    case .scan: return chain(cell, x, by: .planned)
    case .walk: return chain(InterpolatingCell(cell: cell), x, by: .planned)
    case .reference: return chain(cell, x, by: .reference)
    case .steps:
      let inputs = (0..<steps).map { x.slice($0..<$0 + 1) }
      var stepper = Stepper(cell, inputSize: size, lanes: 1)
      return Workload(forward: { for input in inputs { stepper.step(input) } })
    }
  }

  private static func chain<C: Cell & Module>(
    _ cell: C, _ x: Tensor, by path: UnfoldingPath
  ) -> Workload {
    let chain = Structure.chain([x.shape[0]]), parameters = cell.parameters.map(\.tensor)
    return Workload(
      forward: { keep(unfold(cell, over: chain, x, by: path).output) },
      train: {
        keep(
          valueWithGradient(at: parameters) { tensors in
            unfold(cell.replacingParameters(tensors), over: chain, x, by: path).output.sum()
          })
      })
  }
}

/// A minGRU that goes from the old state towards the candidate, h + z ⊙ (n − h).
private struct InterpolatingCell: Cell, Module {
  var cell: MinGRUCell

  func initialState(batch: Int) -> HiddenState { cell.initialState(batch: batch) }

  func step(_ x: Tensor, from state: HiddenState) -> HiddenState {
    let parts = (x.matmulTransposed(cell.inputWeight) + cell.bias).split(2)
    let z = parts[0].sigmoid()
    return HiddenState(hidden: state.hidden + z * (parts[1] - state.hidden))
  }

  mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try cell.visit(&visitor)
  }
}
