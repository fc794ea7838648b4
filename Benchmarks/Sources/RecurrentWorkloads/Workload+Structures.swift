import Unfold

extension Workload {
  /// Words of each sentence that is parsed.
  private static let sentences = (0..<25).map { 5 + 17 * $0 % 37 }

  /// A tree over `count` words whose parts are found by a rule that the peers follow too. Children come before parents.
  private static func parse(_ count: Int) -> Tree {
    var children: [[Int]] = []
    func build(_ words: Int) -> Int {
      if words > 1 {
        let left = 1 + (37 * words + 11) % (words - 1)
        let pair = [build(left), build(words - left)]
        children.append(pair)
      } else {
        children.append([])
      }
      return children.count - 1
    }
    _ = build(count)
    var parents = Array(repeating: -1, count: children.count)
    for (node, below) in children.enumerated() { for child in below { parents[child] = node } }
    guard let tree = try? Tree(parents: parents) else { return .balanced(leaves: count) }
    return tree
  }

  /// Loss and gradients of cell and classes.
  static var treeLSTM: Workload {
    var generator = RandomGenerator(seed: 1)
    let trees = sentences.map(parse)
    let cell = BranchingLSTMCell(inputSize: 300, hiddenSize: 150, using: &generator)
    let classes = Dense(150, 5, using: &generator)
    // Words stand at leaves alone.
    let isLeaf = trees.flatMap { $0.children.map { $0.isEmpty ? Float(1) : 0 } }
    let x =
      generator.normal([isLeaf.count, 300])
      * Tensor(isLeaf, shape: [isLeaf.count, 1])
    let targets = IndexTensor((0..<isLeaf.count).map { Int32($0 % 5) })
    let parameters = (cell.parameters + classes.parameters).map(\.tensor)
    let count = cell.parameters.count
    return Workload(train: {
      keep(
        valueWithGradient(at: parameters) { tensors in
          let run = unfold(
            cell.replacingParameters(Array(tensors.prefix(count))), over: .forest(trees), x)
          let classes = classes.replacingParameters(Array(tensors.dropFirst(count)))
          return classes(run.output).crossEntropy(targets).mean()
        })
    })
  }

  /// The sum of all outputs, and its gradients for all weights.
  static var lstm2D: Workload {
    var generator = RandomGenerator(seed: 1)
    let sizes = Array(repeating: GridSize(rows: 28, columns: 28), count: 32)
    let cell = BranchingLSTMCell(inputSize: 1, hiddenSize: 64, using: &generator)
    let x = generator.normal([32 * 28 * 28, 1])
    let parameters = cell.parameters.map(\.tensor)
    return Workload(train: {
      keep(
        valueWithGradient(at: parameters) { tensors in
          unfold(cell.replacingParameters(tensors), over: .grid(sizes), x).output.sum()
        })
    })
  }

  /// A whole step, with Adam.
  static var tagging: Workload {
    var generator = RandomGenerator(seed: 1)
    var cell = LSTMCell.Options()
    cell.biases = .two
    var options = Tagger<LSTMCell>.Options(
      vocabularySize: 10_000, embeddingSize: 100, hiddenSize: 200, tagCount: 17, cell: cell)
    options.layers = 2
    var model = Tagger(options, using: &generator)
    var optimizer = Optimizer(Adam())
    let lengths = (0..<32).map { 5 + 35 * $0 / 31 }
    let words = (0..<lengths.reduce(0, +)).map { _ in
      Int32.random(in: 0..<10_000, using: &generator)
    }
    let tags = IndexTensor(words.map { $0 % 17 })
    var rest = words[...]
    let batch = SentenceBatch(
      lengths.map { length in
        defer { rest = rest.dropFirst(length) }
        return rest.prefix(length).map { ($0, []) }
      })
    return Workload(train: {
      let (loss, gradient) = valueWithGradient(at: model) { model in
        model.scores(batch).values.crossEntropy(tags).mean()
      }
      optimizer.update(&model, gradient: gradient, learningRate: 0.001)
      keep(loss)
    })
  }
}
