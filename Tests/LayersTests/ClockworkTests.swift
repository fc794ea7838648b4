import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Clockwork")
struct ClockworkTests {
  static let periods = [1, 2, 5]
  static let lengths = [3, 0, 1, 17, 6]

  static func clockwork(
    periods: [Int] = periods, inputSize: Int = 2, groupSize: Int = 3,
    scalarType: ScalarType = .float64
  ) -> Clockwork {
    var generator = RandomGenerator(seed: 1)
    let fresh = Clockwork(
      inputSize: inputSize, groupSize: groupSize, periods: periods, using: &generator,
      scalarType: scalarType)
    return fresh.replacingParameters(
      fresh.parameters.enumerated().map {
        .scattered(
          $1.tensor.shape, seed: 100 + UInt64($0), in: -0.5...0.5, scalarType: scalarType)
      })
  }

  /// The same by full matrices, all steps, and masks: a unit that rests is computed, and then its old state is taken.
  static func masked(_ net: Clockwork, _ batch: SequenceBatch, from start: Tensor) -> (
    output: Tensor, last: Tensor
  ) {
    let sizes = net.cells.map(\.outputSize), total = sizes.reduce(0, +)
    func block(_ rows: Int, _ columns: Int) -> Tensor {
      .zeros([rows, columns], scalarType: .float64)
    }
    // [H, H], upper triangular by blocks: a group's row has its own weights, then those from slower groups.
    var recurrent: [Tensor] = [], input: [Tensor] = [], bias: [Tensor] = []
    for (group, cell) in net.cells.enumerated() {
      let faster = sizes[..<group].reduce(0, +)
      let width = cell.inputWeight.shape[1]
      recurrent.append(
        .concatenate(
          [
            block(sizes[group], faster), cell.recurrentWeight,
            cell.inputWeight.slice(net.inputSize..<width, axis: 1),
          ], axis: 1))
      input.append(cell.inputWeight.slice(0..<net.inputSize, axis: 1))
      bias.append(cell.inputBias ?? block(1, sizes[group]))
    }
    let (u, w, b) = (
      Tensor.concatenate(input), Tensor.concatenate(recurrent), Tensor.concatenate(bias)
    )
    var outputs: [Int: Tensor] = [:], ends: [Tensor] = []
    for (sequence, rows) in batch.rowNumbers.enumerated() {
      var h = start.slice(sequence..<sequence + 1)
      for (step, row) in rows.enumerated() {
        let x = batch.values.gatherRows([row])
        let new = (x.matmulTransposed(u) + h.matmulTransposed(w) + b).tanh()
        let mask = Tensor(
          zip(net.periods, sizes).flatMap { period, size in
            Array(repeating: step % period == 0 ? 1.0 : 0, count: size)
          }, shape: [1, total], scalarType: .float64)
        h = mask * new + (1 - mask) * h
        outputs[Int(row)] = h
      }
      ends.append(h)
    }
    let rows = (0..<batch.values.shape[0]).compactMap { outputs[$0] }
    return (
      rows.isEmpty ? block(0, total) : .concatenate(rows),
      ends.isEmpty ? block(0, total) : .concatenate(ends)
    )
  }

