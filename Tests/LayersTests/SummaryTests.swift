import Layers
import Tensors
import TestSupport
import Testing

@Suite("Summary")
struct SummaryTests {
  // The initialisers draw nothing: 20 million numbers would cost more than all other tests.
  static let zeros = CellInitializer(input: .zeros, recurrent: .zeros)

  static func lstm(_ inputSize: Int, _ hiddenSize: Int) -> Recurrent<LSTMCell> {
    var generator = RandomGenerator(seed: 1)
    return Recurrent(
      LSTMCell(
        inputSize: inputSize, hiddenSize: hiddenSize, initializer: zeros, using: &generator))
  }

  @Test func theEmojiClassifierOfTheCourseHasItsPublishedTable() {
    var generator = RandomGenerator(seed: 1)
    var summary = Summary(input: ["B", 10])
    summary.add(Embedding(400_001, 50, initializer: .zeros, using: &generator))
    summary.add(Self.lstm(50, 128))
    summary.add(Dropout(0.5))
    summary.add(Self.lstm(128, 128), keeping: .lastStep)
    summary.add(Dropout(0.5))
    summary.add(Dense(128, 5, initializer: .zeros, using: &generator))
    summary.add("Softmax")

    #expect(
      summary.rows.map(\.parameterCount) == [20_000_050, 91_648, 0, 131_584, 0, 645, 0])
    #expect(summary.parameterCount == 20_223_927)
    #expect(
      summary.description == """
        layer      output shape  parameters
        ───────────────────────────────────
        Embedding  [B, 10, 50]     20000050
        LSTM       [B, 10, 128]       91648
        Dropout    [B, 10, 128]           0
        LSTM       [B, 128]          131584
        Dropout    [B, 128]               0
        Dense      [B, 5]               645
        Softmax    [B, 5]                 0
        ───────────────────────────────────
        total                      20223927
        """)
  }

  @Test func aStackHasARowForEachLayerAndForTheDropoutBetween() {
    var generator = RandomGenerator(seed: 1)
    let stack = RecurrentStack<GRUCell>(
      layers: 2, inputSize: 3, hiddenSize: 5, options: .init(), dropout: Dropout(0.2),
      using: &generator)
    var summary = Summary(input: ["B", "T", 3])
    summary.add(stack, keeping: .lastStep)
    #expect(
      summary.rows == [
        .init("GRU", output: ["B", "T", 5], parameterCount: 3 * 5 * (3 + 5 + 2)),
        .init("Dropout", output: ["B", "T", 5]),
        .init("GRU", output: ["B", 5], parameterCount: 3 * 5 * (5 + 5 + 2)),
      ])
    #expect(summary.parameterCount == stack.parameterCount)
    #expect(stack.summaryRows(input: ["B", "T", 3]).last?.output == ["B", "T", 5])
  }

  @Test func aProjectedLayerPutsOutWhatItProjectsTo() {
    var generator = RandomGenerator(seed: 1)
    var options = LSTMCell.Options()
    options.projectionSize = 2
    let layer = Recurrent(
      LSTMCell(inputSize: 3, hiddenSize: 5, options: options, using: &generator))
    #expect(
      layer.summaryRows(input: ["B", "T", 3])
        == [.init("LSTM", output: ["B", "T", 2], parameterCount: 20 * 3 + 20 * 2 + 20 + 2 * 5)])
  }

  @Test func layersOfLongerEdgesAndOfPeriodsHaveOneRow() {
    let skip = Recurrent(
      LaggedCellTests.cell(
        CellCase<GRUCell>("gru"), lags: [1, 3, 7], inputSize: 2, hiddenSize: 5))
    #expect(
      skip.summaryRows(input: ["B", "T", 2]) == [
        .init(
          "GRU, lags 1, 3, 7", output: ["B", "T", 5], parameterCount: 15 * (2 + 5 + 2) + 2 * 25)
      ])
    // Three groups of 3: each sees 2 inputs, itself and the slower ones.
    #expect(
      Recurrent(ClockworkTests.clockwork()).summaryRows(input: ["B", 6, 2]) == [
        .init(
          "Clockwork, periods 1, 2, 5", output: ["B", 6, 9],
          parameterCount: 3 * (3 * (2 + 3 + 1) + 6 + 3))
      ])
  }

  @Test func rowsMadeByHandAreListedAndCounted() {
    var summary = Summary(input: ["B", "T"], rows: [.init("Lookup", output: ["B", "T", 4])])
    #expect(summary.output == ["B", "T", 4])
    summary.add([.init("Tied decoder", output: ["B", "T", 9], parameterCount: 9)])
    summary.add(LayerNorm(9))
    #expect(summary.parameterCount == 27)
    #expect(
      summary.description == """
        layer         output shape  parameters
        ──────────────────────────────────────
        Lookup        [B, T, 4]              0
        Tied decoder  [B, T, 9]              9
        LayerNorm     [B, T, 9]             18
        ──────────────────────────────────────
        total                               27
        """)
  }

  @Test func aCellIsCalledByItsTypeWithoutTheWordCell() {
    #expect([ElmanCell.kind, LSTMCell.kind, GRUCell.kind] == ["Elman", "LSTM", "GRU"])
  }

  @Test func aLayerThatDoesNotFitTheOneBelowTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var summary = Summary(input: ["B", 10, 49])
      summary.add(SummaryTests.lstm(50, 2))
    }
    expectMessage(exit, "Summary: LSTM needs input […, 50], got [B, 10, 49]")
  }

  @Test func theLastStepOfAShapeWithoutTimeTraps() async {
    let exit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      var summary = Summary(input: [50])
      summary.add(SummaryTests.lstm(50, 2), keeping: .lastStep)
    }
    expectMessage(exit, "Summary: LSTM needs input [B, T, 50], got [50]")
  }
}
