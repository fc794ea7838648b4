internal import Training

/// Where a run stands, apart from its tensors: with them, all that going on needs.
struct TrainerState: Codable, Sendable {
  /// Optimiser steps made.
  var step = 0
  /// The next batch to learn from.
  var cursor = BatchCursor()
  /// Losses since the last line of the metrics, and since the epoch began.
  var interval = Mean()
  var epoch = Mean()
  /// The norm of the last gradient, before clipping, and the learning rate of the last step.
  var gradientNorm = 0.0
  var learningRate = 0.0
  var stopping: EarlyStopping
  var plateau = PlateauState()
  var divergence: DivergenceMonitor
  /// Whether training came to its end: by patience, or by its number of epochs or steps.
  var hasStoppedEarly = false
  /// What the run reads: see ``TrainingTask/fingerprint``.
  var fingerprint: UInt64

  /// A mean in the making.
  struct Mean: Codable, Sendable {
    var sum = 0.0
    var count = 0

    var value: Double? { count == 0 ? nil : sum / Double(count) }

    mutating func add(_ mean: Double, count added: Int) {
      sum += mean * Double(added)
      count += added
    }
  }
}
