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

  /// A gated unit that looks at what belongs to its sequence by what its predecessor was: products and sums that depend
  /// on the predecessor alone, one of them a state of its own, and others that do not.
  static func looking(_ sequences: [Int], size: Int, _ scalarType: ScalarType) -> FunctionCell {
    func weight(_ rows: Int, _ columns: Int, _ seed: UInt64) -> Tensor {
      Tensor.scattered([rows, columns], seed: seed, scalarType: scalarType)
    }
    let memory = weight(3, size, 4).gatherRows(IndexTensor(sequences.map(Int32.init)))
    return FunctionCell(
      widths: [size, size, 7], scalarType: scalarType,
      weights: [memory, weight(5, 2 * size, 5), weight(size, 2 * size, 6), weight(size, 7, 7)]
    ) { x, s, w in
      let seen = (s[0].matmul(w[2]).slice(0..<size, axis: 1) + w[0].ofSequences).tanh()
      let sums = x.matmul(w[1]) + s[0].matmul(w[2]) + seen.matmul(w[2])
      let gate = sums.slice(0..<size, axis: 1).sigmoid()
      let hidden = gate * s[0] + (1 - gate) * sums.slice(size..<2 * size, axis: 1).tanh()
      return [hidden, seen, hidden.matmul(w[3])]
    }
  }

  @Test(
    "what depends on the predecessor alone is computed once for lanes that have it in common",
    arguments: [1, 15, 16, 17, 33], [ScalarType.float32, .float64])
  func predecessorsInCommon(size: Int, _ scalarType: ScalarType) {
    func inputs(_ numbers: [Int]) -> Tensor {
      Tensor.scattered([900, 5], seed: 6, scalarType: scalarType)
        .gatherRows(IndexTensor(numbers.map(Int32.init)))
    }
    for precision in [ProductPrecision.full, .bfloat16] {
      withProductPrecision(precision) {
        var stepper = Stepper(
          Self.looking([0, 1, 2], size: size, scalarType), inputSize: 5, lanes: 3, capacity: 70,
          scalarType: scalarType)
        #expect(stepper.isPlanned && stepper.hasPredecessorStages)
        var paths: [(sequence: Int, inputs: [Int])] = [(0, []), (1, []), (2, [])]
        var next = 0
        let orders = [
          [2, 2, 0, 1, 0], [4, 4, 4], [0, 1, 2], (0..<70).map { $0 * 7 % 3 }, [69, 3, 3, 1],
        ]
        for (number, parents) in orders.enumerated() {
          stepper.reorder(parents, moving: 2)
          paths = parents.map { paths[$0] }
          // Looked at before the next step, copied, or gone on from as it is.
          let before = number == 1 ? stepper.state.tensors[0].scalars : nil
          let copy = number == 3 ? stepper : nil
          let numbers = parents.indices.map { next + $0 }
          next += parents.count
          for (lane, number) in numbers.enumerated() { paths[lane].inputs.append(number) }
          stepper.step(inputs(numbers))
          if var copy {
            copy.step(inputs(numbers))
            #expect(copy.state.tensors.map(\.scalars) == stepper.state.tensors.map(\.scalars))
          }
          for (lane, path) in paths.enumerated() where lane < 5 || lane > 65 {
            var alone = Stepper(
              Self.looking([path.sequence], size: size, scalarType), inputSize: 5, lanes: 1,
              scalarType: scalarType)
            #expect(!alone.hasPredecessorStages)
            for number in path.inputs.dropLast() { alone.step(inputs([number])) }
            if let before {
              let row = Array(before[lane * size..<(lane + 1) * size])
              #expect(row == alone.state.tensors[0].scalars)
            }
            alone.step(inputs([path.inputs[path.inputs.count - 1]]))
            #expect(
              stepper.state.tensors.map { $0.slice(lane..<lane + 1).scalars }
                == alone.state.tensors.map(\.scalars))
          }
        }
      }
    }
  }
}
