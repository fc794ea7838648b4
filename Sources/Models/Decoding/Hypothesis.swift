/// A sequence that a model has written, from the first symbol to the end.
public struct Hypothesis: Sendable, Hashable {
  /// The symbols, without the end symbol.
  public var symbols: [Int32]
  /// ln p of the symbols and of the end after them, in nats.
  public var logProbability: Double
  /// What the search ranks by: ``logProbability`` weighed by the length, with the penalty for what was not covered.
  public var score: Double
  /// How the source was looked at when each symbol, and at last the end, was written: so many times S weights. Empty
  /// unless asked for, and without attention.
  public var weights: [[Float]]

  public init(
    symbols: [Int32], logProbability: Double, score: Double, weights: [[Float]] = []
  ) {
    self.symbols = symbols
    self.logProbability = logProbability
    self.score = score
    self.weights = weights
  }
}
