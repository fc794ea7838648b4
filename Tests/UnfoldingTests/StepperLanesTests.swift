import Tensors
import TestSupport
import Testing
import Unfolding

/// Lanes of a stepper that go on from others.
@Suite("Stepper's lanes")
struct StepperLanesTests {
  /// Reads what belongs to its sequence, and has scores that it does not read.
  static func cell(_ sequences: [Int]) -> FunctionCell {
    let memory = Tensor.scattered([3, 5], seed: 4, scalarType: .float32)
      .gatherRows(IndexTensor(sequences.map(Int32.init)))
    let weight = Tensor.scattered([7, 5], seed: 5, scalarType: .float32)
    return FunctionCell(
      widths: [5, 7], scalarType: .float32, weights: [memory, weight]
    ) { x, s, w in
      let hidden = (x + s[0] + w[0].ofSequences).tanh()
      return [hidden, hidden.matmulTransposed(w[1])]
    }
  }

  /// The input of a lane whose inputs are told apart by numbers.
  static func inputs(_ numbers: [Int]) -> Tensor {
    Tensor.scattered([50, 5], seed: 6, scalarType: .float32)
      .gatherRows(IndexTensor(numbers.map(Int32.init)))
  }

  @Test(arguments: [nil, 1, 2])
  func goOnFromOthersWithTheirSequences(moving count: Int?) {
    var stepper = Stepper(
      Self.cell([0, 1, 2]), inputSize: 5, lanes: 3, capacity: 6)
    #expect(stepper.isPlanned && stepper.capacity == 6)
    // Each lane's sequence, and the inputs it has had.
    var paths: [(sequence: Int, inputs: [Int])] = [(0, []), (1, []), (2, [])]
    var next = 0
    for parents in [[0, 1, 2], [0, 0, 1, 2, 2, 2], [5, 1], [0, 0, 1], [2], [0, 0, 0, 0, 0, 0]] {
      stepper.reorder(parents, moving: count)
      paths = parents.map { paths[$0] }
      let numbers = parents.indices.map { next + $0 }
      next += parents.count
      for (lane, number) in numbers.enumerated() { paths[lane].inputs.append(number) }
      stepper.step(Self.inputs(numbers))
      #expect(stepper.lanes == parents.count)
      for (lane, path) in paths.enumerated() {
        var alone = Stepper(Self.cell([path.sequence]), inputSize: 5, lanes: 1)
        for number in path.inputs { alone.step(Self.inputs([number])) }
        #expect(
          stepper.state.tensors.map { $0.slice(lane..<lane + 1).scalars }
            == alone.state.tensors.map(\.scalars))
      }
    }
  }
}
