import Configuration
import Tensors
import Testing

@Suite("CellConfiguration")
struct CellConfigurationTests {
  static func layers(_ model: String) throws -> RecurrentConfiguration {
    try read("data: {train: a.txt}\nmodel: {\(model)}").model.recurrent
  }

  @Test func listsAreWrittenWithBracketsOrWithout() throws {
    for text in ["[1, 3]", "[1,3]", "1, 3", "\n  - 1\n  - 3"] {
      let yaml = "data: {train: a.txt}\nmodel:\n  lags: \(text)\n"
      #expect(try read(yaml).model.recurrent.cell.lags == [1, 3])
    }
    for text in ["1,3", "1, 3", "[1, 3]", "[1,3]"] {
      let configuration = try LanguageModelConfiguration.read(
        file: nil, settings: [Setting("--lags", text), Setting("--train", "a.txt")])
      #expect(configuration.values.model.recurrent.cell.lags == [1, 3], "\(text)")
    }
    #expect(try Self.layers("lags: 4").cell.lags == [4])
    #expect(try Self.layers("cell: leaky, retention: []").cell.retention.isEmpty)
    #expect(try Self.layers("cell: leaky, retention: 0.5").cell.retention == [0.5])
  }

  @Test(
    "what is written reads back equal",
    arguments: [
      "lags: [1, 7]", "cell: clockwork, lags: [1]", "cell: leaky, retention: [0.25]",
      "cell: leaky, time-scales: [1.5, 1000]",
      "cell: clockwork, periods: [1, 9], hidden-size: 6", "cell: min-gru, candidate: positive",
      "cell: min-lstm, candidate: leaky-relu",
      "cell: deep-transition, transition-layers: [3], skip-connection: true, output-layers: []",
      "cell: jordan, feedback-size: 3, output-activation: sigmoid", "biases: 2, forget-bias: -1.5",
    ])
  func roundTrip(model: String) throws {
    let configuration = try read("data: {train: a.txt}\nmodel: {\(model)}")
    #expect(try read(configuration.yaml) == configuration)
  }

  @Test func aLayersOutputIsAsWideAsItsCells() throws {
    for (model, size) in [
      ("cell: gru", 128), ("projection-size: 5", 5), ("cell: jordan, feedback-size: 7", 7),
      ("cell: deep-transition, output-layers: [9, 4]", 4), ("cell: deep-transition", 128),
    ] {
      #expect(try Self.layers(model).outputSize == size, "\(model)")
    }
  }

