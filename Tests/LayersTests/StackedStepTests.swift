import CKernels
import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Two layers as one cell: what a model is when it is stepped.
private struct TwoLayers<C: Cell>: Cell {
  struct State: CellState {
    var below, above: C.State
    var output: Tensor { above.output }
    var tensors: [Tensor] { below.tensors + above.tensors }

    init(below: C.State, above: C.State) { (self.below, self.above) = (below, above) }
    init(tensors: [Tensor]) {
      let count = tensors.count / 2
      self.init(
        below: C.State(tensors: Array(tensors[..<count])),
        above: C.State(tensors: Array(tensors[count...])))
    }
  }

  let below, above: C

  func initialState(batch: Int) -> State {
    State(below: below.initialState(batch: batch), above: above.initialState(batch: batch))
  }

  func step(_ x: Tensor, from state: State) -> State {
    let first = below.step(x, from: state.below)
    return State(below: first, above: above.step(first.output, from: state.above))
  }
}

/// The textbook's cell on one weight: h′ = tanh([x, h] Wᵀ), W `[H, D + H]`.
private struct JoinedCell: Cell {
  let weight: Tensor

  func initialState(batch: Int) -> Tensor { .zeros([batch, weight.shape[0]]) }
  func step(_ x: Tensor, from state: Tensor) -> Tensor {
    Tensor.concatenate([x, state], axis: -1).matmulTransposed(weight).tanh()
  }
}

/// Products are summed in the order that the graph gives them, whichever plan they are in: before a walk, in it or after
/// it, for one row or for many.
@Suite("Layers as one step", .serialized)
struct StackedStepTests {
  static func check<C: RecurrentCell>(
    _ variant: CellCase<C>, precision: ProductPrecision,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let below = variant.cell(inputSize: 70, hiddenSize: 90, scalarType: .float32)
    let above = variant.cell(
      inputSize: below.outputSize, hiddenSize: 90, scalarType: .float32)
    check(below, above, "\(variant)", precision, sourceLocation)
  }

  private static func check<C: Cell>(
    _ below: C, _ above: C, _ name: String, _ precision: ProductPrecision,
    _ sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let both = TwoLayers(below: below, above: above)
    for lengths in [[6], [5, 0, 3], Array(repeating: 3, count: 18)] {
      let structure = Structure.chain(lengths, order: .stepMajor)
      let x = Tensor.scattered([lengths.reduce(0, +), 70], seed: 5, scalarType: .float32)
      withProductPrecision(precision) {
        let first = unfold(below, over: structure, x).output
        let expected = unfold(above, over: structure, first).output
        let found = unfold(both, over: structure, x).output
        #expect(
          found.scalars == expected.scalars, "\(name), \(lengths.count) sequences",
          sourceLocation: sourceLocation)
      }
    }
  }

  @Test(arguments: ProductPrecision.allCases)
  func layersRunAsOneStepHaveTheBitsOfLayersRunOneByOne(_ precision: ProductPrecision) {
    Self.check(CellCase<ElmanCell>("elman"), precision: precision)
    Self.check(CellCase<LSTMCell>("lstm"), precision: precision)
    for norm in LSTMCell.Normalization.allCases {
      Self.check(
        CellCase<LSTMCell>("lstm \(norm)") {
          $0.layerNorm = norm
          $0.projectionSize = 40
          $0.hasPeepholes = true
        }, precision: precision)
    }
    Self.check(
      JoinedCell(weight: .scattered([90, 160], seed: 2, scalarType: .float32) * 0.1),
      JoinedCell(weight: .scattered([90, 180], seed: 3, scalarType: .float32) * 0.1),
      "joined input and state", precision)
    for reset in GRUCell.Reset.allCases {
      Self.check(CellCase<GRUCell>("gru \(reset)") { $0.reset = reset }, precision: precision)
    }
  }
}
