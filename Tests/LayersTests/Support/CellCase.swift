import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// A kind of cell with some of its options, for tests that run over many.
struct CellCase<C: RecurrentCell>: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let options: C.Options

  init(_ name: String, _ change: (inout C.Options) -> Void = { _ in }) {
    var options = C.Options()
    change(&options)
    testDescription = name
    self.options = options
  }

  /// A cell all of whose parameters, biases and gains too, are scattered numbers.
  func cell(
    inputSize: Int = 2, hiddenSize: Int = 3, scalarType: ScalarType = .float64
  ) -> C {
    var generator = RandomGenerator(seed: 1)
    let cell = C(
      inputSize: inputSize, hiddenSize: hiddenSize, options: options, initializer: .init(),
      using: &generator, scalarType: scalarType)
    return cell.replacingParameters(
      cell.parameters.enumerated().map { index, parameter in
        .scattered(parameter.tensor.shape, seed: 100 + UInt64(index), scalarType: scalarType)
      })
  }

  /// First and second derivatives of states and ends with respect to parameters, inputs and initial state, over a ragged
  /// batch with an empty sequence, against finite differences.
  func checkDerivatives(
    randomness: Randomness? = nil, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let cell = cell()
    let lengths = [2, 0, 3, 1]
    let start = cell.initialState(batch: lengths.count)
    let parameters = cell.parameters.map(\.tensor)
    let points =
      parameters + [.scattered([6, 2], seed: 50)]
      + start.tensors.enumerated().map { .scattered($1.shape, seed: 60 + UInt64($0)) }
    let states = { (points: [Tensor]) -> Tensor in
      let cell = cell.replacingParameters(Array(points[..<parameters.count]))
      let run = Recurrent(cell)(
        SequenceBatch(points[parameters.count], lengths: lengths),
        from: C.State(tensors: Array(points[(parameters.count + 1)...])), randomness: randomness)
      let parts = run.states.tensors + run.last.tensors
      return Tensor.concatenate(parts.map { $0.reshaped(to: [$0.count]) })
    }
    checkGradient(at: points, sourceLocation: sourceLocation, of: states)
    checkSecondDerivative(at: points, sourceLocation: sourceLocation, of: states)
  }
}
