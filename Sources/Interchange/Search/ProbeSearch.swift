internal import Tensors

/// Finds among the models that weights may belong to the one that gives a probe's outputs.
///
/// Of several that do, and give the same for other inputs too, the plainest is taken.
///
/// Models that begin alike are run as one as far as they are alike. Where there are too many, only the most usual are tried,
/// ``ModelChoices/usual(_:narrowing:)``.
struct ProbeSearch {
  private let choices: ModelChoices
  private let probe: Probe
  /// From the input up, what each layer may be, of all orders that are tried.
  private let candidates: [[[[LayerDescription]]]]
  /// How many models are tried.
  private let count: Int
  /// How many there are.
  private let total: Int

  /// The most models that are tried.
  static let mostModels = 500_000
  /// The most multiply-adds for all of them together, about.
  static let mostWork = 2e12
  /// Differences below this are taken for that of rounding: a few units in the last place of float32.
  private static let rounding = 3e-7
  /// A model that gives the outputs must be so many times as near to them as any other that does.
  private static let margin = 4.0
  /// A model differs no more from the one that the probe is of than so many times as much as rounding makes of it.
  private static let roundings = 8.0
  /// Where so many models give the outputs, the probe tells too little to go on.
  private static let mostFitting = 500

  /// Prepares to try.
  ///
  /// - Parameters:
  ///   - choices: All that the models may be.
  ///   - probe: An input, and what the model gives for it.
  ///   - probePath: The file that holds the probe, for errors; `nil` if it is the model's.
  ///   - mostModels: The most that are tried.
  /// - Throws: ``InterchangeError/choices(path:_:)`` if that would take too long, and ``InterchangeError/probe(path:reason:)``.
  init(
    _ choices: ModelChoices, _ probe: Probe, probePath: String? = nil,
    mostModels: Int = ProbeSearch.mostModels
  ) throws(InterchangeError) {
    (self.choices, self.probe) = (choices, probe)
    var refusal: InterchangeError?
    var fitting: [[[[LayerDescription]]]] = []
    for order in choices.orders {
      let example = ModelChoices.example(of: order)
      do throws(InterchangeError) {
        try probe.input.check(for: example)
        refusal = .probe(
          path: probePath ?? choices.path,
          reason: "no order of its layers gives outputs of the shape \(probe.output.shape)")
        if example.outputRank == probe.output.rank { fitting.append(order) }
      } catch {
        refusal =
          refusal ?? .probe(path: probePath ?? choices.path, reason: error.description)
      }
    }
    if fitting.isEmpty, let refusal { throw refusal }
    let rows = probe.input.shape.dimensions.prefix(2).reduce(1, *)
    let scalars = choices.tensors.values.reduce(0) { $0 + $1.count }
    let most = min(mostModels, Int(Self.mostWork / Double(max(1, rows * scalars))))
    total = Self.count(fitting)
    var narrowed = fitting
    for narrowing in ModelChoices.Narrowing.allCases where Self.count(narrowed) > most {
      narrowed = fitting.flatMap { ModelChoices.usual($0, narrowing: narrowing) }
    }
    (candidates, count) = (narrowed, Self.count(narrowed))
    guard count <= most else {
      let all = count < total ? "the \(count) most usual of \(total)" : "the \(total)"
      throw .choices(
        path: choices.path,
        "of \(all) models that they may belong to no more than \(most) can be tried")
    }
  }

  /// A sentence about what was done.
  var note: String {
    let all = count < total ? "the \(count) most usual of \(total)" : "\(count)"
    return "what its layers do with their weights was found by the probe, among \(all) models"
  }

  /// What was done, and what of the model that was found the probe did not show, as sentences.
  func notes(on found: LayerStack) throws(InterchangeError) -> [String] {
    guard let largest = try largest(behind: .activation(.relu), of: found.description.layers),
      choices.hasOwnReLU || largest < Self.usualLimit
    else { return [note] }
    let usual = largest < Self.usualLimit ? ", such as relu6's," : ""
    return [
      note,
      "behind a relu no number of the probe is above \(Float(largest)): with a limit above that\(usual) it would give the same, "
        + "and a probe of larger numbers would tell",
    ]
  }

  /// The limit of relu6, the one that is in use.
  private static let usualLimit = 6.0

  /// The largest number that a function gives on the probe, the least of those of several layers; `nil` if no layer has it.
  private func largest(
    behind function: LayerDescription.Function, of layers: [LayerDescription]
  ) throws(InterchangeError) -> Double? {
    var flow = LayerStack.flow(of: probe.input, into: StackDescription(layers))
    var least: Double?
    for layer in layers {
      flow = try choices.stack([layer]).run(flow)
      guard layer == .function(function) else { continue }
      let largest = flow.values?.scalars.max() ?? 0
      least = min(least ?? largest, largest)
    }
    return least
  }

  /// How many models there are.
  private static func count(_ candidates: [[[[LayerDescription]]]]) -> Int {
    candidates.reduce(0) { sum, order in
      let product = order.reduce(1.0) { $0 * Double($1.count) }
      return product > 1e15 - Double(sum) ? Int(1e15) : sum + Int(product)
    }
  }

  /// A model that gives the probe's outputs, and how nearly.
  private typealias Fitting = (layers: [LayerDescription], difference: Double)

