internal import Tensors

/// Stops a run whose validation loss no longer falls, and knows which epoch was best.
///
/// Source: Prechelt (1998), "Early stopping — but when?", with the successive-strips criterion replaced by plain
/// patience (Goodfellow et al. 2016, algorithm 7.1).
public struct EarlyStopping: Sendable, Hashable, Codable {
  /// Evaluations in a row without improvement after which the run stops; `nil` for never.
  public let patience: Int?
  /// By how much a loss must be lower than the best to count.
  public let minimumImprovement: Double
  /// The lowest loss; `nil` before the first finite one.
  public private(set) var best: Double?
  /// The epoch of the lowest loss.
  public private(set) var bestEpoch: Int?
  /// Evaluations in a row that were no better.
  public private(set) var evaluationsWithoutImprovement = 0

  /// A watch that has seen nothing.
  public init(patience: Int?, minimumImprovement: Double = 0) {
    demand(
      patience.map { $0 > 0 } ?? true && minimumImprovement >= 0,
      "EarlyStopping: patience must be above 0 and the improvement not negative, got \(patience ?? 0), \(minimumImprovement)"
    )
    self.patience = patience
    self.minimumImprovement = minimumImprovement
  }

  /// Whether the run has waited long enough.
  public var shouldStop: Bool {
    patience.map { evaluationsWithoutImprovement >= $0 } ?? false
  }

  /// Takes note of a validation loss.
  ///
  /// - Returns: Whether it is the best so far: time to save.
  public mutating func record(_ loss: Double, epoch: Int) -> Bool {
    let isBetter = best.map { loss < $0 - minimumImprovement } ?? loss.isFinite
    if isBetter {
      best = loss
      bestEpoch = epoch
      evaluationsWithoutImprovement = 0
    } else {
      evaluationsWithoutImprovement += 1
    }
    return isBetter
  }
}
