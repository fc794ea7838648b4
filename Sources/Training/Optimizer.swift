public import Layers
public import Tensors

/// Changes a model by the gradient of its loss, and remembers what its rule needs from step to step.
///
///     var optimizer = Optimizer(Adam(), weightDecay: 1e-4)
///     let (loss, gradient) = valueWithGradient(at: model) { $0.loss(of: batch) }
///     optimizer.update(&model, gradient: gradient, learningRate: 1e-3)
///
/// A value: a copy goes on by itself. Parameters and memory change in place where nothing else holds them.
public struct Optimizer: Sendable {
  /// Which parameters weight decay acts on.
  public enum DecayedParameters: String, Sendable, Hashable, CaseIterable, Codable {
    /// All of them, as in PyTorch.
    case all
    /// Those of two axes or more: biases and the gains of normalisations are left alone.
    case matrices
  }

  /// The mathematics of a step.
  public let rule: any UpdateRule
  /// λ.
  public let weightDecay: Double
  /// What λ acts on.
  public let decayedParameters: DecayedParameters
  /// Updates made so far.
  public private(set) var step = 0

  /// The parameters met at the first update, and what the rule keeps of each.
  private var names: [String] = []
  private var memory: [[Tensor]] = []

  /// An optimiser that has made no step.
  public init(
    _ rule: any UpdateRule, weightDecay: Double = 0,
    decaying decayedParameters: DecayedParameters = .all
  ) {
    demand(weightDecay >= 0, "Optimizer: weight decay must not be negative, got \(weightDecay)")
    self.rule = rule
    self.weightDecay = weightDecay
    self.decayedParameters = decayedParameters
  }

  /// One step.
  ///
  /// - Parameters:
  ///   - model: What to change; always the same model, whose parameters keep their names and shapes.
  ///   - gradient: ∂loss/∂parameter in the place of each parameter.
  ///   - learningRate: η.
  ///   - gradientScale: What the gradient is multiplied by first, in the same pass: ``GradientClipping/scale(norm:)``.
  public mutating func update<M: Module>(
    _ model: inout M, gradient: M, learningRate: Double, gradientScale: Double = 1
  ) {
    let gradients = gradient.parameters
    if step == 0 { start(with: gradients) }
    demand(
      names.count == gradients.count,
      "Optimizer: the model had \(names.count) parameters and now has \(gradients.count)")
    step += 1
    var index = 0
    model.updateParameters { name, parameter in
      demand(
        names[index] == name, "Optimizer: parameter '\(names[index])' has become '\(name)'")
      let isDecayed = decayedParameters == .all || parameter.rank > 1
      rule.update(
        &parameter, gradient: gradients[index].tensor, memory: &memory[index],
        at: UpdateStep(
          number: step, learningRate: learningRate, weightDecay: isDecayed ? weightDecay : 0,
          gradientScale: gradientScale))
      index += 1
    }
  }

  private mutating func start(with parameters: [(name: String, tensor: Tensor)]) {
    names = parameters.map(\.name)
    memory = parameters.map { _, tensor in
      rule.memoryNames.map { _ in .zeros(tensor.shape, scalarType: tensor.scalarType) }
    }
  }
}

extension Optimizer {
  /// All that an optimiser remembers, to the bit.
  public struct State: Sendable {
    /// The name of the rule that it belongs to.
    public var rule: String
    /// Updates made so far.
    public var step: Int
    /// Named `<memory>.<parameter>`, such as `momentum.lstm.weight_hh_l0`; none before the first step.
    public var tensors: [(name: String, tensor: Tensor)]

    /// A state, as read from a file.
    public init(rule: String, step: Int, tensors: [(name: String, tensor: Tensor)]) {
      self.rule = rule
      self.step = step
      self.tensors = tensors
    }
  }

  /// What to save.
  public var state: State {
    State(
      rule: rule.name, step: step,
      tensors: zip(names, memory).flatMap { name, tensors in
        zip(rule.memoryNames, tensors).map { ("\($0).\(name)", $1) }
      })
  }

  /// The names, shapes and types of the tensors that ``state`` has after at least one step with `model`.
  func expectedTensors<M: Module>(for model: M) -> [(name: String, like: Tensor)] {
    model.parameters.flatMap { name, tensor in
      rule.memoryNames.map { ("\($0).\(name)", tensor) }
    }
  }

  /// Goes on from a saved state.
  ///
  /// - Parameters:
  ///   - state: From an optimiser of the same rule; traps unless its tensors are the model's. ``Checkpoint`` checks
  ///     this first, with errors for the user.
  ///   - model: The model that it belongs to.
  public mutating func restore<M: Module>(_ state: State, for model: M) {
    demand(
      state.rule == rule.name, "Optimizer: the state of '\(state.rule)' for '\(rule.name)'")
    let found = Dictionary(state.tensors.map { ($0.name, $0.tensor) }) { first, _ in first }
    start(with: model.parameters)
    step = state.step
    guard step > 0 else { return }
    for (index, name) in names.enumerated() {
      for (slot, memoryName) in rule.memoryNames.enumerated() {
        let key = "\(memoryName).\(name)"
        guard let tensor = found[key], tensor.shape == memory[index][slot].shape,
          tensor.scalarType == memory[index][slot].scalarType
        else { fatalError("Optimizer: the state has no fitting tensor '\(key)'") }
        memory[index][slot] = tensor
      }
    }
  }
}
