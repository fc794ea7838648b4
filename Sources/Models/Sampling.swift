public import Tensors

/// How a symbol is drawn from a model's scores.
///
/// The scores are divided by the temperature; of the resulting probabilities only the `topK` largest are kept, then the
/// fewest whose sum reaches `nucleus` (Holtzman et al. 2020, §3.1, <https://arxiv.org/abs/1904.09751>); one of what is
/// left is drawn in proportion.
public struct Sampling: Sendable, Hashable {
  /// Above 1 flattens the distribution, below 1 sharpens it; 0 takes the most probable symbol.
  public var temperature: Double
  /// How many symbols are kept; `nil` for all.
  public var topK: Int?
  /// The probability that the kept symbols must reach, in (0, 1]; `nil` for all.
  public var nucleus: Double?

  /// A way to draw; without arguments, from the model's own distribution.
  public init(temperature: Double = 1, topK: Int? = nil, nucleus: Double? = nil) {
    demand(temperature >= 0, "Sampling: the temperature must not be negative, got \(temperature)")
    demand(topK.map { $0 >= 1 } ?? true, "Sampling: topK must be at least 1")
    demand(nucleus.map { $0 > 0 && $0 <= 1 } ?? true, "Sampling: nucleus must be in (0, 1]")
    self.temperature = temperature
    self.topK = topK
    self.nucleus = nucleus
  }

  /// The symbols that may be drawn with their probabilities.
  ///
  /// - Parameter logits: `[V]` or `[1, V]`, one score a symbol.
  /// - Returns: Probabilities that sum to 1; when some symbols are left out, the most probable first, equal ones by
  ///   their number.
  public func distribution(of logits: Tensor) -> [(symbol: Int, probability: Double)] {
    demand(logits.count > 0, "Sampling: needs at least one score")
    let scores = logits.detached.reshaped(to: [logits.count]).converted(to: .float64)
    if temperature == 0 { return [(Int(scores.argmax().elements[0]), 1)] }
    // Less the largest, which changes nothing but keeps a tiny temperature from making infinities of them all.
    let weights = ((scores - scores.max()) / temperature).softmax().scalars
    var kept = weights.enumerated().compactMap { symbol, probability in
      probability > 0 ? (symbol: symbol, probability: probability) : nil
    }
    if topK == nil && nucleus == nil { return kept }
    kept.sort { ($1.probability, $0.symbol) < ($0.probability, $1.symbol) }
    if let topK { kept = Self.normalized(kept.prefix(topK)) }
    guard let nucleus else { return kept }
    var reached = 0.0
    let count = kept.firstIndex { weight in
      reached += weight.probability
      return reached >= nucleus
    }
    return Self.normalized(kept.prefix((count ?? kept.count - 1) + 1))
  }

  private static func normalized(_ weights: ArraySlice<(symbol: Int, probability: Double)>)
    -> [(symbol: Int, probability: Double)]
  {
    let total = weights.reduce(0) { $0 + $1.probability }
    return weights.map { ($0.symbol, $0.probability / total) }
  }

  /// Draws a symbol.
  public func callAsFunction(_ logits: Tensor, using generator: inout RandomGenerator) -> Int {
    let kept = distribution(of: logits)
    var left = generator.nextUniform()
    for (symbol, probability) in kept {
      left -= probability
      if left < 0 { return symbol }
    }
    // Rounding may leave a sliver above the last sum.
    return kept[kept.count - 1].symbol
  }
}
