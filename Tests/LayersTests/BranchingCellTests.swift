import Layers
import TestSupport
import Tensors
import Testing
import Unfolding

/// A kind of branching cell, for tests that run over many.
struct BranchingCase: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// D for an H.
  let inputSize: @Sendable (Int) -> Int
  let type: any BranchingCell.Type

  init(
    _ name: String, _ type: any BranchingCell.Type,
    inputSize: @escaping @Sendable (Int) -> Int = { $0 + 1 }
  ) {
    testDescription = name
    self.type = type
    self.inputSize = inputSize
  }
}

extension BranchingCell {
  /// A cell all of whose parameters are scattered numbers.
  static func scattered(
    inputSize: Int, hiddenSize: Int, slots: Int, scalarType: ScalarType
  ) -> Self {
    var generator = RandomGenerator(seed: 1)
    let cell = Self(
      inputSize: inputSize, hiddenSize: hiddenSize, slots: slots, initializer: .init(),
      using: &generator, scalarType: scalarType)
    return cell.replacingParameters(
      cell.parameters.enumerated().map {
        .scattered(
          $1.tensor.shape, seed: 100 + UInt64($0), in: -0.5...0.5, scalarType: scalarType)
      })
  }
}

@Suite("Branching cells")
struct BranchingCellTests {
  static let cells = [
    BranchingCase("recursive net", RecursiveNetCell.self),
    BranchingCase("recursive net, inputs as they are", RecursiveNetCell.self) { $0 },
    BranchingCase("tensor net", TensorNetCell.self),
    BranchingCase("tensor net, inputs as they are", TensorNetCell.self) { $0 },
    BranchingCase("matrices and vectors", MatrixVectorCell.self) { $0 + $0 * $0 },
    BranchingCase("child-sum Tree-LSTM", ChildSumTreeLSTMCell.self),
    BranchingCase("branching LSTM", BranchingLSTMCell.self),
  ]

  static let structures: [(String, Structure)] = [
    ("forest", .forest([7, 0, 1, 18].map { .balanced(leaves: $0) })),
    ("grid", .grid([GridSize(rows: 3, columns: 4), .init(rows: 1, columns: 17)])),
    ("lags", .chain([5, 0, 9], lags: [1, 3])),
  ]

  @Test(arguments: cells, [ScalarType.float32, .float64])
  func thePlanAgreesWithTheReference(_ cell: BranchingCase, _ type: ScalarType) {
    func check<C: BranchingCell>(_ kind: C.Type) {
      for (name, structure) in Self.structures {
        for hiddenSize in [3, 5] {
          let inputSize = cell.inputSize(hiddenSize)
          let made = kind.scattered(
            inputSize: inputSize, hiddenSize: hiddenSize, slots: 2, scalarType: type)
          expectAgreement(
            parameters: made.parameters.map(\.tensor),
            over: Unfoldable(inputSize: inputSize, structure, named: name, scalarType: type),
            cell.testDescription
          ) { made.replacingParameters($0) }
        }
      }
    }
    check(cell.type)
  }

  /// A child-sum Tree-LSTM that is told of every slot, taken or not.
  private struct ToldOfAll: RecursiveCell {
    let cell: ChildSumTreeLSTMCell
    func initialState(batch: Int) -> LSTMState { cell.initialState(batch: batch) }
    func step(_ x: Tensor, from children: [LSTMState]) -> LSTMState { cell.step(x, from: children) }
  }
  private typealias LSTMState = ChildSumTreeLSTMCell.State

  /// Nodes of none, some and many children, beyond what a plan takes: the same with the absent ones left out.
  @Test func absentChildrenDoNotShowInAChildSum() throws {
    let star = try Tree(parents: Array(repeating: 70, count: 70) + [-1])
    let bush = try Tree(parents: [4, 4, 4, 5, 6, 6, -1, 6, 7, 7, 7, 7, 7])
    let structure = Structure.forest([star, bush, .balanced(leaves: 5), .balanced(leaves: 0)])
    let made = ChildSumTreeLSTMCell.scattered(
      inputSize: 3, hiddenSize: 5, slots: 2, scalarType: .float64)
    let x = Tensor.scattered([structure.nodeCount, 3], seed: 7)
    let points = made.parameters.map(\.tensor) + [x]
    func run(_ body: (ChildSumTreeLSTMCell, Tensor) -> Unfolded<LSTMState>) -> [Tensor] {
      let found = valueWithGradient(at: points) { points -> Tensor in
        let run = body(made.replacingParameters(Array(points.dropLast())), points[points.count - 1])
        return (run.output * run.output).sum() + run.last.cell.sum()
      }
      return [found.value] + found.gradients
    }
    let some = run { unfold($0, over: structure, $1) }
    let all = run { unfold(ToldOfAll(cell: $0), over: structure, $1) }
    for (some, all) in zip(some, all) { expectClose(some, all, relative: 1e-12, absolute: 1e-12) }
  }

  /// Of a node of 2,000 children, and 20 small trees beside it: nobody pays for children that others have.
  @Test func aWideNodeCostsOthersNothing() throws {
    let star = try Tree(parents: Array(repeating: 2000, count: 2000) + [-1])
    let structure = Structure.forest([star] + Array(repeating: .balanced(leaves: 9), count: 20))
    let cell = ChildSumTreeLSTMCell.scattered(
      inputSize: 3, hiddenSize: 16, slots: 2, scalarType: .float32)
    let x = Tensor.scattered([structure.nodeCount, 3], seed: 7, scalarType: .float32)
    let before = measuringPeakMemory {}.bytes
    let peak = measuringPeakMemory { unfold(cell, over: structure, x).last.output.sum().item }.bytes
    // 2,340 nodes of 2,000 children would take 600 MB a state.
    #expect(peak - before < 30_000_000)
  }

