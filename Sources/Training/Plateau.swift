internal import Tensors

/// When and how far the learning rate falls because the validation loss does not: as PyTorch's `ReduceLROnPlateau` in
/// its relative mode.
public struct Plateau: Sendable, Hashable {
  /// What the rate is multiplied by, in (0, 1].
  public let factor: Double
  /// Epochs in a row without improvement that are borne; the next one lowers the rate.
  public let patience: Int
  /// The part of the best loss by which a loss must be lower to count as better.
  public let threshold: Double

  /// A rule; the values unless given are PyTorch's.
  public init(factor: Double = 0.1, patience: Int = 10, threshold: Double = 1e-4) {
    demand(
      factor > 0 && factor <= 1 && patience >= 0 && threshold >= 0,
      "Plateau: factor \(factor) must be in (0, 1]; patience \(patience) and threshold \(threshold) not negative"
    )
    self.factor = factor
    self.patience = patience
    self.threshold = threshold
  }
}

/// What ``Plateau`` remembers of a run.
public struct PlateauState: Sendable, Hashable, Codable {
  /// The lowest validation loss; `nil` before the first.
  public private(set) var best: Double?
  /// Epochs in a row that were no better.
  public private(set) var epochsWithoutImprovement = 0
  /// How often the rate has fallen.
  public private(set) var reductions = 0

  /// Nothing seen.
  public init() {}

  mutating func record(_ loss: Double, by rule: Plateau) -> Bool {
    let isBetter = best.map { loss < $0 - abs($0) * rule.threshold } ?? loss.isFinite
    if isBetter {
      best = loss
      epochsWithoutImprovement = 0
      return false
    }
    epochsWithoutImprovement += 1
    guard epochsWithoutImprovement > rule.patience else { return false }
    epochsWithoutImprovement = 0
    reductions += 1
    return true
  }
}
