import Layers
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("SkipCell")
struct SkipCellTests {
  static func cell<C: RecurrentCell>(
    _ variant: CellCase<C>, lags: [Int], inputSize: Int = 2, hiddenSize: Int = 3,
    scalarType: ScalarType = .float64
  ) -> SkipCell<C> where C.State: RecurrentState {
    var generator = RandomGenerator(seed: 2)
    let cell = SkipCell(
      variant.cell(inputSize: inputSize, hiddenSize: hiddenSize, scalarType: scalarType),
      lags: lags, using: &generator)
    // As small as in a fresh cell, so that nothing grows over time.
    return cell.mapParameters { $0 * (0.6 / Double(hiddenSize).squareRoot()) }
  }

  static let gru = CellCase<GRUCell>("gru")
  static let lstm = CellCase<LSTMCell>("projected lstm") { $0.projectionSize = 2 }
  static let deep = CellCase<DeepTransitionCell>("deep") { $0.outputLayers = [4] }

  /// Values and gradients against a file of `chain_cells.py`.
  static func checkReference<C: RecurrentCell>(_ name: String, _ options: C.Options, _: C.Type)
    throws
  where C.State: RecurrentState {
    let fixture = try Fixture("cells/skip-\(name)")
    var generator = RandomGenerator(seed: 1)
    let fresh = SkipCell(
      C(
        inputSize: 2, hiddenSize: 5, options: options, initializer: .init(), using: &generator,
        scalarType: .float64), lags: [2, 4], using: &generator)
    let lengths = try fixture.indices("lengths").elements.map(Int.init)
    let parts = fixture.contains("c_n") ? ["hidden", "cell"] : ["hidden"]
    let ends = parts.count == 2 ? ["h_n", "c_n"] : ["h_n"]
    let starts = parts.count == 2 ? ["h_0", "c_0"] : ["h_0"]
    let parameters = fresh.parameters.map(\.name)
    let points = try (parameters + ["input"] + starts).map(fixture.tensor)
    let added = try parts.map { Tensor.zeros(try fixture.tensor($0).shape, scalarType: .float64) }
    let weights = try (["hidden"] + ends).map { try fixture.tensor($0 + "_weight") }
    var made: [Tensor] = []
    let (loss, gradients) = valueWithGradient(at: points + added) { values in
      var rest = values[...]
      func take(_ count: Int) -> [Tensor] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      let layer = SkipRecurrent(fresh.replacingParameters(take(parameters.count)))
      let batch = SequenceBatch(take(1)[0], lengths: lengths)
      let run = layer(
        batch, from: C.State(tensors: take(starts.count)),
        adding: C.State(tensors: take(parts.count)))
      made = (run.states.tensors + run.last.tensors).map(\.detached)
      return zip([run.output] + run.last.tensors, weights).map { ($0 * $1).sum() }
        .reduce(Tensor(0, scalarType: .float64), +)
    }
    let names = parts + ends + (parameters + ["input"] + starts + parts).map { "grad." + $0 }
    for (found, name) in zip(made + gradients, names) {
      expectClose(
        found, try fixture.tensor(name), relative: 1e-10, absolute: 1e-10, name)
    }
    expectClose(loss, try fixture.tensor("loss"), relative: 1e-10, absolute: 1e-10)
  }

  @Test func anElmanCellWithSkipsIsTheReference() throws {
    var options = ElmanCell.Options()
    options.biases = .two
    try Self.checkReference("elman", options, ElmanCell.self)
  }

  @Test func anLSTMWithSkipsIsTheReference() throws {
    var options = LSTMCell.Options()
    options.biases = .two
    try Self.checkReference("lstm", options, LSTMCell.self)
  }

