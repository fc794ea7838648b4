public import Layers
public import Tensors
public import Unfolding

/// A model that gives every node of a tree a class, from the words below it.
///
///     xₙ = E[wₙ] at a leaf, 0 above
///     hₙ = cell(xₙ, the states of n's children)
///     oₙ = V hₙ + c
///     p(yₙ) = softmax(oₙ)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | E | ``words`` | `[words, D]` |
/// | V, c | ``output`` | `[K, H]`, `[K]` |
///
/// Sources: Socher et al. (2013), §4, <https://aclanthology.org/D13-1170>; Tai, Socher and Manning (2015), §4.1,
/// <https://arxiv.org/abs/1503.00075>.
public struct TreeClassifier<C: TreeCell>: Module {
  /// What a leaf reads of each word.
  public var words: Embedding
  /// At every node.
  public var cell: C
  /// The scores of the classes.
  public var output: Dense
  /// On what the leaves read.
  public var inputDropout: Dropout
  /// On the nodes' vectors, before the output.
  public var dropout: Dropout
  /// The slots that the cell was made for: the most children that a node may have, unless the cell has the same weights
  /// for all of them (``TreeCell/childCounts(arity:)``).
  public let arity: Int

  /// What can be chosen.
  public struct Options: Sendable {
    /// The number of words.
    public var vocabularySize: Int
    /// The size of a word's vector; read by cells that let it be chosen.
    public var embeddingSize: Int
    /// Words' vectors start even over ±this; `nil` gives them length 1 on average.
    public var embeddingRange: Double?
    /// H.
    public var hiddenSize: Int
    /// K.
    public var classCount: Int
    /// The slots of the cell.
    public var arity = 2
    /// What a node's sum goes through; of an LSTM, the candidate and the cell state.
    public var activation = Activation.tanh
    /// What gates go through, of cells that have gates.
    public var gateActivation = Activation.sigmoid
    /// On what the leaves read.
    public var inputDropout = Dropout(0)
    /// On the nodes' vectors, before the output.
    public var dropout = Dropout(0)
    /// For the cell's weights.
    public var initializer = CellInitializer()

    /// A model of binary trees, without dropout.
    public init(vocabularySize: Int, embeddingSize: Int, hiddenSize: Int, classCount: Int) {
      self.vocabularySize = vocabularySize
      self.embeddingSize = embeddingSize
      self.hiddenSize = hiddenSize
      self.classCount = classCount
    }
  }

  /// A model of fresh weights.
  public init(
    _ options: Options, using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) {
    let inputSize = C.inputSize(
      embeddingSize: options.embeddingSize, hiddenSize: options.hiddenSize)
    words = Embedding(
      weight: C.words(
        options.vocabularySize, range: options.embeddingRange, inputSize: inputSize,
        hiddenSize: options.hiddenSize, using: &generator, scalarType: scalarType))
    cell = C(
      inputSize: inputSize, hiddenSize: options.hiddenSize, slots: options.arity,
      initializer: options.initializer, using: &generator, scalarType: scalarType)
    cell.activation = options.activation
    cell.gateActivation = options.gateActivation
    output = Dense(
      options.hiddenSize, options.classCount, using: &generator, scalarType: scalarType)
    inputDropout = options.inputDropout
    dropout = options.dropout
    arity = options.arity
  }

  /// K.
  public var classCount: Int { output.weight.shape[0] }

  /// The scores of every class at every node, `[N, K]`.
  ///
  /// - Parameters:
  ///   - batch: The trees.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: The scores, nodes tree by tree.
  public func scores(_ batch: TreeBatch, randomness: Randomness? = nil) -> Tensor {
    // Trees that are too wide for a plan are walked by themselves: a tree has the same bits in any company.
    let isWide = batch.trees.map(isTooWide)
    let others = isWide.indices.filter { !isWide[$0] }, wide = isWide.indices.filter { isWide[$0] }
    guard !others.isEmpty, !wide.isEmpty else {
      return scoresTogether(batch, randomness: randomness)
    }
    let parts = [others, wide].map { scoresTogether(batch.selecting($0), randomness: randomness) }
    return Tensor.concatenate(parts).gatherRows(batch.rows(ofTreesInOrder: others + wide))
  }

  private func isTooWide(_ tree: Tree) -> Bool {
    let states = cell.initialState(batch: 0).tensors.count
    return tree.children.contains { $0.count * states > mostPlannedPredecessors }
  }

  private func scoresTogether(_ batch: TreeBatch, randomness: Randomness?) -> Tensor {
    let vectors = inputDropout(
      SequenceBatch(
        words(IndexTensor(batch.words)), lengths: batch.leafCounts, identities: batch.identities),
      randomness: randomness?.stream(0x696e))
    let run = unfold(
      cell, over: .forest(batch.trees, arity: slots(for: batch.trees)),
      batch.inputs(vectors.values),
      randomness: randomness?.stream(0x7265), identities: batch.identities)
    let nodes = SequenceBatch(
      run.output, lengths: batch.trees.map(\.nodeCount), identities: batch.identities)
    return output(dropout(nodes, randomness: randomness?.stream(0x6f75)).values)
  }

  /// The slots that trees are walked with: the cell's own, and more where a wider node may have them. An empty slot has
  /// no part in the result, so trees of one batch do not depend on each other's width.
  private func slots(for trees: [Tree]) -> Int {
    let widest = trees.reduce(0) { $1.children.reduce($0) { max($0, $1.count) } }
    return max(arity, min(widest, C.childCounts(arity: arity).upperBound))
  }

  /// −ln p(class) in nats, a labelled node: the mean, in which a root counts for `rootWeight` nodes.
  ///
  /// - Parameters:
  ///   - batch: The trees.
  ///   - classes: The class of each node, `[N]`; `nil` where there is none to learn from.
  ///   - rootWeight: More than 0.
  ///   - randomness: For dropout; `nil` in evaluation.
  /// - Returns: A scalar; 0 when no node has a class.
  public func loss(
    _ batch: TreeBatch, classes: [Int32?], rootWeight: Double = 1, randomness: Randomness? = nil
  ) -> Tensor {
    demand(
      classes.count == batch.nodeCount,
      "TreeClassifier: \(batch.nodeCount) nodes need as many classes, got \(classes.count)")
    let scores = scores(batch, randomness: randomness)
    let rows = classes.indices.filter { classes[$0] != nil }.map(Int32.init)
    guard !rows.isEmpty else { return scores.sum() * 0 }
    let losses = scores.gatherRows(IndexTensor(rows)).crossEntropy(
      IndexTensor(classes.compactMap(\.self)))
    guard rootWeight != 1 else { return losses.mean() }
    let roots = Set(batch.roots)
    let weights = rows.map { roots.contains($0) ? rootWeight : 1 }
    return (losses * Tensor(weights, shape: [rows.count], scalarType: losses.scalarType)).sum()
      / weights.reduce(0, +)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("words", &words)
    try visitor.child("cell", &cell)
    try visitor.child("output", &output)
  }
}

extension TreeClassifier {
  /// The model's layers with output shapes and numbers of parameters, from the leaves' words `[L]` up to the nodes.
  public var summary: Summary {
    var summary = Summary(input: ["L"])
    summary.add(words)
    if inputDropout.rate > 0 { summary.add(inputDropout) }
    summary.add([
      Summary.Row(
        C.kind, output: ["N", .size(cell.outputSize)], parameterCount: cell.parameterCount)
    ])
    if dropout.rate > 0 { summary.add(dropout) }
    summary.add(output)
    summary.add("Softmax")
    return summary
  }
}
