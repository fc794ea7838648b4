internal import Tensors

/// Independent examples in batches, in another order every epoch.
///
/// The order is a function of the seed and the epoch alone, so that a resumed run reads as an uninterrupted one.
public struct ShuffledBatches: Sendable {
  /// How much a batch holds; the last one of an epoch may have less.
  public enum Size: Sendable, Hashable {
    /// B, a number of examples.
    case examples(Int)
    /// The most tokens that the examples of a batch have on either side, the source's or the target's; an example that
    /// has more is a batch of its own. Batches of short sentences so cost what those of long ones do.
    case tokens(Int)
  }

  /// The length of each example; of pairs, that of the source.
  public let lengths: [Int]
  /// The length of each example's target; `nil` if there is none.
  public let targetLengths: [Int]?
  /// How much a batch holds.
  public let size: Size
  /// Whether the examples of a batch have lengths as near each other as chance allows.
  public let hasSimilarLengths: Bool
  private let draws: RandomGenerator

  /// Batches among which examples are sorted by length: so few that a batch's company still changes from epoch to
  /// epoch.
  private static let pool = 50

  /// The batches of a run.
  ///
  /// - Parameters:
  ///   - lengths: The length of each example.
  ///   - batchSize: B, at least 1.
  ///   - seed: The run's seed.
  ///   - hasSimilarLengths: Whether to put examples of similar lengths together. A walk over a batch has as many fronts
  ///     as the longest sequence has steps, and fronts of few rows take as long as those of many.
  public init(lengths: [Int], batchSize: Int, seed: UInt64, hasSimilarLengths: Bool = false) {
    self.init(
      lengths: lengths, targetLengths: nil, size: .examples(batchSize), seed: seed,
      hasSimilarLengths: hasSimilarLengths)
  }

  /// The batches of a run on pairs of sequences.
  ///
  /// - Parameters:
  ///   - lengths: The length of each source.
  ///   - targetLengths: The length of each target.
  ///   - size: How much a batch holds, at least 1.
  ///   - seed: The run's seed.
  ///   - hasSimilarLengths: Whether to put pairs of similar lengths together: of the source first, then of the target.
  public init(
    lengths: [Int], targetLengths: [Int], size: Size, seed: UInt64, hasSimilarLengths: Bool = true
  ) {
    demand(
      lengths.count == targetLengths.count,
      "ShuffledBatches: a target for each of \(lengths.count) sources, got \(targetLengths.count)")
    self.init(
      lengths: lengths, targetLengths: Optional(targetLengths), size: size, seed: seed,
      hasSimilarLengths: hasSimilarLengths)
  }

  private init(
    lengths: [Int], targetLengths: [Int]?, size: Size, seed: UInt64, hasSimilarLengths: Bool
  ) {
    switch size {
    case .examples(let count):
      demand(count > 0, "ShuffledBatches: a batch needs examples, got a size of \(count)")
    case .tokens(let count):
      demand(count > 0, "ShuffledBatches: a batch needs tokens, got a size of \(count)")
    }
    self.lengths = lengths
    self.targetLengths = targetLengths
    self.size = size
    self.hasSimilarLengths = hasSimilarLengths
    // A label beyond the number of any step, which draws of dropout are keyed by.
    draws = RandomGenerator(seed: seed).stream(0x0073_6875_6666_6c65)
  }

  /// The batches of an epoch, each a list of examples by number.
  public func epoch(_ number: Int) -> [[Int]] {
    var draw = draws.stream(UInt64(number))
    let order = draw.shuffled(lengths.indices)
    guard hasSimilarLengths else { return cut(order) }
    let batches = pools(of: order).flatMap { pool in
      // Equal lengths stay in the order drawn.
      let places = pool.indices.sorted { key(pool[$0], $0) < key(pool[$1], $1) }
      return cut(places.map { pool[$0] })
    }
    return draw.shuffled(batches)
  }

  /// How many batches the first epochs have; `Int.max` when they are beyond counting.
  ///
  /// Each epoch has as many, but for batches of tokens in no order of lengths.
  public func count(epochs: Int) -> Int {
    if case .tokens = size, !hasSimilarLengths {
      return (0..<epochs).reduce(0) { $0 + epoch($1).count }
    }
    let (count, overflow) = epoch(0).count.multipliedReportingOverflow(by: epochs)
    return overflow ? .max : count
  }

  /// The examples that are sorted by length together. Batches of tokens are cut from all of them, so that every epoch
  /// has the same number: only which of the examples of equal lengths meet changes.
  private func pools(of order: [Int]) -> [[Int]] {
    switch size {
    case .examples: cut(order, times: Self.pool)
    case .tokens: order.isEmpty ? [] : [order]
    }
  }

  private func key(_ example: Int, _ place: Int) -> (Int, Int, Int) {
    (lengths[example], targetLengths?[example] ?? 0, place)
  }

  /// Cuts a list of examples into as few parts as its order allows, each of up to `times` batches of examples, or a batch of tokens.
  private func cut(_ list: [Int], times: Int = 1) -> [[Int]] {
    var parts: [[Int]] = []
    var used = (sources: 0, targets: 0)
    for example in list {
      let source = lengths[example]
      let target = targetLengths?[example] ?? 0
      let fits =
        switch size {
        case .examples(let count): (parts.last?.count ?? .max) < count * times
        case .tokens(let count):
          !parts.isEmpty && max(used.sources + source, used.targets + target) <= count
        }
      if fits {
        parts[parts.count - 1].append(example)
        used = (used.sources + source, used.targets + target)
      } else {
        parts.append([example])
        used = (source, target)
      }
    }
    return parts
  }
}