  static func checkDerivatives<C: RecurrentCell>(_ variant: CellCase<C>)
  where C.State: RecurrentState {
    let cell = cell(variant, lags: [3, 2])
    let start = cell.initialState(batch: 3).tensors, parameters = cell.parameters.map(\.tensor)
    let points =
      parameters + [.scattered([6, 2], seed: 50)]
      + start.enumerated().map { .scattered($1.shape, seed: 60 + UInt64($0)) }
    checkGradient(at: points) { points in
      let layer = SkipRecurrent(
        cell.replacingParameters(Array(points[..<parameters.count])), direction: .backward)
      let run = layer(
        SequenceBatch(points[parameters.count], lengths: [5, 0, 1]),
        from: C.State(tensors: Array(points[(parameters.count + 1)...])))
      return .concatenate(
        (run.states.tensors + run.last.tensors).map { $0.reshaped(to: [$0.count]) })
    }
  }

  @Test func derivativesAreThoseOfFiniteDifferences() {
    Self.checkDerivatives(Self.gru)
    Self.checkDerivatives(Self.lstm)
    Self.checkDerivatives(Self.deep)
  }

  static func checkPlanned<C: RecurrentCell>(_ variant: CellCase<C>)
  where C.State: RecurrentState {
    for size in [1, 17] {
      for lengths in [Unfoldable.few, Unfoldable.many, [0, 0], []] {
        for type in [ScalarType.float32, .float64] {
          let cell = cell(variant, lags: [5, 2], inputSize: 5, hiddenSize: size, scalarType: type)
          expectAgreement(
            parameters: cell.parameters.map(\.tensor),
            over: Unfoldable(
              inputSize: 5, .chain(lengths, lags: [1, 5, 2]), named: "lengths \(lengths)",
              scalarType: type), "size \(size)"
          ) { cell.replacingParameters($0) }
        }
      }
    }
  }

  @Test func thePlannedPathAgreesWithTheReference() {
    Self.checkPlanned(Self.gru)
    Self.checkPlanned(Self.lstm)
    Self.checkPlanned(Self.deep)
  }

  @Test func bitsDoNotDependOnCompany() {
    let layer = SkipRecurrent(
      Self.cell(Self.lstm, lags: [2, 7], inputSize: 5, hiddenSize: 33, scalarType: .float32))
    let lengths = Unfoldable.many
    let inputs = lengths.indices.map {
      Tensor.scattered([lengths[$0], 5], seed: UInt64($0), scalarType: .float32)
    }
    let together = layer(SequenceBatch(.concatenate(inputs), lengths: lengths))
    var first = 0
    for (number, length) in lengths.enumerated() {
      let alone = layer(SequenceBatch(inputs[number], lengths: [length]))
      let rows = first..<first + length
      #expect(together.output.slice(rows).scalars == alone.output.scalars)
      #expect(together.last.cell.slice(number..<number + 1).scalars == alone.last.cell.scalars)
      first += length
    }
  }

  @Test func everyParameterIsVisited() {
    let layer = SkipRecurrent(Self.cell(Self.gru, lags: [4, 2]))
    checkParameters(layer)
    #expect(
      layer.parameters.map(\.name)
        == ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_skip_4", "weight_skip_2"])
  }

  @Test func aLagOfOneTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SkipCellTests.cell(SkipCellTests.gru, lags: [3, 1])
    }
    expectMessage(exit, "SkipCell: lags must differ and be above 1, got [3, 1]")
  }

  @Test func aStructureOfOtherSlotsTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = unfold(
        SkipCellTests.cell(SkipCellTests.gru, lags: [3]), over: .chain([4]), .scattered([4, 2]))
    }
    expectMessage(exit, "SkipCell: follows 2 nodes, but the structure gives it 1")
  }

  @Test func valuesOfAnotherWidthTrap() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = SkipRecurrent(SkipCellTests.cell(SkipCellTests.gru, lags: [3]))(
        SequenceBatch(.scattered([4, 3]), lengths: [4]))
    }
    expectMessage(exit, "SkipRecurrent: values must be [N, 2], got [4, 3]")
  }
}
