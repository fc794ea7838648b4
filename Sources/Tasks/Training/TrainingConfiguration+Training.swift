internal import Configuration
internal import Layers
internal import Training

extension OptimizerConfiguration {
  /// The optimiser that the configuration describes, before its first step.
  var optimizer: Optimizer {
    let rule: any UpdateRule =
      switch kind {
      case .sgd: SGD(momentum: momentum, nesterov: nesterov)
      case .rmsprop: RMSProp(decay: decay, momentum: momentum, epsilon: epsilon)
      case .adagrad: AdaGrad(epsilon: epsilon)
      case .adam: Adam(beta1: beta1, beta2: beta2, epsilon: epsilon)
      case .adamw: AdamW(beta1: beta1, beta2: beta2, epsilon: epsilon)
      }
    return Optimizer(rule, weightDecay: weightDecay)
  }
}

extension ScheduleConfiguration {
  /// The schedule that the configuration describes, for a run of `steps` steps.
  func schedule(learningRate: Double, steps: Int) -> LearningRateSchedule {
    let decay: LearningRateSchedule.Decay =
      switch kind {
      case .constant: .constant
      case .step: .after(epochs: afterEpoch, factor: factor)
      case .plateau: .plateau(Plateau(factor: factor, patience: patience))
      case .cosine: .cosine(steps: max(1, steps - warmupSteps))
      }
    return LearningRateSchedule(
      learningRate, decay: decay, minimum: kind == .constant ? 0 : minimum, warmupSteps: warmupSteps
    )
  }
}

extension RecurrentConfiguration {
  /// How weights start.
  var weightInitializer: Layers.Initializer {
    initializer.initializer(range: initializerRange, hiddenSize: hiddenSize)
  }
}

extension RecurrentConfiguration.Initializer {
  /// How weights start: uniform ones within ±range, or within ±1/√H without one.
  func initializer(range: Double?, hiddenSize: Int) -> Layers.Initializer {
    switch self {
    case .uniform: .uniform(range: range ?? 1 / Double(hiddenSize).squareRoot())
    case .xavier: .xavier
    case .he: .he
    case .orthogonal: .orthogonal
    case .zeros: .zeros
    }
  }
}
