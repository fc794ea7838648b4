internal import Datasets
internal import Layers
internal import Models
internal import Tensors
internal import Unfolding

/// A classifier as it reads trees: some at a time, of similar sizes.
struct TreeReader<C: TreeCell> {
  let model: TreeClassifier<C>
  let vocabulary: TreeVocabulary

  /// Trees read side by side. The result does not depend on it.
  private static var batchSize: Int { 64 }

  /// Hands over the scores `[nodes, K]` of every tree, by the tree's number, in any order.
  func read(
    _ trees: [LabelledTree], _ structures: [Tree], _ body: (_ tree: Int, _ scores: Tensor) -> Void
  ) {
    let order = trees.indices.sorted { (trees[$0].count, $0) < (trees[$1].count, $1) }
    for start in stride(from: 0, to: order.count, by: Self.batchSize) {
      let chosen = order[start..<min(start + Self.batchSize, order.count)]
      let scores = model.scores(
        TreeBatch(
          chosen.map { structures[$0] }, words: chosen.map { vocabulary.numbers(of: trees[$0]) }))
      var first = 0
      for tree in chosen {
        let next = first + trees[tree].count
        body(tree, scores.slice(first..<next))
        first = next
      }
    }
  }
}
