public import Tensors

/// A model that writes sequences symbol by symbol, many at once: each in a lane.
///
/// It starts with one lane for each sentence, in order, of which nothing has been read. A search (``BeamSearch``,
/// ``SampledDecoding``) then steps it, and after every step says which lanes go on: those of a hypothesis that goes on
/// in several ways are repeated, those of what has ended are left out, so that no lane is ever idle and their number
/// changes from step to step. What a lane gives must depend neither on that number nor on the other lanes.
public protocol SymbolDecoder {
  /// L: how many sequences are being written.
  var laneCount: Int { get }

  /// V: symbols are in 0..<V.
  var vocabularySize: Int { get }

  /// The type of the logits.
  var scalarType: ScalarType { get }

  /// Reads a symbol in each lane; then the logits of each lane's next symbol are there.
  mutating func step(_ symbols: [Int32])

  /// The logits of the symbols after those last read, `[L, V]`, without a copy.
  func withLogits<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R

  /// Lane i goes on from what lane `parents[i]` was; afterwards there are as many lanes as parents, fewer or more than
  /// before, but at least one. The lanes of one sentence stay side by side, and sentences in order. The next thing asked
  /// for is a step.
  mutating func reorder(_ parents: [Int])

  /// How the last step of a lane looked at its source, a weight for each of its S units; empty without attention.
  func weights(lane: Int) -> [Float]
}

extension SymbolDecoder {
  /// Reorders the lanes unless all `count` of them stay what they are, or none goes on.
  mutating func reorder(_ parents: [Int], of count: Int) {
    if parents.isEmpty { return }
    if parents.count != count || parents.indices.contains(where: { parents[$0] != $0 }) {
      reorder(parents)
    }
  }
}
