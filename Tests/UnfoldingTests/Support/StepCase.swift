import Tensors
import TestSupport
import Testing
import Unfolding

/// A cell made of a function: the inputs, the predecessor's states and the weights give the next states.
struct FunctionCell: Cell {
  struct State: CellState {
    var tensors: [Tensor]
    var output: Tensor { tensors[0] }
  }
  typealias Step = @Sendable (_ x: Tensor, _ s: [Tensor], _ w: [Tensor]) -> [Tensor]

  let widths: [Int]
  let scalarType: ScalarType
  let weights: [Tensor]
  let function: Step

  func initialState(batch: Int) -> State {
    State(tensors: widths.map { .zeros([batch, $0], scalarType: scalarType) })
  }
  func step(_ input: Tensor, from state: State) -> State {
    State(tensors: function(input, state.tensors, weights))
  }
}

/// A step that a plan has to do right, or refuse: an argument of tests that run over many.
struct StepCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let inputSize: Int
  let widths: [Int]
  let shapes: [Shape]
  let function: FunctionCell.Step

  init(
    _ name: String, inputSize: Int = 5, widths: [Int] = [5], weights shapes: [Shape] = [],
    _ function: @escaping FunctionCell.Step
  ) {
    testDescription = name
    self.inputSize = inputSize
    self.widths = widths
    self.shapes = shapes
    self.function = function
  }

  func parameters(_ scalarType: ScalarType) -> [Tensor] {
    shapes.enumerated().map { index, shape in
      .scattered(shape, seed: 100 + UInt64(index), in: -0.4...0.4, scalarType: scalarType)
    }
  }

  func cell(_ weights: [Tensor], _ scalarType: ScalarType) -> FunctionCell {
    FunctionCell(widths: widths, scalarType: scalarType, weights: weights, function: function)
  }

  /// Holds the two paths together, in both types and both ways of sharing work.
  func check(isPlanned: Bool, sourceLocation: SourceLocation = #_sourceLocation) {
    for type in [ScalarType.float32, .float64] {
      for lengths in [Unfoldable.few, Unfoldable.many] {
        for direction in Direction.allCases {
          expectAgreement(
            parameters: parameters(type),
            over: Unfoldable(
              inputSize: inputSize, lengths: lengths, scalarType: type, direction: direction),
            isPlanned: isPlanned, testDescription, sourceLocation: sourceLocation
          ) { cell($0, type) }
        }
      }
    }
  }
}