  @Test(arguments: NodeOrder.allCases, [[1, 2, 5], [1], [2, 3], [1, 2, 4, 8]])
  func valuesAndGradientsAreThoseOfMaskedMatrices(_ order: NodeOrder, _ periods: [Int]) {
    let net = Self.clockwork(periods: periods)
    let parameters = net.parameters.map(\.tensor)
    let batch = SequenceBatch(
      .scattered([27, 2], seed: 3), lengths: Self.lengths, order: order)
    let start = Tensor.scattered([5, net.outputSize], seed: 4)
    func run(_ body: (Clockwork, SequenceBatch, Tensor) -> (Tensor, Tensor)) -> [Tensor] {
      var made: [Tensor] = []
      let gradients = valueWithGradient(at: parameters + [batch.values, start]) { points in
        let (output, last) = body(
          net.replacingParameters(Array(points[..<parameters.count])),
          batch.replacing(values: points[parameters.count]), points[parameters.count + 1])
        made = [output.detached, last.detached]
        return (output * .scattered(output.shape, seed: 5)).sum()
          + (last * .scattered(last.shape, seed: 6)).sum()
      }.gradients
      return made + gradients
    }
    let found = run { net, batch, start in
      let run = net(batch, from: start)
      return (run.output.values, run.last)
    }
    let expected = run { Self.masked($0, $1, from: $2) }
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      expectClose(found, expected, relative: 1e-11, absolute: 1e-11, "\(index)")
    }
  }

  @Test func noStateMeansZeros() {
    let net = Self.clockwork()
    let batch = SequenceBatch(.scattered([27, 2], seed: 3), lengths: Self.lengths)
    let zeros = Tensor.zeros([5, 9], scalarType: .float64)
    #expect(net(batch).output.values.scalars == net(batch, from: zeros).output.values.scalars)
    #expect(net(batch).last.scalars == net(batch, from: zeros).last.scalars)
  }

  @Test func aGroupWalksTheStepsOfItsPeriodAlone() {
    let net = Self.clockwork(periods: [1, 2, 4, 8, 16])
    let lengths = [64, 0, 17, 1]
    let run = net(SequenceBatch(.scattered([82, 2]), lengths: lengths))
    let walked = run.groups.map { $0.states.hidden.shape[0] }
    #expect(walked == [82, 32 + 9 + 1, 16 + 5 + 1, 8 + 3 + 1, 4 + 2 + 1])
    // Five groups at every step would be 410.
    #expect(walked.reduce(0, +) == 165)
  }

  @Test(arguments: [[], [0], [0, 0, 0]])
  func withoutNodesTheStartIsTheEnd(_ lengths: [Int]) {
    let net = Self.clockwork()
    let start = Tensor.scattered([lengths.count, 9], seed: 2)
    let run = net(
      SequenceBatch(.zeros([0, 2], scalarType: .float64), lengths: lengths), from: start)
    #expect(run.output.values.shape == [0, 9])
    #expect(run.last.scalars == start.scalars)
  }

  @Test func bitsDoNotDependOnCompany() {
    let net = Self.clockwork(groupSize: 17, scalarType: .float32)
    let lengths = Unfoldable.many
    let inputs = lengths.indices.map {
      Tensor.scattered([lengths[$0], 2], seed: UInt64($0), scalarType: .float32)
    }
    let together = net(SequenceBatch(.concatenate(inputs), lengths: lengths))
    var first = 0
    for (number, length) in lengths.enumerated() {
      let alone = net(SequenceBatch(inputs[number], lengths: [length]))
      let rows = first..<first + length
      #expect(together.output.values.slice(rows).scalars == alone.output.values.scalars)
      #expect(together.last.slice(number..<number + 1).scalars == alone.last.scalars)
      first += length
    }
  }

  /// States, ends and gradients of the net as a cell: with resting groups left out, and walked step by step.
  @Test(arguments: Direction.allCases, NodeOrder.allCases)
  func whatRestsIsThatOfAWalkStepByStep(_ direction: Direction, _ order: NodeOrder) {
    let net = Self.clockwork()
    let parameters = net.parameters.map(\.tensor)
    let batch = SequenceBatch(.scattered([27, 2], seed: 3), lengths: Self.lengths, order: order)
    let start = Tensor.scattered([5, 9], seed: 4)
    // Each sequence somewhere in the periods 1, 2 and 5.
    let clock = Tensor(
      (0..<5).flatMap { [0, Double($0 % 2), Double($0 * 2 % 5)] }, shape: [5, 3],
      scalarType: .float64)
    func run(
      _ body: (Clockwork, SequenceBatch, Clockwork.State) -> Unfolded<Clockwork.State>
    ) -> [Tensor] {
      var made: [Tensor] = []
      let gradients = valueWithGradient(at: parameters + [batch.values, start]) { points in
        let run = body(
          net.replacingParameters(Array(points[..<parameters.count])),
          batch.replacing(values: points[parameters.count]),
          .init(hidden: points[parameters.count + 1], clock: clock))
        made = (run.states.tensors + run.last.tensors).map(\.detached)
        return (run.output * .scattered([27, 9], seed: 5)).sum()
          + (run.last.output * .scattered([5, 9], seed: 6)).sum()
      }.gradients
      return made + gradients
    }
    let found = run { Recurrent($0, direction: direction)($1, from: $2) }
    let expected = run { unfold($0, over: $1.chain(direction), $1.values, from: $2) }
    for (index, (found, expected)) in zip(found, expected).enumerated() {
      expectClose(found, expected, relative: 1e-11, absolute: 1e-11, "\(index)")
    }
  }

  @Test func steppedItIsPlannedAndHasTheBitsOfItsSteps() {
    let net = Self.clockwork(groupSize: 17, scalarType: .float32)
    let x = Tensor.scattered([23, 2], seed: 3, scalarType: .float32)
    var stepper = Stepper(net, inputSize: 2, lanes: 1)
    #expect(stepper.isPlanned)
    let whole = unfold(net, over: .chain([23]), x)
    for step in 0..<23 {
      stepper.step(x.slice(step..<step + 1))
      #expect(
        stepper.state.output.scalars == whole.output.slice(step..<step + 1).scalars, "\(step)")
    }
    let layer = Recurrent(net)(SequenceBatch(x, lengths: [23]))
    expectClose(layer.output, whole.output, relative: 1e-5, absolute: 1e-5)
  }

  @Test func aPerturbationIsAddedToWhatEveryStepHolds() {
    let net = Self.clockwork()
    let batch = SequenceBatch(.scattered([6, 2], seed: 3), lengths: [6])
    let zeros = Clockwork.State(
      hidden: .zeros([6, 9], scalarType: .float64), clock: .zeros([6, 3], scalarType: .float64))
    expectClose(
      Recurrent(net)(batch, adding: zeros).output, Recurrent(net)(batch).output, relative: 1e-12,
      absolute: 1e-12)
  }

  @Test func unitsThatMakeNoGroupsOfOneSizeTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var generator = RandomGenerator(seed: 1)
      _ = Clockwork(inputSize: 2, hiddenSize: 9, options: .init(), using: &generator)
    }
    expectMessage(exit, "Clockwork: 9 units do not make 4 groups of one size")
  }

  @Test func everyParameterIsVisited() {
    let net = Self.clockwork()
    checkParameters(net)
    #expect(net.inputSize == 2)
    #expect(net.outputSize == 9)
    let weights = net.parameters.filter { $0.name.hasSuffix("weight_ih") }
    #expect(
      weights.map(\.name) == ["group_0.weight_ih", "group_1.weight_ih", "group_2.weight_ih"])
    #expect(weights.map(\.tensor.shape) == [[3, 8], [3, 5], [3, 2]])
  }

  @Test func periodsThatDoNotGrowTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ClockworkTests.clockwork(periods: [1, 4, 4])
    }
    expectMessage(exit, "Clockwork: periods must grow from at least 1, got [1, 4, 4]")
  }

  @Test func valuesOfAnotherWidthTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ClockworkTests.clockwork()(SequenceBatch(.scattered([4, 3]), lengths: [4]))
    }
    expectMessage(exit, "Clockwork: values must be [N, 2], got [4, 3]")
  }

  @Test func aStateOfAnotherWidthTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ClockworkTests.clockwork()(
        SequenceBatch(.scattered([4, 2]), lengths: [4]), from: .scattered([1, 8]))
    }
    expectMessage(exit, "Clockwork: 1 sequences need a state [1, 9], got [1, 8]")
  }
}
