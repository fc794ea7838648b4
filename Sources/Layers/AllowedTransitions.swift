internal import Tensors

/// Which tags may follow which, where a sequence may start and where it may end.
public struct AllowedTransitions: Sendable, Hashable {
  /// How many tags there are, K.
  public let tagCount: Int
  /// `[K, K]`, row by row: whether the tag of the column may follow that of the row.
  public let transitions: [Bool]
  /// `[K]`: whether a sequence may start with the tag.
  public let start: [Bool]
  /// `[K]`: whether a sequence may end with the tag.
  public let end: [Bool]

  /// Asks of every pair of tags whether the second may follow the first.
  ///
  /// - Parameters:
  ///   - tagCount: K.
  ///   - allows: Takes two tags; `nil` as the first stands for the start, as the second for the end.
  public init(tagCount: Int, _ allows: (_ previous: Int?, _ next: Int?) -> Bool) {
    demand(tagCount > 0, "AllowedTransitions: a tag at the least, got \(tagCount)")
    self.tagCount = tagCount
    transitions = (0..<tagCount * tagCount).map { allows($0 / tagCount, $0 % tagCount) }
    start = (0..<tagCount).map { allows(nil, $0) }
    end = (0..<tagCount).map { allows($0, nil) }
  }
}
