internal import Tensors
public import Unfolding

extension ConditionalRandomField {
  /// The best way to tag a sequence.
  public struct Path: Sendable, Equatable {
    /// A tag for each node, from the first.
    public var tags: [Int32]
    /// Its score: not a probability, but its logarithm up to a constant of the sequence.
    public var score: Double
  }

  /// The tagging of the highest score of each sequence, by the Viterbi algorithm; of equal ones that whose last tag, and
  /// then the one before, … has the lower number.
  ///
  /// - Parameter emissions: `[N, K]`.
  /// - Returns: A path for each sequence; one without nodes has no tags and the score 0.
  /// - Complexity: O(N · K²).
  public func bestPaths(_ emissions: SequenceBatch) -> [Path] {
    check(emissions)
    let scores = effectiveScores
    let transitions = scores.transitions.scalars
    let start = scores.start.scalars
    let end = scores.end.scalars
    let values = emissions.values.scalars
    var rows = [[Int]](repeating: [], count: emissions.count)
    for front in emissions.chain().fronts {
      for (node, sequence) in zip(front.nodes, front.sequences) {
        rows[Int(sequence)].append(Int(node))
      }
    }
    let count = tagCount
    return rows.map { rows in
      guard let first = rows.first else { return Path(tags: [], score: 0) }
      var best = (0..<count).map { start[$0] + values[first * count + $0] }
      // The tag before each tag, step by step.
      var before: [Int32] = []
      for row in rows.dropFirst() {
        var next = best
        for tag in 0..<count {
          var score = -Double.infinity
          var from = 0
          for previous in 0..<count
          where best[previous] + transitions[previous * count + tag] > score {
            score = best[previous] + transitions[previous * count + tag]
            from = previous
          }
          next[tag] = score + values[row * count + tag]
          before.append(Int32(from))
        }
        best = next
      }
      var tag = 0
      for other in 0..<count where best[other] + end[other] > best[tag] + end[tag] { tag = other }
      let score = best[tag] + end[tag]
      var tags = [Int32(tag)]
      for step in stride(from: rows.count - 2, through: 0, by: -1) {
        tag = Int(before[step * count + tag])
        tags.append(Int32(tag))
      }
      return Path(tags: tags.reversed(), score: score)
    }
  }
}