  @Test(arguments: cells, [Activation.tanh, .softsign])
  func derivativesAgreeWithFiniteDifferences(_ cell: BranchingCase, _ activation: Activation) {
    func check<C: BranchingCell>(_ kind: C.Type) {
      let inputSize = cell.inputSize(2)
      var made = kind.scattered(
        inputSize: inputSize, hiddenSize: 2, slots: 2, scalarType: .float64)
      made.activation = activation
      let parameters = made.parameters.map(\.tensor)
      let structure = Structure.forest([3, 0, 1, 2].map { .balanced(leaves: $0) })
      let x = Tensor.scattered(
        [structure.nodeCount, inputSize], seed: 50, scalarType: .float64)
      checkGradient(at: parameters + [x]) { points in
        let run = unfold(
          made.replacingParameters(Array(points.dropLast())), over: structure,
          points[points.count - 1])
        let parts = run.states.tensors + run.last.tensors
        return Tensor.concatenate(parts.map { $0.reshaped(to: [$0.count]) })
      }
    }
    check(cell.type)
  }

  /// So many gates look at more rows than a kernel does; the reference path looks at any number.
  @Test func anLSTMOfManyChildrenIsUnfolded() throws {
    let cell = BranchingLSTMCell.scattered(
      inputSize: 2, hiddenSize: 3, slots: 20, scalarType: .float64)
    let tree = try Tree(parents: Array(repeating: 20, count: 20) + [-1])
    let x = Tensor.scattered([21, 2], scalarType: .float64)
    let (planned, reference) = (
      unfold(cell, over: .forest([tree]), x),
      unfold(cell, over: .forest([tree]), x, by: .reference)
    )
    expectClose(planned.output, reference.output, relative: 1e-12, absolute: 1e-12)
  }

  @Test func aTensorNetWithoutTensorIsARecursiveNet() {
    let net = TensorNetCell.scattered(inputSize: 4, hiddenSize: 3, slots: 2, scalarType: .float64)
    var flat = net
    flat.tensor = .zeros(net.tensor.shape, scalarType: .float64)
    let structure = Structure.forest([.balanced(leaves: 5)])
    let x = Tensor.scattered([9, 4], scalarType: .float64)
    expectClose(
      unfold(flat, over: structure, x).output, unfold(net.plain, over: structure, x).output,
      relative: 1e-14, absolute: 1e-14)
  }

  /// Over one slot, with one forget gate, it is the LSTM of chains; so is a child-sum LSTM.
  @Test(arguments: [(Activation.tanh, Activation.sigmoid), (.softsign, .hardSigmoid)])
  func aBranchingLSTMOfOnePredecessorIsAnLSTM(_ activation: Activation, _ gates: Activation) {
    var cell = BranchingLSTMCell.scattered(
      inputSize: 2, hiddenSize: 3, slots: 1, scalarType: .float64)
    (cell.activation, cell.gateActivation) = (activation, gates)
    var generator = RandomGenerator(seed: 1)
    var options = LSTMCell.Options()
    (options.activation, options.gateActivation) = (activation, gates)
    var lstm = LSTMCell(
      inputSize: 2, hiddenSize: 3, options: options, using: &generator, scalarType: .float64)
    // i, o, u, f here are i, f, g, o there.
    func reordered(_ tensor: Tensor) -> Tensor {
      let parts = tensor.split(4, axis: 0)
      return .concatenate([parts[0], parts[3], parts[2], parts[1]])
    }
    lstm.inputWeight = reordered(cell.inputWeight)
    lstm.recurrentWeight = reordered(cell.recurrentWeights[0])
    lstm.inputBias = reordered(cell.bias)
    let x = Tensor.scattered([7, 2], scalarType: .float64), chain = Structure.chain([4, 0, 3])
    expectClose(
      unfold(cell, over: chain, x).output, unfold(lstm, over: chain, x).output, relative: 1e-13,
      absolute: 1e-13)
    var sum = ChildSumTreeLSTMCell(
      inputSize: 2, hiddenSize: 3, slots: 1, using: &generator, scalarType: .float64)
    (sum.activation, sum.gateActivation) = (activation, gates)
    (sum.inputWeight, sum.bias) = (cell.inputWeight, cell.bias)
    sum.recurrentWeight = cell.recurrentWeights[0].slice(0..<9)
    sum.forgetWeight = cell.recurrentWeights[0].slice(9..<12)
    expectClose(
      unfold(sum, over: chain, x).output, unfold(lstm, over: chain, x).output, relative: 1e-13,
      absolute: 1e-13)
  }

  /// With U_f equal for all, nothing depends on the children's order.
  @Test func aChildSumDoesNotDependOnTheOrderOfChildren() throws {
    let cell = ChildSumTreeLSTMCell.scattered(
      inputSize: 2, hiddenSize: 3, slots: 3, scalarType: .float64)
    let x = Tensor.scattered([4, 2], scalarType: .float64)
    func root(_ order: [Int32]) throws -> Tensor {
      let tree = try Tree(parents: [3, 3, 3, -1])
      return unfold(
        cell, over: .forest([tree]), x.gatherRows(IndexTensor(order + [3]))
      ).last.output
    }
    expectClose(try root([0, 1, 2]), try root([2, 0, 1]), relative: 1e-14, absolute: 1e-14)
  }

  @Test func aStructureOfOtherSlotsTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let cell = BranchingLSTMCell.scattered(
        inputSize: 2, hiddenSize: 3, slots: 2, scalarType: .float32)
      _ = unfold(cell, over: .chain([2]), .zeros([2, 2]))
    }
    expectMessage(
      exit,
      "BranchingLSTMCell: has weights for 2 predecessors, but the structure gives it 1")
  }
}