  /// The model that gives the outputs.
  ///
  /// - Throws: ``InterchangeError/choices(path:_:)`` if none does, or several that differ for other inputs.
  func found() throws(InterchangeError) -> LayerStack {
    let (models, nearest) = try fitting()
    guard let best = models.first else {
      let tried = count < total ? ", the \(count) most usual were tried and" : ""
      let difference =
        nearest.isFinite ? ", the nearest differs by up to \(nearest) of the largest" : ""
      throw .choices(
        path: choices.path,
        "of \(total) models that they may belong to\(tried) none gives its outputs\(difference)")
    }
    guard models.count < Self.mostFitting else {
      throw .choices(
        path: choices.path,
        "\(Self.mostFitting) or more models that they may belong to give its outputs")
    }
    let first = try choices.stack(best.layers)
    let rounding = try first.rounding(on: probe.input)
    guard best.difference <= max(Self.rounding, Self.roundings * rounding) else {
      throw .choices(
        path: choices.path,
        "of \(total) models that they may belong to none gives its outputs but for rounding, the nearest differs by up to "
          + "\(best.difference) of the largest, where rounding comes to \(rounding)")
    }
    guard models.count > 1 else { return first }
    let others = OtherInputs(than: probe.input, for: models.map { StackDescription($0.layers) })
    let expected = try others.outputs(of: first)
    for model in models.dropFirst() {
      let outputs = try others.outputs(of: choices.stack(model.layers))
      guard OtherInputs.areSame(outputs, as: expected) else {
        throw .choices(
          path: choices.path,
          "several models that they may belong to give its outputs, with "
            + Self.difference(best.layers, model.layers))
      }
    }
    let plainest = models.min { Self.plainness(of: $0) < Self.plainness(of: $1) }
    return try choices.stack((plainest ?? best).layers)
  }

  /// Smaller for a model of fewer layers without weights, then for one that has fewer steps to work on, then for a nearer one.
  private static func plainness(of model: Fitting) -> (Int, Int, Double) {
    let reduction = model.layers.firstIndex { if case .reduction = $0 { true } else { false } }
    return (
      model.layers.count { $0.name == nil }, reduction ?? model.layers.count, model.difference
    )
  }

  /// The models that give the probe's outputs, the nearest first, and how far the nearest of all is from them.
  private func fitting() throws(InterchangeError) -> (models: [Fitting], nearest: Double) {
    var models: [Fitting] = []
    var nearest = Double.infinity
    for order in candidates {
      var stages: [[LayerStack]] = []
      for alternatives in order {
        var stage: [LayerStack] = []
        for layers in alternatives { stage.append(try choices.stack(layers)) }
        stages.append(stage)
      }
      let example = ModelChoices.example(of: order)
      try walk(stages[...], LayerStack.flow(of: probe.input, into: example), []) { layers, flow in
        let steps =
          example.readsSequences
          ? StackDescription(layers).stepsLeft(of: probe.input.shape[1]) : 1
        let output = LayerStack.output(flow, steps: steps)
        guard output.shape == probe.output.shape else { return true }
        let difference = RelativeDifference(output, from: probe.output).largest
        nearest = min(nearest, difference)
        let limit = min(Certificate.limit, max(Self.margin * nearest, Self.rounding))
        models.removeAll { $0.difference > limit }
        // Of two layers without weights one may do what the other could.
        if difference <= limit, !models.contains(where: { $0.layers == layers }) {
          models.append((layers, difference))
        }
        return models.count < Self.mostFitting
      }
      if models.count >= Self.mostFitting { break }
    }
    return (models.sorted { $0.difference < $1.difference }, nearest)
  }

  /// Runs all models that begin with the same layers; `body` says whether to go on.
  @discardableResult
  private func walk(
    _ stages: ArraySlice<[LayerStack]>, _ flow: LayerStack.Flow, _ layers: [LayerDescription],
    _ body: ([LayerDescription], LayerStack.Flow) -> Bool
  ) throws(InterchangeError) -> Bool {
    guard let stage = stages.first else { return body(layers, flow) }
    for stack in stage {
      let goesOn = try walk(
        stages.dropFirst(), stack.run(flow), layers + stack.description.layers, body)
      guard goesOn else { return false }
    }
    return true
  }

  /// The first thing that differs between two models, both ways.
  private static func difference(_ one: [LayerDescription], _ other: [LayerDescription]) -> String {
    for case (.normalization(let norm), .normalization(let like)) in zip(one, other)
    where norm.name == like.name && norm.epsilon != like.epsilon {
      return "an ε of \(norm.epsilon) in '\(norm.name)' as with \(like.epsilon), "
        + "which a probe of other numbers would tell"
    }
    let names = [(one, other), (other, one)].map { layers, others in
      let index = layers.indices.first { !others.indices.contains($0) || layers[$0] != others[$0] }
      return index.map { StackDescription([layers[$0]]).text } ?? "nothing"
    }
    return names[0] == names[1]
      ? "'\(names[0])' of several kinds" : "'\(names[0])' as with '\(names[1])'"
  }
}

extension StackDescription {
  /// The axes of what the last layer puts out.
  fileprivate var outputRank: Int {
    let isReduced = layers.contains { if case .reduction = $0 { true } else { false } }
    return isReduced ? 2 : readsImages ? 4 : readsSequences ? 3 : 2
  }
}
