/// What is measured, as named on both sides of the comparison.
package indirect enum Row: Equatable, Sendable {
  /// One layer over sequences of one length: `LSTM:T:B:I:H`.
  case cell(CellKind, SequenceShape)
  /// One LSTM over 32 sequences of 5 to 100 steps, 128 inputs, 256 units: `LSTM-ragged`.
  case ragged
  /// A training step of a language model: `language-model:NAME`.
  case languageModel(LanguageModelShape)
  /// A symbol drawn from two LSTM layers of 256: `generate`.
  case generate
  /// The training pass of another row with bfloat16 products: `bf16:ROW`.
  case bfloat16(Row)
  /// A cell over something else than one chain: `tree-lstm`, `lstm-2d`, `tagging`.
  case structure(StructureShape)
  /// A minGRU over one long sequence: `minGRU`, `minGRU-walk`, `minGRU-steps`, `minGRU-reference`.
  case scan(ScanWay)
  /// A translator with attention: `translation`, `translation:greedy:64`, `translation:beam:1`.
  case translation(TranslationWay)
  /// The cell of `Examples/CustomCell` over sequences of one length: `custom:T:B:I:H`.
  case customCell(SequenceShape)
}

extension Row {
  /// All of them, in the order of the table.
  package static var all: [Row] {
    let models = LanguageModelShape.all.map { Row.languageModel($0) }
    let layers = CellKind.allCases.map { kind in SequenceShape.grid.map { Row.cell(kind, $0) } }
    return layers.joined() + [.ragged] + models + [.generate]
      + StructureShape.allCases.map { .structure($0) } + ScanWay.allCases.map { .scan($0) }
      + TranslationWay.all.map { .translation($0) } + [.bfloat16(.translation(.train))]
      + layers.flatMap { $0.dropLast() }.map { .bfloat16($0) } + models.map { .bfloat16($0) }
      + SequenceShape.customCell.map { .customCell($0) }
  }

  /// The row of a name; `nil` when there is none.
  package init?(_ name: String) {
    let words = name.split(separator: ":").map(String.init)
    if words.first == "bf16" {
      guard let row = Row(words.dropFirst().joined(separator: ":")) else { return nil }
      self = .bfloat16(row)
    } else if words == ["LSTM-ragged"] {
      self = .ragged
    } else if let shape = StructureShape(rawValue: name) {
      self = .structure(shape)
    } else if let way = ScanWay(rawValue: name) {
      self = .scan(way)
    } else if let way = TranslationWay(words) {
      self = .translation(way)
    } else if words == ["generate"] {
      self = .generate
    } else if words.count == 2, words[0] == "language-model",
      let shape = LanguageModelShape.all.first(where: { $0.name == words[1] })
    {
      self = .languageModel(shape)
    } else if let shape = SequenceShape(words.dropFirst()), words[0] == "custom" {
      self = .customCell(shape)
    } else if let shape = SequenceShape(words.dropFirst()), let kind = CellKind(rawValue: words[0])
    {
      self = .cell(kind, shape)
    } else {
      return nil
    }
  }

  /// Cell, precision and shape.
  package var title: String { title(precision: "fp32") }

  private func title(precision: String) -> String {
    switch self {
    case .cell(let kind, let shape): "\(kind.rawValue) \(precision) \(shape.title)"
    case .customCell(let shape): "custom cell \(precision) \(shape.title)"
    case .ragged: "LSTM-ragged \(precision) T5…100 B32 I128 H256"
    case .languageModel(let shape): "language model \(shape.name) \(precision)"
    case .generate: "generate \(precision) LSTM 2×256"
    case .structure(let shape): "\(shape.rawValue) \(precision)"
    case .scan(let way): "\(way.rawValue) \(precision) T4096 B1 I256 H256"
    case .translation(let way): "\(way.name) \(precision) V8000 E256 H512"
    case .bfloat16(let row): row.title(precision: "bf16")
    }
  }

  /// The passes that its workload has.
  package var passes: [Pass] {
    switch self {
    case .cell, .customCell, .ragged, .scan(.scan), .scan(.walk), .scan(.reference): Pass.allCases
    case .languageModel, .structure, .translation(.train): [.train]
    case .generate, .scan(.steps), .translation: [.forward]
    case .bfloat16(let row): row.passes.filter { $0 == .train }
    }
  }

  /// What there is to measure.
  package var workload: Workload {
    switch self {
    case .cell(let kind, let shape): .cell(kind, shape)
    case .customCell(let shape): .customCell(shape)
    case .ragged: .ragged
    case .languageModel(let shape): .languageModel(shape)
    case .generate: .generate
    case .structure(.treeLSTM): .treeLSTM
    case .structure(.lstm2D): .lstm2D
    case .structure(.tagging): .tagging
    case .scan(let way): .scan(way)
    case .translation(let way): .translation(way)
    case .bfloat16(let row): row.workload.bfloat16
    }
  }
}
