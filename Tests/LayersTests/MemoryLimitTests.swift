import Layers
import Tensors
import Testing
import Unfolding

/// Exact gradients in little memory.
@Suite("Memory limit", .serialized)
struct MemoryLimitTests {
  static func run<C: RecurrentCell>(
    _ cell: C, lengths: [Int], _ memory: MemoryLimit, randomness: Randomness? = nil
  ) -> [Tensor] {
    var generator = RandomGenerator(seed: 3)
    let type = cell.parameters[0].tensor.scalarType
    let x = generator.normal([lengths.reduce(0, +), cell.inputSize], scalarType: type)
    let start = cell.initialState(batch: lengths.count).tensors.map {
      generator.normal($0.shape, scalarType: type)
    }
    let parameters = cell.parameters.map(\.tensor)
    var states: [Tensor] = []
    let (value, gradients) = valueWithGradient(at: parameters + [x] + start) { v in
      let run = unfold(
        cell.replacingParameters(Array(v[..<parameters.count])), over: .chain(lengths),
        v[parameters.count], from: C.State(tensors: Array(v[(parameters.count + 1)...])),
        randomness: randomness, memory: memory)
      states = (run.states.tensors + run.last.tensors).map(\.detached)
      return (run.output.squared() * 0.5 + run.output).sum() + run.last.output.sum()
    }
    return states + [value] + gradients
  }

  /// Limits down to one front at a time; 20 sequences are walked by rows, 5 by columns.
  @Test(arguments: [1, 2000, 20_000, 1_000_000], [5, 20])
  func statesAreTheSameToTheBitAndGradientsToRounding(bytes: Int, sequences: Int) {
    var generator = RandomGenerator(seed: 1)
    let initializer = CellInitializer()
    func check<C: RecurrentCell>(_ type: C.Type, _ options: C.Options, _ randomness: Randomness?) {
      let cell = C(
        inputSize: 3, hiddenSize: 17, options: options, initializer: initializer,
        using: &generator, scalarType: .float64)
      let lengths = (0..<sequences).map { [4, 0, 9, 1, 6][$0 % 5] }
      let whole = Self.run(cell, lengths: lengths, .none, randomness: randomness)
      let parts = Self.run(cell, lengths: lengths, .limit(bytes: bytes), randomness: randomness)
      let stateCount = 2 * cell.initialState(batch: 1).tensors.count
      for index in whole.indices {
        if index <= stateCount {
          #expect(whole[index].scalars == parts[index].scalars)
        } else {
          for (w, p) in zip(whole[index].scalars, parts[index].scalars) {
            #expect(abs(w - p) <= 1e-11 * max(1, abs(w)))
          }
        }
      }
    }
    var options = LSTMCell.Options()
    options.cellZoneout = 0.2
    options.recurrentDropout = 0.3
    check(LSTMCell.self, .init(), nil)
    check(LSTMCell.self, options, Randomness(seed: 5))
    check(GRUCell.self, .init(), nil)
    check(ElmanCell.self, .init(), nil)
  }

  @Test func aHundredThousandStepsTakeThreeQuartersOfTheMemory() {
    var generator = RandomGenerator(seed: 1)
    let cell = LSTMCell(inputSize: 8, hiddenSize: 16, using: &generator)
    func run(_ memory: MemoryLimit) -> (gradients: [Tensor], bytes: Int) {
      let before = measuringPeakMemory {}.bytes
      let (result, bytes) = measuringPeakMemory {
        Self.run(cell, lengths: [100_000], memory)
      }
      return (result, bytes - before)
    }
    let whole = run(.none), parts = run(.limit(bytes: 1 << 20))
    // What is left is the inputs, the states, and what the loss keeps of them.
    #expect(parts.bytes < whole.bytes / 4 * 3)
    for (w, p) in zip(whole.gradients, parts.gradients) {
      let largest = w.scalars.map(abs).max() ?? 0
      for (l, r) in zip(w.scalars, p.scalars) { #expect(abs(l - r) <= 1e-4 * largest) }
    }
  }
}
