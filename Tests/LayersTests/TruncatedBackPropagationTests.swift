import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

/// Windows of a long sequence, the state carried from one to the next and cut off from its history.
@Suite("Truncated back-propagation")
struct TruncatedBackPropagationTests {
  static let lanes = 3
  static let stack: RecurrentStack<LSTMCell> = {
    var generator = RandomGenerator(seed: 2)
    return RecurrentStack<LSTMCell>(
      layers: 2, inputSize: 2, hiddenSize: 5, options: .init(), using: &generator,
      scalarType: .float64)
  }()

  /// `steps` rows of each lane, step-major: a window is a run of rows.
  static func batch(_ steps: Range<Int>) -> SequenceBatch {
    let rows = Tensor.scattered([12 * lanes, 2], seed: 9)
    return SequenceBatch(
      rows.slice(steps.lowerBound * lanes..<steps.upperBound * lanes),
      lengths: Array(repeating: steps.count, count: lanes), order: .stepMajor)
  }

  @Test(arguments: [[12], [4, 4, 4], [1, 7, 4], Array(repeating: 1, count: 12)])
  func windowsGiveTheValuesOfOneLongWalk(_ windows: [Int]) {
    let whole = Self.stack(Self.batch(0..<12))
    var states = Self.stack.initialStates(batch: Self.lanes)
    var outputs: [Tensor] = [], step = 0
    for window in windows {
      let run = Self.stack(Self.batch(step..<step + window), from: states)
      states = run.layers.map(\.last.detached)
      outputs.append(run.output.values)
      step += window
    }
    #expect(Tensor.concatenate(outputs).scalars == whole.output.values.scalars)
    for (state, layer) in zip(states, whole.layers) {
      #expect(state.hidden.scalars == layer.last.hidden.scalars)
      #expect(state.cell.scalars == layer.last.cell.scalars)
    }
  }

  @Test func aWindowsGradientIsThatOfTheCutGraph() {
    // The carried state as part of the computation, and as numbers that fell from the sky.
    let before = Self.stack(Self.batch(0..<8)).layers.map(\.last)
    let constants = before.map {
      LSTMCell.State(
        hidden: Tensor($0.hidden.scalars, shape: $0.hidden.shape, scalarType: .float64),
        cell: Tensor($0.cell.scalars, shape: $0.cell.shape, scalarType: .float64))
    }
    let carried = valueWithGradient(at: Self.stack) { stack in
      let states = stack(Self.batch(0..<8)).layers.map(\.last.detached)
      return stack(Self.batch(8..<12), from: states).output.values.squared().sum()
    }
    let cut = valueWithGradient(at: Self.stack) { stack in
      stack(Self.batch(8..<12), from: constants).output.values.squared().sum()
    }
    #expect(carried.value.item == cut.value.item)
    for (found, expected) in zip(carried.gradient.parameters, cut.gradient.parameters) {
      #expect(found.tensor.scalars == expected.tensor.scalars)
    }
    let uncut = valueWithGradient(at: Self.stack) { stack in
      let states = stack(Self.batch(0..<8)).layers.map(\.last)
      return stack(Self.batch(8..<12), from: states).output.values.squared().sum()
    }
    #expect(uncut.value.item == cut.value.item)
    #expect(
      uncut.gradient.parameters[0].tensor.scalars != cut.gradient.parameters[0].tensor.scalars)
  }

  @Test func aLaneThatIsResetGoesOnAsAFreshSequence() {
    let first = Self.stack(Self.batch(0..<5)).layers.map(\.last.detached)
    let fresh = Self.stack.initialStates(batch: Self.lanes)
    let mixed = zip(first, fresh).map { $0.resetting(lanes: [1], to: $1) }
    let run = Self.stack(Self.batch(5..<9), from: mixed)
    let goingOn = Self.stack(Self.batch(5..<9), from: first)
    let startingOver = Self.stack(Self.batch(5..<9))
    for lane in 0..<Self.lanes {
      let rows = IndexTensor((0..<4).map { Int32($0 * Self.lanes + lane) })
      let expected = lane == 1 ? startingOver : goingOn
      #expect(
        run.output.values.gatherRows(rows).scalars
          == expected.output.values.gatherRows(rows).scalars)
    }
    #expect(startingOver.output.values.scalars != goingOn.output.values.scalars)
  }
}
