internal import Foundation
public import Layers
internal import Tensors

/// Watches a run for losses that explode, suddenly or slowly.
///
/// Losses are means in nats a prediction. A warning is given once, and again only after the loss has recovered.
public struct DivergenceMonitor: Sendable, Hashable, Codable {
  /// A perplexity is far above the best from this many times the best on.
  public static let tolerance = 1.5
  /// The share of the smoothed training loss that stays at each step.
  static let smoothing = 0.98
  /// Steps before the smoothed training loss says anything.
  static let settlingSteps = 100

  /// V: the number of symbols that a prediction chooses from; `nil` when the task has none.
  public let vocabularySize: Int?
  private var total = 0.0
  private var steps = 0
  private var training = Watch()
  private var validation = Watch()

  /// A watch that has seen nothing.
  public init(vocabularySize: Int? = nil) { self.vocabularySize = vocabularySize }

  /// The mean training loss of about the last fifty steps; `nil` before the first.
  public var smoothedLoss: Double? {
    steps == 0 ? nil : total / (1 - pow(Self.smoothing, Double(steps)))
  }

  /// Takes note of a training step, before its update is applied.
  ///
  /// - Parameters:
  ///   - loss: Of this batch.
  ///   - gradient: Its gradient, before or after clipping.
  ///   - gradientNorm: What ``GradientClipping`` returned for it.
  ///   - model: The model before the update.
  ///   - step: Number of the step, for the message.
  ///   - learningRate: Its rate, for the message.
  /// - Returns: A warning when the smoothed loss goes astray.
  /// - Throws: ``TrainingError/nonFinite(_:parameter:step:learningRate:)``; the model is still the last good one unless
  ///   the parameter named is one of its own.
  public mutating func record<M: Module>(
    loss: Double, gradient: M, gradientNorm: Double, model: M, step: Int, learningRate: Double
  ) throws(TrainingError) -> TrainingWarning? {
    guard loss.isFinite, gradientNorm.isFinite else {
      throw .nonFinite(
        loss.isFinite ? .gradient : .loss,
        parameter: gradient.firstNonFiniteParameter ?? model.firstNonFiniteParameter, step: step,
        learningRate: learningRate)
    }
    total = Self.smoothing * total + (1 - Self.smoothing) * loss
    steps += 1
    guard steps >= Self.settlingSteps, let smoothedLoss else { return nil }
    return training.judge(
      smoothedLoss, of: .training, vocabularySize: vocabularySize, step: step,
      learningRate: learningRate)
  }

  /// Takes note of a validation loss.
  ///
  /// - Returns: A warning when it is far above the best or worse than guessing.
  public mutating func record(
    validationLoss: Double, step: Int, learningRate: Double
  ) -> TrainingWarning? {
    validation.judge(
      validationLoss, of: .validation, vocabularySize: vocabularySize, step: step,
      learningRate: learningRate)
  }

  /// A warning when a model has more scalars to learn than there are samples to learn them from.
  ///
  /// - Parameters:
  ///   - parameters: ``Module/parameterCount``.
  ///   - samples: Predictions in the training data: tokens of a language model.
  /// - Returns: The warning, or `nil` when there are enough samples.
  public static func check(parameters: Int, samples: Int) -> TrainingWarning? {
    parameters > samples
      ? .moreParametersThanSamples(parameters: parameters, samples: samples) : nil
  }
}

extension DivergenceMonitor {
  /// The losses of one split.
  private struct Watch: Sendable, Hashable, Codable {
    var best: Double?
    var isWarned = false

    mutating func judge(
      _ loss: Double, of split: TrainingWarning.Split, vocabularySize: Int?, step: Int,
      learningRate: Double
    ) -> TrainingWarning? {
      if loss.isFinite, best.map({ loss < $0 }) ?? true { best = loss }
      let margin = log(DivergenceMonitor.tolerance)
      // Written so that NaN is never fine.
      let isNearBest = best.map { loss <= $0 + margin } ?? false
      let isNearUniform = vocabularySize.map { loss <= log(Double($0)) + margin } ?? true
      if isNearBest && isNearUniform {
        isWarned = false
        return nil
      }
      if isWarned { return nil }
      isWarned = true
      if !isNearUniform, let vocabularySize {
        return .worseThanUniform(
          split, perplexity: exp(loss), vocabularySize: vocabularySize, step: step,
          learningRate: learningRate)
      }
      return .perplexityRising(
        split, perplexity: exp(loss), best: exp(best ?? loss), step: step,
        learningRate: learningRate)
    }
  }
}

extension Module {
  /// The name of the first parameter with an element that is infinite or undefined, or so large that the sum of the
  /// squares overflows.
  var firstNonFiniteParameter: String? {
    parameters.first { !$0.tensor.sumOfSquares.isFinite }?.name
  }
}
