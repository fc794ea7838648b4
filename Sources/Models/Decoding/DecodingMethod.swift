internal import Tensors

/// How sequences are written: the most probable that are found, or some that are drawn.
public enum DecodingMethod: Sendable, Hashable {
  case search(BeamSearch)
  case drawing(SampledDecoding)

  /// The most lanes that a source takes up.
  public var lanesPerSource: Int {
    switch self {
    case .search(let search): search.width
    case .drawing(let drawing): drawing.count
    }
  }

  /// Whether hypotheses say how they looked at their source.
  public var keepsWeights: Bool {
    get {
      switch self {
      case .search(let search): search.keepsWeights
      case .drawing(let drawing): drawing.keepsWeights
      }
    }
    set {
      switch self {
      case .search(var search):
        search.keepsWeights = newValue
        self = .search(search)
      case .drawing(var drawing):
        drawing.keepsWeights = newValue
        self = .drawing(drawing)
      }
    }
  }

  /// Writes sequences for each of any number of sources, some at a time, of similar lengths. What is written for a
  /// source does not depend on how many.
  ///
  /// - Parameters:
  ///   - sources: Their symbols.
  ///   - lengths: How many units of each source count, where there is more in it, such as an end symbol. For a source
  ///     of no unit nothing is written: its one hypothesis is empty, and certain.
  ///   - identities: What tells sources apart where sequences are drawn; their places unless given.
  ///   - batchSize: How many sources are taken at a time.
  ///   - start: What is read first.
  ///   - end: What is written last.
  ///   - decoder: A decoder of some of the sources, of which nothing has been read.
  /// - Returns: The hypotheses of each source, in the order of the sources.
  public func callAsFunction<D: SymbolDecoder>(
    _ sources: [[Int32]], lengths: [Int]? = nil, identities: [UInt64]? = nil, batchSize: Int,
    start: Int32, end: Int32, decoder: ([[Int32]]) -> D
  ) -> [[Hypothesis]] {
    let lengths = lengths ?? sources.map(\.count)
    let identities = identities ?? sources.indices.map(UInt64.init)
    demand(
      lengths.count == sources.count && identities.count == sources.count && batchSize >= 1,
      "DecodingMethod: \(sources.count) sources, \(lengths.count) lengths, \(identities.count) identities, \(batchSize) at a time"
    )
    var hypotheses = Array(
      repeating: [Hypothesis(symbols: [], logProbability: 0, score: 0)], count: sources.count)
    // The longest first: whoever waits sees the worst of it at once.
    let order = sources.indices.filter { lengths[$0] > 0 }
      .sorted { (sources[$1].count, $0) < (sources[$0].count, $1) }
    for first in stride(from: 0, to: order.count, by: batchSize) {
      let batch = order[first..<min(first + batchSize, order.count)]
      var lanes = decoder(batch.map { sources[$0] })
      let lengths = batch.map { lengths[$0] }
      let found =
        switch self {
        case .search(let search):
          search(&lanes, sourceLengths: lengths, start: start, end: end)
        case .drawing(let drawing):
          drawing(
            &lanes, sourceLengths: lengths, identities: batch.map { identities[$0] }, start: start,
            end: end)
        }
      for (source, written) in zip(batch, found) { hypotheses[source] = written }
    }
    return hypotheses
  }
}
