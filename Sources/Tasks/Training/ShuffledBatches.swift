internal import Tensors

/// Independent examples in batches, in another order every epoch.
///
/// The order is a function of the seed and the epoch alone, so that a resumed run reads as an uninterrupted one.
public struct ShuffledBatches: Sendable {
  /// The length of each example.
  public let lengths: [Int]
  /// B, the examples of a batch; the last batch of an epoch may have fewer.
  public let batchSize: Int
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
    demand(batchSize > 0, "ShuffledBatches: a batch needs examples, got a size of \(batchSize)")
    self.lengths = lengths
    self.batchSize = batchSize
    self.hasSimilarLengths = hasSimilarLengths
    // A label beyond the number of any step, which draws of dropout are keyed by.
    draws = RandomGenerator(seed: seed).stream(0x0073_6875_6666_6c65)
  }

  /// The batches of an epoch, each a list of examples by number.
  public func epoch(_ number: Int) -> [[Int]] {
    var draw = draws.stream(UInt64(number))
    let order = draw.shuffled(lengths.indices)
    guard hasSimilarLengths else { return Self.cut(order, by: batchSize) }
    let pools = Self.cut(order, by: batchSize * Self.pool)
    let batches = pools.flatMap { pool in
      // Equal lengths stay in the order drawn.
      let places = pool.indices.sorted { (lengths[pool[$0]], $0) < (lengths[pool[$1]], $1) }
      return Self.cut(places.map { pool[$0] }, by: batchSize)
    }
    return draw.shuffled(batches)
  }

  private static func cut(_ list: [Int], by size: Int) -> [[Int]] {
    stride(from: 0, to: list.count, by: size).map { Array(list[$0..<min($0 + size, list.count)]) }
  }
}
