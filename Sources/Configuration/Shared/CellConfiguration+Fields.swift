extension CellConfiguration {
  static let kindField = Field("cell", \Self.kind, "The recurrent cell.")

  static let fields: [Field<Self>] =
    [
      Field(
        "lags", \.lags, each: .from(1, to: 1000),
        "How many steps back each edge from step to step goes: [1, 7] is a longer edge beside the short one, [7] one in its place.",
        when: Condition("model.cell is not clockwork") { $0.kind != .clockwork || $0.lags == [1] }),
      Field(
        "activation", \.activation, "What the candidate, or all of a plain cell, goes through.",
        when: of(
          .elman, .jordan, .leaky, .clockwork, .lstm, .gru, .minimalGated, .deepTransition)),
      Field(
        "gate-activation", \.gateActivation, "What gates go through.",
        when: of(.lstm, .gru, .minimalGated, .minGRU)),
      Field(
        "candidate", \.candidate, "What the candidate goes through; positive keeps it above zero.",
        when: of(.minGRU, .minLSTM)),
      Field(
        "biases", \.biases, .from(0, to: 2),
        "How many bias vectors are added; none is two for a GRU that resets after the product, else one.",
        when: of(.elman, .clockwork, .lstm, .gru)),
      Field(
        "recurrent-dropout", \.recurrentDropout, RecurrentConfiguration.probability,
        "The probability that a unit of the state is dropped on its way to the next step.",
        when: of(.elman, .clockwork, .lstm, .gru)),
      Field(
        "reset", \.reset, "Where the reset gate acts: before or after the recurrent product.",
        when: of(.gru)),
    ] + lstm + [
      Field(
        "output-activation", \.outputActivation, "What the output goes through.",
        when: of(.jordan)),
      Field(
        "feedback-size", \.feedbackSize, RecurrentConfiguration.sizes,
        "The size of the output, which goes back into the next step; none is hidden-size.",
        when: of(.jordan)),
      Field(
        "retention", \.retention, each: .from(0, to: 1),
        "The share of its state that a unit keeps: one number, or one for each unit; [] goes by time-scales.",
        when: of(.leaky)),
      Field(
        "time-scales", \.timeScales, each: .from(1, to: 1_000_000),
        "The shortest and the longest time scale of units, in steps; those of the others are between.",
        when: byTimeScales),
      Field(
        "learn-retention", \.learnsRetention, "Learn each unit's time scale.", when: byTimeScales),
      Field(
        "periods", \.periods, each: .from(1, to: 1_000_000),
        "The steps between the updates of each group of units, the fastest first.",
        when: of(.clockwork)),
      Field(
        "input-layers", \.inputLayers, each: RecurrentConfiguration.sizes,
        "The sizes of layers between the input and the hidden units.", when: of(.deepTransition)),
      Field(
        "transition-layers", \.transitionLayers, each: RecurrentConfiguration.sizes,
        "The sizes of layers between the hidden units of one step and the next.",
        when: of(.deepTransition)),
      Field(
        "skip-connection", \.hasSkip, "Add a connection past the transition layers.",
        when: of(.deepTransition)),
      Field(
        "output-layers", \.outputLayers, each: RecurrentConfiguration.sizes,
        "The sizes of layers above the hidden units.", when: of(.deepTransition)),
    ]

  private static let lstm: [Field<Self>] = [
    Field("peepholes", \.peepholes, "Let the gates see the cell state.", when: of(.lstm)),
    Field(
      "coupled-gates", \.coupledGates, "Make the forget gate one minus the input gate.",
      when: of(.lstm)),
    Field(
      "projection-size", \.projectionSize, RecurrentConfiguration.sizes,
      "The size the output is projected to.", when: of(.lstm)),
    Field(
      "layer-norm", \.layerNorm, "Normalise both products of a step, or their sum.",
      when: of(.lstm)),
    Field(
      "zoneout", \.zoneout, RecurrentConfiguration.probability,
      "The probability that a unit keeps its old state.", when: of(.lstm)),
    Field(
      "cell-zoneout", \.cellZoneout, RecurrentConfiguration.probability,
      "The same for the cell state; none is as zoneout.", when: of(.lstm)),
    Field(
      "forget-bias", \.forgetBias, .from(-100, to: 100),
      "What the bias of the forget gate starts at.",
      when: Condition("model.cell is lstm and model.biases is not 0") {
        $0.kind == .lstm && $0.biases != 0
      }),
  ]

  /// When the cell is one of some.
  static func of(_ kinds: Kind...) -> Condition<Self> {
    Condition("model.cell is \(kinds.map(\.rawValue).formatted)") { kinds.contains($0.kind) }
  }

  private static let byTimeScales = Condition<Self>(
    "model.cell is leaky and model.retention is []"
  ) { $0.kind == .leaky && $0.retention.isEmpty }
}

extension RecurrentConfiguration {
  /// What must hold between a cell's settings, in a configuration that has them.
  static func rules<Root>(
    _ recurrent: @escaping @Sendable (Root) -> RecurrentConfiguration
  ) -> [Schema<Root>.Rule] {
    let own: [(String, @Sendable (RecurrentConfiguration) -> String?)] = [
      ("lags", { $0.cell.lagsViolation }),
      ("projection-size", \.projectionViolation),
      ("retention", \.retentionViolation),
      ("time-scales", { $0.cell.timeScalesViolation }),
      ("periods", \.periodsViolation),
      ("skip-connection", { $0.cell.skipViolation }),
    ]
    return own.map { key, violation in .init("model.\(key)") { violation(recurrent($0)) } }
  }

  private var projectionViolation: String? {
    guard let size = cell.projectionSize, size >= hiddenSize else { return nil }
    return "must be smaller than model.hidden-size, but they are \(size) and \(hiddenSize)"
  }

  private var retentionViolation: String? {
    [0, 1, hiddenSize].contains(cell.retention.count)
      ? nil
      : "must have one number, or one for each of the \(hiddenSize) units of model.hidden-size, "
        + "but has \(cell.retention.count)"
  }

  private var periodsViolation: String? {
    guard cell.kind == .clockwork else { return nil }
    if let violation = growthViolation(cell.periods) { return violation }
    return hiddenSize.isMultiple(of: cell.periods.count)
      ? nil
      : "has \(cell.periods.count) groups, which do not divide the \(hiddenSize) units of "
        + "model.hidden-size"
  }
}

extension CellConfiguration {
  fileprivate var lagsViolation: String? {
    growthViolation(lags)
  }

  fileprivate var timeScalesViolation: String? {
    guard timeScales.count == 2, timeScales[0] <= timeScales[1] else {
      return "must be two numbers of which the second is not smaller, but is \(timeScales)"
    }
    return learnsRetention && kind == .leaky && retention.isEmpty && timeScales[0] <= 1
      ? "must start above 1 for units that learn theirs, but is \(timeScales)" : nil
  }

  fileprivate var skipViolation: String? {
    hasSkip && transitionLayers.isEmpty
      ? "needs model.transition-layers to go past" : nil
  }
}

/// What is wrong with numbers of which each should be above the one before.
private func growthViolation(_ numbers: [Int]) -> String? {
  if numbers.isEmpty { return "must have a number at least, but is []" }
  return zip(numbers, numbers.dropFirst()).allSatisfy(<) ? nil : "must grow, but is \(numbers)"
}
