internal import Tensors

/// Sequences and what they are to become, as a ``Translator`` reads them.
public struct PairBatch: Sendable {
  /// The symbols of each sequence that is given; some may have none.
  public let sources: [[Int32]]
  /// The symbols of each sequence that is written, the end symbol last.
  public let targets: [[Int32]]
  /// The name of each pair for random draws: a pair gets the same dropout masks in any company.
  public let identities: [UInt64]

  /// A batch of pairs.
  ///
  /// - Parameters:
  ///   - sources: B sequences.
  ///   - targets: As many, each of at least one symbol.
  ///   - identities: A number for each pair; `nil` for 0, 1, …
  public init(sources: [[Int32]], targets: [[Int32]], identities: [UInt64]? = nil) {
    let identities = identities ?? sources.indices.map(UInt64.init)
    demand(
      sources.count == targets.count && sources.count == identities.count,
      "PairBatch: \(sources.count) sources, \(targets.count) targets, \(identities.count) identities"
    )
    demand(targets.allSatisfy { !$0.isEmpty }, "PairBatch: a target without its end symbol")
    self.sources = sources
    self.targets = targets
    self.identities = identities
  }

  /// N: the symbols of all targets.
  public var targetCount: Int { targets.reduce(0) { $0 + $1.count } }
}
