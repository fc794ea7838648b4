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
    var workspace = Workspace(of: logits)
    keep(&workspace)
    return workspace.kept
  }

  /// Draws a symbol.
  public func callAsFunction(_ logits: Tensor, using generator: inout RandomGenerator) -> Int {
    var workspace = Workspace(of: logits)
    return draw(&workspace, using: &generator)
  }

  /// Scores, and the memory to draw a symbol from them, for use again and again.
  struct Workspace: Sendable {
    /// One score a symbol.
    var scores: [Double]
    fileprivate var weights: [Double]
    fileprivate var kept: [(symbol: Int, probability: Double)] = []

    /// Room for the scores of so many symbols.
    init(count: Int) {
      demand(count > 0, "Sampling: needs at least one score")
      scores = Array(repeating: 0, count: count)
      weights = scores
      kept.reserveCapacity(count)
    }

    /// The given scores, `[V]` or `[1, V]`.
    fileprivate init(of logits: Tensor) {
      self.init(count: logits.count)
      scores = logits.scalars
    }

    /// Takes scores of another type.
    mutating func read<Scalar: BinaryFloatingPoint>(_ logits: UnsafeBufferPointer<Scalar>) {
      for symbol in scores.indices { scores[symbol] = Double(logits[symbol]) }
    }
  }

  /// Draws a symbol by the workspace's scores, which are used up.
  func draw(_ workspace: inout Workspace, using generator: inout RandomGenerator) -> Int {
    keep(&workspace)
    var left = generator.nextUniform()
    for (symbol, probability) in workspace.kept {
      left -= probability
      if left < 0 { return symbol }
    }
    // Rounding may leave a sliver above the last sum.
    return workspace.kept[workspace.kept.count - 1].symbol
  }

  /// Finds the symbols that may be drawn.
  private func keep(_ workspace: inout Workspace) {
    let count = workspace.scores.count
    workspace.kept.removeAll(keepingCapacity: true)
    if temperature == 0 {
      var best: Int32 = 0
      Double.argmax(1, count, workspace.scores, &best)
      workspace.kept.append((Int(best), 1))
      return
    }
    // Less the largest, which changes nothing but keeps a tiny temperature from making infinities of them all.
    let largest = workspace.scores.reduce(-.infinity) { $1 > $0 ? $1 : $0 }
    for symbol in 0..<count {
      workspace.scores[symbol] = (workspace.scores[symbol] - largest) / temperature
    }
    Double.softmax(1, count, workspace.scores, &workspace.weights)
    for symbol in 0..<count where workspace.weights[symbol] > 0 {
      workspace.kept.append((symbol, workspace.weights[symbol]))
    }
    demand(!workspace.kept.isEmpty, "Sampling: scores that are not numbers")
    if topK == nil && nucleus == nil { return }
    workspace.kept.sort { ($1.probability, $0.symbol) < ($0.probability, $1.symbol) }
    if let topK { Self.cut(&workspace.kept, to: topK) }
    guard let nucleus else { return }
    var reached = 0.0
    let last = workspace.kept.firstIndex { weight in
      reached += weight.probability
      return reached >= nucleus
    }
    Self.cut(&workspace.kept, to: (last ?? workspace.kept.count - 1) + 1)
  }

  /// Keeps the first symbols, their probabilities in proportion.
  private static func cut(_ kept: inout [(symbol: Int, probability: Double)], to count: Int) {
    kept.removeLast(max(kept.count - count, 0))
    let total = kept.reduce(0) { $0 + $1.probability }
    for index in kept.indices { kept[index].probability /= total }
  }
}
