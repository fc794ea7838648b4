import CKernels
import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Stepper", .serialized)
struct StepperTests {
  static let steps = 5

  /// Steps every lane and holds each state to the bits of a whole unfolding, on one thread and two; inputs as they come,
  /// and as rows of a table.
  static func check<C: RecurrentCell>(
    _ variant: CellCase<C>, lanes: Int, scalarType: ScalarType,
    precision: ProductPrecision = .full, inputSize: Int = 7, hiddenSize: Int = 19,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let size = unfold_team_size()
    defer { unfold_team_resize(size) }
    let cell = variant.cell(
      inputSize: inputSize, hiddenSize: hiddenSize, scalarType: scalarType)
    let table = Tensor.scattered([11, inputSize], seed: 5, scalarType: scalarType)
    let symbols = (0..<steps * lanes).map { Int32(($0 * $0 + 3) % 11) }
    let start = C.State(
      tensors: cell.initialState(batch: lanes).tensors.enumerated().map {
        .scattered($1.shape, seed: 30 + UInt64($0), scalarType: scalarType)
      })
    withProductPrecision(precision) {
      unfold_team_resize(1)
      let whole = unfold(
        cell,
        over: .chain(Array(repeating: steps, count: lanes), order: .stepMajor),
        table.gatherRows(IndexTensor(symbols)), from: start)
      for threads: Int32 in [1, 2] {
        unfold_team_resize(threads)
        var byInput = Stepper(
          cell, inputSize: inputSize, lanes: lanes, from: start, scalarType: scalarType)
        var bySymbol = Stepper(cell, table: table, lanes: lanes, from: start)
        #expect(byInput.isPlanned && bySymbol.isPlanned, sourceLocation: sourceLocation)
        for step in 0..<steps {
          let rows = step * lanes..<(step + 1) * lanes
          let now = Array(symbols[rows])
          byInput.step(table.gatherRows(IndexTensor(now)))
          bySymbol.step(symbols: now)
          let expected = whole.states.tensors.map { $0.slice(rows).scalars }
          #expect(
            byInput.state.tensors.map(\.scalars) == expected, "step \(step), \(threads) threads",
            sourceLocation: sourceLocation)
          #expect(
            bySymbol.state.tensors.map(\.scalars) == expected, "symbols, step \(step)",
            sourceLocation: sourceLocation)
        }
      }
    }
  }

  static func checkAll<C: RecurrentCell>(_ variant: CellCase<C>) {
    for lanes in [1, 2, 17] {
      for scalarType in ScalarType.allCases {
        check(variant, lanes: lanes, scalarType: scalarType)
      }
    }
  }

  @Test(arguments: ElmanCellTests.cases)
  func anElmanCellSteppedHasTheBitsOfItsUnfolding(_ variant: CellCase<ElmanCell>) {
    Self.checkAll(variant)
  }

  @Test func aCellThatKeepsMoreThanItsStateStepped() {
    Self.checkAll(
      CellCase<LaggedCell<LSTMCell>>("lags") {
        $0.lags = [1, 3]
        $0.cell.projectionSize = 4
      })
    Self.checkAll(CellCase<LaggedCell<JordanCell>>("lag") { $0.lags = [4] })
  }

  @Test(arguments: GRUCellTests.cases)
  func aGRUSteppedHasTheBitsOfItsUnfolding(_ variant: CellCase<GRUCell>) {
    Self.checkAll(variant)
  }

  @Test(arguments: LSTMCellTests.cases)
  func anLSTMSteppedHasTheBitsOfItsUnfolding(_ variant: CellCase<LSTMCell>) {
    Self.checkAll(variant)
  }

  @Test func theOtherCellsSteppedHaveTheBitsOfTheirUnfoldings() {
    for variant in JordanCellTests.cases { Self.checkAll(variant) }
    for variant in LeakyCellTests.cases { Self.checkAll(variant) }
    for variant in MinimalGatedCellTests.cases { Self.checkAll(variant) }
    for variant in MinGRUCellTests.cases { Self.checkAll(variant) }
    for variant in MinLSTMCellTests.cases { Self.checkAll(variant) }
    for variant in DeepTransitionCellTests.cases { Self.checkAll(variant) }
  }

  @Test("wide enough for two threads, in both precisions", arguments: ProductPrecision.allCases)
  func wide(precision: ProductPrecision) {
    for lanes in [1, 2, 17] {
      Self.check(
        CellCase<LSTMCell>("lstm"), lanes: lanes, scalarType: .float32, precision: precision,
        inputSize: 70, hiddenSize: 150)
      Self.check(
        CellCase<GRUCell>("gru"), lanes: lanes, scalarType: .float32, precision: precision,
        inputSize: 70, hiddenSize: 150)
      Self.check(
        CellCase<LSTMCell>("normalised") { $0.layerNorm = .products }, lanes: lanes,
        scalarType: .float32, precision: precision, inputSize: 70, hiddenSize: 150)
    }
  }

  @Test func aTableTooLargeToComputeAheadGivesTheSame() {
    let cell = CellCase<LSTMCell>("lstm").cell(
      inputSize: 3, hiddenSize: 40, scalarType: .float32)
    let table = Tensor.scattered([10000, 3], seed: 5, scalarType: .float32)
    var large = Stepper(cell, table: table, lanes: 2)
    var small = Stepper(cell, table: table.slice(9990..<10000), lanes: 2)
    for step: Int32 in 0..<4 {
      large.step(symbols: [9999 - step, 9991 + step])
      small.step(symbols: [9 - step, 1 + step])
    }
    #expect(large.state.tensors.map(\.scalars) == small.state.tensors.map(\.scalars))
  }

  @Test func aCopyGoesItsOwnWay() {
    let cell = CellCase<GRUCell>("gru").cell()
    let x = Tensor.scattered([3, 2, 2], seed: 4)
    func input(_ step: Int) -> Tensor { x.slice(step..<step + 1).reshaped(to: [2, 2]) }
    var first = Stepper(cell, inputSize: 2, lanes: 2, scalarType: .float64)
    first.step(input(0))
    var second = first
    let shared = first.state.hidden.scalars
    second.step(input(1))
    #expect(first.state.hidden.scalars == shared)
    first.step(input(2))
    var alone = Stepper(cell, inputSize: 2, lanes: 2, scalarType: .float64)
    alone.step(input(0))
    alone.step(input(1))
    #expect(second.state.hidden.scalars == alone.state.hidden.scalars)
    #expect(first.state.hidden.scalars != second.state.hidden.scalars)
  }

  @Test(arguments: [true, false])
  func lanesThatAreResetStartAnewAndTheOthersGoOn(isPlanned: Bool) {
    func check<C: Cell>(_ cell: C, start: C.State) {
      let x = Tensor.scattered([3, 2], seed: 4)
      var stepper = Stepper(cell, inputSize: 2, lanes: 3, from: start, scalarType: .float64)
      #expect(stepper.isPlanned == isPlanned)
      stepper.step(x)
      let once = stepper.state.output.scalars
      stepper.step(x)
      let twice = stepper.state.output.scalars
      stepper.reset(lanes: [0, 2])
      let width = twice.count / 3
      let fresh = start.output.scalars
      var expected: [Double] = Array(fresh[..<width])
      expected += twice[width..<2 * width]
      expected += fresh[(2 * width)...]
      #expect(stepper.state.output.scalars == expected)
      stepper.reset()
      stepper.step(x)
      #expect(stepper.state.output.scalars == once)
    }
    if isPlanned {
      check(
        CellCase<GRUCell>("gru").cell(), start: HiddenState(hidden: .scattered([3, 3], seed: 9)))
    } else {
      check(Stacked(), start: .scattered([3, 1, 2], seed: 9))
    }
  }

  @Test func aStateThatIsSetIsGoneOnFrom() {
    let cell = CellCase<LSTMCell>("lstm").cell()
    let x = Tensor.scattered([1, 2], seed: 4)
    var stepper = Stepper(cell, inputSize: 2, lanes: 1, scalarType: .float64)
    stepper.step(x)
    let kept = stepper.state
    stepper.step(x)
    let expected = stepper.state.hidden.scalars
    stepper.state = kept
    stepper.step(x)
    #expect(stepper.state.hidden.scalars == expected)
    #expect(kept.hidden.scalars != expected)
    let bytes = stepper.withUnsafeBytes(ofState: 0) { Array($0.bindMemory(to: Double.self)) }
    #expect(bytes == expected)
  }

  /// A cell whose state has three axes, which no plan is made of.
  struct Stacked: Cell {
    func initialState(batch: Int) -> Tensor { .zeros([batch, 1, 2], scalarType: .float64) }
    func step(_ input: Tensor, from state: Tensor) -> Tensor {
      state * 0.5 + input.reshaped(to: [input.shape[0], 1, 2])
    }
  }

  @Test func aCellWithoutAPlanIsSteppedAllTheSame() {
    var byInput = Stepper(Stacked(), inputSize: 2, lanes: 1, scalarType: .float64)
    let table: Tensor = .ramp([4, 2])
    var bySymbol = Stepper(Stacked(), table: table, lanes: 1)
    for symbol: Int32 in [1, 3] {
      byInput.step(table.gatherRows([symbol]))
      bySymbol.step(symbols: [symbol])
    }
    #expect(!byInput.isPlanned)
    #expect(byInput.state.scalars == [7, 8.5])
    #expect(bySymbol.state.scalars == byInput.state.scalars)
  }
}
