/// What is timed, as named on both sides of the comparison.
enum Row: Equatable {
  /// One layer over sequences of one length: `LSTM:T:B:I:H`.
  case cell(CellKind, SequenceShape)
  /// One LSTM over 32 sequences of 5 to 100 steps, 128 inputs, 256 units: `LSTM-ragged`.
  case ragged
  /// A training step of a language model: `language-model:NAME`.
  case languageModel(LanguageModelShape)
  /// A symbol drawn from two LSTM layers of 256: `generate`.
  case generate
}

/// The cells that every toolkit has, or can be written in it.
enum CellKind: String, CaseIterable {
  case rnn = "RNN"
  case lstm = "LSTM"
  case gru = "GRU"
  case layerNormLSTM = "LN-LSTM"
}

/// T steps, B sequences, I inputs, H units.
struct SequenceShape: Equatable {
  let steps: Int
  let batch: Int
  let inputs: Int
  let hidden: Int

  static let grid = [
    SequenceShape(steps: 35, batch: 20, inputs: 200, hidden: 200),
    SequenceShape(steps: 35, batch: 20, inputs: 650, hidden: 650),
    SequenceShape(steps: 64, batch: 64, inputs: 512, hidden: 512),
    SequenceShape(steps: 128, batch: 32, inputs: 128, hidden: 256),
    SequenceShape(steps: 100, batch: 1, inputs: 256, hidden: 256),
    SequenceShape(steps: 1, batch: 1, inputs: 256, hidden: 256),
  ]
}

extension Row {
  /// All of them, in the order of the table.
  static var all: [Row] {
    CellKind.allCases.flatMap { kind in SequenceShape.grid.map { .cell(kind, $0) } }
      + [.ragged] + LanguageModelShape.all.map { .languageModel($0) } + [.generate]
  }

  /// The row of a name; `nil` when there is none.
  init?(_ name: String) {
    let words = name.split(separator: ":").map(String.init)
    if words == ["LSTM-ragged"] {
      self = .ragged
    } else if words == ["generate"] {
      self = .generate
    } else if words.count == 2, words[0] == "language-model",
      let shape = LanguageModelShape.all.first(where: { $0.name == words[1] })
    {
      self = .languageModel(shape)
    } else if words.count == 5, let kind = CellKind(rawValue: words[0]) {
      let sizes = words.dropFirst().compactMap { Int($0) }.filter { $0 > 0 }
      guard sizes.count == 4 else { return nil }
      let shape = SequenceShape(
        steps: sizes[0], batch: sizes[1], inputs: sizes[2], hidden: sizes[3])
      self = .cell(kind, shape)
    } else {
      return nil
    }
  }

  /// Cell, precision and shape in columns.
  var title: String {
    switch self {
    case .cell(let kind, let shape):
      "\(kind.rawValue) fp32 T\(shape.steps) B\(shape.batch) I\(shape.inputs) H\(shape.hidden)"
    case .ragged: "LSTM-ragged fp32 T5…100 B32 I128 H256"
    case .languageModel(let shape): "language model \(shape.name) fp32"
    case .generate: "generate fp32 LSTM 2×256"
    }
  }

  /// What there is to time.
  var workload: Workload {
    switch self {
    case .cell(let kind, let shape): .cell(kind, shape)
    case .ragged: .ragged
    case .languageModel(let shape): .languageModel(shape)
    case .generate: .generate
    }
  }
}
