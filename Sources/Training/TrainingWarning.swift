internal import Foundation

/// Something that a run goes on with, but that a person should know.
public enum TrainingWarning: Sendable, Equatable {
  /// Which loss a warning is about.
  public enum Split: String, Sendable, Codable {
    /// Of training batches, smoothed.
    case training
    /// Of the validation data.
    case validation
  }

  /// The perplexity has risen far above the best so far.
  case perplexityRising(
    Split, perplexity: Double, best: Double, step: Int, learningRate: Double)
  /// The model predicts worse than one that takes every symbol for equally likely.
  case worseThanUniform(
    Split, perplexity: Double, vocabularySize: Int, step: Int, learningRate: Double)
  /// There is less to learn from than there is to learn.
  case moreParametersThanSamples(parameters: Int, samples: Int)
}

extension TrainingWarning: CustomStringConvertible {
  public var description: String {
    func short(_ value: Double) -> String { String(format: "%.4g", value) }
    switch self {
    case .perplexityRising(let split, let perplexity, let best, let step, let learningRate):
      return "\(split.rawValue) perplexity is \(short(perplexity)) at step \(step), far above its"
        + " best of \(short(best)): the learning rate of \(short(learningRate)) may be too high"
    case .worseThanUniform(let split, let perplexity, let size, let step, let learningRate):
      return "\(split.rawValue) perplexity is \(short(perplexity)) at step \(step), worse than"
        + " guessing among the \(size) symbols: the learning rate of \(short(learningRate)) may be"
        + " too high"
    case .moreParametersThanSamples(let parameters, let samples):
      return "the model has \(parameters) parameters but only \(samples) training samples: it may"
        + " learn them by heart; use a smaller model, more data or dropout"
    }
  }
}