  static let mistakes: [(model: String, sentence: String)] = [
    ("cell: leaky, reset: after", "model.reset: applies only when model.cell is gru"),
    (
      "cell: gru, candidate: tanh",
      "model.candidate: applies only when model.cell is min-gru or min-lstm"
    ),
    (
      "cell: min-gru, activation: tanh",
      "model.activation: applies only when model.cell is elman, jordan, leaky, clockwork, lstm, gru, "
        + "minimal-gated or deep-transition"
    ),
    (
      "cell: elman, gate-activation: sigmoid",
      "model.gate-activation: applies only when model.cell is lstm, gru, minimal-gated or min-gru"
    ),
    (
      "cell: leaky, biases: 1",
      "model.biases: applies only when model.cell is elman, clockwork, lstm or gru"
    ),
    (
      "cell: gru, forget-bias: 1",
      "model.forget-bias: applies only when model.cell is lstm and model.biases is not 0"
    ),
    (
      "biases: 0, forget-bias: 1",
      "model.forget-bias: applies only when model.cell is lstm and model.biases is not 0"
    ),
    ("periods: [1, 2]", "model.periods: applies only when model.cell is clockwork"),
    ("feedback-size: 3", "model.feedback-size: applies only when model.cell is jordan"),
    (
      "cell: elman, input-layers: 3",
      "model.input-layers: applies only when model.cell is deep-transition"
    ),
    ("cell: clockwork, lags: 2", "model.lags: applies only when model.cell is not clockwork"),
    (
      "cell: min-lstm, weight-dropout: 0.1",
      "model.weight-dropout: applies only when model.cell is neither min-gru nor min-lstm"
    ),
    (
      "cell: leaky, retention: 0.5, time-scales: [2, 3]",
      "model.time-scales: applies only when model.cell is leaky and model.retention is []"
    ),
    (
      "lags: [0, 1]",
      "model.lags: expected a list such as [1, 2], of which each is a whole number from 1 to 1000, "
        + "found '[0, 1]'"
    ),
    (
      "lags: one",
      "model.lags: expected a list such as [1, 2], of which each is a whole number from 1 to 1000, "
        + "found 'one'"
    ),
    (
      "lags: '1'",
      "model.lags: expected a list such as [1, 2], of which each is a whole number from 1 to 1000, "
        + "found '1'"
    ),
    (
      "lags: [[1], 2]",
      "model.lags: expected a list such as [1, 2], of which each is a whole number from 1 to 1000, "
        + "found a list"
    ),
    ("lags: []", "model.lags: must have a number at least, but is []"),
    ("lags: [3, 1]", "model.lags: must grow, but is [3, 1]"),
    ("biases: 3", "model.biases: expected a whole number from 0 to 2, or none, found '3'"),
    (
      "cell: leaky, retention: [0.1, 1.2]",
      "model.retention: expected a list such as [1, 2], of which each is a number from 0.0 to 1.0, "
        + "found '[0.1, 1.2]'"
    ),
    (
      "cell: leaky, hidden-size: 4, retention: [0.1, 0.2]",
      "model.retention: must have one number, or one for each of the 4 units of model.hidden-size, but has 2"
    ),
    (
      "cell: leaky, time-scales: [5, 2]",
      "model.time-scales: must be two numbers of which the second is not smaller, but is [5.0, 2.0]"
    ),
    (
      "cell: leaky, time-scales: [1, 2]",
      "model.time-scales: must start above 1 for units that learn theirs, but is [1.0, 2.0]"
    ),
    ("cell: clockwork, periods: [2, 2]", "model.periods: must grow, but is [2, 2]"),
    (
      "cell: clockwork, periods: [1, 2, 3]",
      "model.periods: has 3 groups, which do not divide the 128 units of model.hidden-size"
    ),
    (
      "cell: deep-transition, skip-connection: true",
      "model.skip-connection: needs model.transition-layers to go past"
    ),
    (
      "cell: deep-transition, output-layers: 3, tie-weights: true",
      "model.tie-weights: needs model.embedding-size to equal model.output-layers, but they are 128 and 3"
    ),
    (
      "cell: min-gru, candidate: swish",
      "model.candidate: expected identity, tanh, sigmoid, hard-sigmoid, softsign, relu, leaky-relu, elu, gelu, "
        + "softplus or positive, found 'swish'"
    ),
  ]

  @Test("a mistake is told in a sentence", arguments: mistakes)
  func mistake(model: String, sentence: String) throws {
    #expect {
      try Self.layers(model)
    } throws: { error in
      "\(error)" == sentence + " (config.yaml:2)"
    }
  }

  private func image(_ model: String) throws -> ImageConfiguration {
    try ImageConfiguration.schema.read(
      yaml: "data: {train: a, train-labels: b}\nmodel: {reading: grid, \(model)}", name: "a.yaml",
      folder: "/"
    ).values
  }

  @Test func whatMeansNothingOverAGridIsRefused() throws {
    for (key, value, reason) in [
      ("bidirectional", "true", "a grid is walked from every side"),
      ("variational", "true", "the nodes of a grid have a mask each"),
      ("weight-dropout", "0.2", "the walks over a grid keep all weights"),
    ] {
      for walks in ["corners", "sweeps"] {
        #expect {
          try image("walks: \(walks), \(key): \(value)")
        } throws: { error in
          "\(error)"
            == "model.\(key): applies only when model.reading is not grid: \(reason) (a.yaml:2)"
        }
      }
    }
    #expect(try image("bidirectional: false").model.reading == .grid)
  }

  @Test func walksFromTheCornersTakeNoOptionsOfACellButActivations() throws {
    #expect(
      try image("activation: softsign").model.encoder.recurrent.cell.activation == .softsign)
    #expect(try image("walks: sweeps, lags: [1, 2]").model.encoder.recurrent.cell.lags == [1, 2])
    for (model, reason) in [
      ("cell: leaky", "must be lstm for walks from the corners, but it is leaky"),
      (
        "peepholes: true, cell: lstm",
        "must have no options but activations for walks from the corners, which are those of a 2-D LSTM"
      ),
    ] {
      #expect {
        try image(model)
      } throws: { error in
        "\(error)" == "model.cell: \(reason) (a.yaml:2)"
      }
    }
  }

  @Test func theKeysOfEveryCellAreListedWithWhatTheyAreFor() {
    let text = GeneratedConfiguration.schema.reference()
    for key in ["lags", "periods", "retention", "transition-layers", "feedback-size", "candidate"] {
      #expect(text.contains("\n  \(key)  (default "), "\(key)")
    }
    #expect(text.contains("only when model.cell is clockwork. Option --periods."))
  }
}
