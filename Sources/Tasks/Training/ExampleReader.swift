internal import Tensors

/// Reads many examples, some at a time, of similar lengths. The result does not depend on how many.
enum ExampleReader {
  private static var batchSize: Int { 128 }

  /// Hands over the scores `[1, K]` of every example, in any order.
  ///
  /// - Parameters:
  ///   - lengths: The length of each example.
  ///   - scores: The scores `[B, K]` of some examples.
  ///   - body: Takes an example's number and its scores.
  static func read(
    lengths: [Int], scores: (_ chosen: [Int]) -> Tensor,
    _ body: (_ example: Int, _ scores: Tensor) -> Void
  ) {
    let order = lengths.indices.sorted { (lengths[$0], $0) < (lengths[$1], $1) }
    for start in stride(from: 0, to: order.count, by: batchSize) {
      let chosen = Array(order[start..<min(start + batchSize, order.count)])
      let rows = scores(chosen)
      for (row, example) in chosen.enumerated() { body(example, rows.slice(row..<row + 1)) }
    }
  }
}
