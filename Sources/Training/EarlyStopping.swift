internal import Tensors

/// Knows the lowest validation loss of a run, and says when it has been waited for long enough.
///
/// Losses may be recorded as often as one likes; patience is counted in epochs.
///
/// Source: Prechelt (1998), "Early stopping — but when?", with the successive-strips criterion replaced by plain
/// patience (Goodfellow et al. 2016, algorithm 7.1).
public struct EarlyStopping: Sendable, Hashable, Codable {
  /// By how much a loss must be lower than the best to count.
  public let minimumImprovement: Double
  /// The lowest loss; `nil` before the first finite one.
  public private(set) var best: Double?
  /// The epoch of the lowest loss.
  public private(set) var bestEpoch: Int?

  /// A watch that has seen nothing.
  public init(minimumImprovement: Double = 0) {
    demand(
      minimumImprovement >= 0,
      "EarlyStopping: the improvement must not be negative, got \(minimumImprovement)")
    self.minimumImprovement = minimumImprovement
  }

  /// Takes note of a validation loss.
  ///
  /// - Returns: Whether it is the best so far: time to save.
  public mutating func record(_ loss: Double, epoch: Int) -> Bool {
    let isBetter = best.map { loss < $0 - minimumImprovement } ?? loss.isFinite
    if isBetter {
      best = loss
      bestEpoch = epoch
    }
    return isBetter
  }

  /// Whether the run should stop at the end of an epoch.
  ///
  /// - Parameters:
  ///   - epoch: The epoch that ends, counted from 1.
  ///   - patience: Epochs without a better loss that are too many; `nil` never stops.
  /// - Returns: Whether the best loss is `patience` epochs old, or none was ever finite for as long.
  public func shouldStop(after epoch: Int, patience: Int?) -> Bool {
    patience.map { epoch - (bestEpoch ?? 0) >= $0 } ?? false
  }
}
