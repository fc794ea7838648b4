/// A run that cannot go on.
public enum TrainingError: Error, Equatable {
  /// What ceased to be a number.
  public enum Quantity: String, Sendable {
    /// The loss of a batch.
    case loss
    /// The gradient of a batch.
    case gradient
    /// What a finite gradient made of the parameters.
    case update
  }

  /// The loss or the gradient is infinite or undefined.
  ///
  /// `parameter` is the first, in the model's order, whose gradient is not finite, or whose value is not when the
  /// gradient says nothing; `nil` if all are finite.
  case nonFinite(_ quantity: Quantity, parameter: String?, step: Int, learningRate: Double)
}

extension TrainingError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .nonFinite(let quantity, let parameter, let step, let learningRate):
      "the \(quantity.rawValue) is no longer a finite number at step \(step)"
        + (parameter.map { ", first in '\($0)'" } ?? "")
        + ", with learning rate \(learningRate): try a lower learning rate or clip the gradient's"
        + " norm"
    }
  }
}
