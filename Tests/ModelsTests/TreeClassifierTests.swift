import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("TreeClassifier")
struct TreeClassifierTests {
  /// A tree of three leaves, one of a leaf alone, and one of four.
  static func trees() throws -> TreeBatch {
    try TreeBatch(
      [
        Tree(parents: [2, 2, 4, 4, -1]), Tree(parents: [-1]),
        Tree(parents: [2, 2, 6, 5, 5, 6, -1]),
      ], words: [[1, 3, 0], [4], [2, 2, 5, 1]], identities: [7, 8, 2])
  }

  static let classes: [Int32?] = [0, 1, nil, 2, 2, 1, nil, 0, 0, 1, nil, 2, 1]

  /// Six words of size 3, H = 4, three classes, unless changed.
  static func model<C: TreeCell>(
    _ cell: C.Type, scalarType: ScalarType = .float64,
    _ change: (inout TreeClassifier<C>.Options) -> Void = { _ in }
  ) -> TreeClassifier<C> {
    var options = TreeClassifier<C>.Options(
      vocabularySize: 6, embeddingSize: 3, hiddenSize: 4, classCount: 3)
    change(&options)
    var generator = RandomGenerator(seed: 4)
    return TreeClassifier(options, using: &generator, scalarType: scalarType)
  }

  static let cells: [any TreeCell.Type] = [
    RecursiveNetCell.self, TensorNetCell.self, MatrixVectorCell.self, ChildSumTreeLSTMCell.self,
    BranchingLSTMCell.self,
  ]

  @Test("gradients match finite differences", arguments: cells.indices)
  func gradients(cell: Int) throws { try checkGradients(Self.cells[cell]) }

  private func checkGradients<C: TreeCell>(_ cell: C.Type) throws {
    let model = Self.model(cell)
    let batch = try Self.trees()
    for weight in [1, 2.5] {
      checkGradient(at: model.parameters.map(\.tensor)) {
        model.replacingParameters($0).loss(batch, classes: Self.classes, rootWeight: weight)
      }
    }
    #expect(model.summary.parameterCount == model.parameterCount)
    #expect(model.parameters.first?.name == "words.weight")
    #expect("\(model.summary)".contains(C.kind))
  }

  /// A node of 40 children is more than a plan takes: its tree goes another way, and takes nobody along.
  @Test func aTreeHasTheSameBitsBesideOneThatIsTooWide() throws {
    let model = Self.model(ChildSumTreeLSTMCell.self, scalarType: .float32)
    let batch = try Self.trees()
    let star = try Tree(parents: Array(repeating: 40, count: 40) + [-1])
    let wide = TreeBatch(
      [batch.trees[0], star, batch.trees[1], batch.trees[2]],
      words: [[1, 3, 0], (0..<40).map { Int32($0 % 6) }, [4], [2, 2, 5, 1]])
    let alone = model.scores(batch).scalars, beside = model.scores(wide).scalars
    #expect(beside.count == alone.count + 41 * 3)
    #expect(Array(beside[..<15]) == Array(alone[..<15]))
    #expect(Array(beside[(15 + 41 * 3)...]) == Array(alone[15...]))
    let star40 = TreeBatch([star], words: [(0..<40).map { Int32($0 % 6) }])
    #expect(Array(beside[15..<15 + 41 * 3]) == model.scores(star40).scalars)
  }

  @Test("a tree has the same bits in any company", arguments: cells.indices)
  func company(cell: Int) throws { try checkCompany(Self.cells[cell]) }

  private func checkCompany<C: TreeCell>(_ cell: C.Type) throws {
    let model = Self.model(cell, scalarType: .float32) {
      $0.inputDropout = Dropout(0.4)
      $0.dropout = Dropout(0.4)
    }
    let batch = try Self.trees()
    let alone = TreeBatch([batch.trees[2]], words: [[2, 2, 5, 1]], identities: [2])
    for randomness in [nil, Randomness(seed: 9)] {
      let all = model.scores(batch, randomness: randomness)
      #expect(all.shape == [13, 3])
      #expect(
        all.slice(6..<13).scalars == model.scores(alone, randomness: randomness).scalars)
    }
  }

  @Test func theLossIsTheMeanOfLabelledNodesInWhichRootsMayCountMore() throws {
    let model = Self.model(RecursiveNetCell.self)
    let batch = try Self.trees()
    let logs = model.scores(batch).logSoftmax().scalars
    func mean(_ rootWeight: Double) -> Double {
      var (sum, count) = (0.0, 0.0)
      for case (let node, let target?) in Self.classes.enumerated() {
        let weight = [4, 5, 12].contains(node) ? rootWeight : 1
        sum -= weight * logs[3 * node + Int(target)]
        count += weight
      }
      return sum / count
    }
    for weight in [1, 3.5] {
      let loss = model.loss(batch, classes: Self.classes, rootWeight: weight).item
      #expect(abs(loss - mean(weight)) < 1e-12)
    }
    #expect(batch.roots == [4, 5, 12])
    let none = Array(repeating: Int32?.none, count: 13)
    #expect(model.loss(batch, classes: none).item == 0)
  }

  @Test func aNodeKnowsTheWordsBelowItAndNoOthers() throws {
    let model = Self.model(BranchingLSTMCell.self)
    let batch = try Self.trees()
    let other = TreeBatch(
      batch.trees, words: [[1, 3, 5], [4], [2, 2, 5, 1]], identities: batch.identities)
    let (a, b) = (model.scores(batch), model.scores(other))
    let isSame = (0..<13).map { a.slice($0..<$0 + 1).scalars == b.slice($0..<$0 + 1).scalars }
    // The third leaf of the first tree is node 3, below its root, node 4.
    #expect(isSame == (0..<13).map { ![3, 4].contains($0) })
  }

  @Test func wordsOfAMatrixVectorNetLeaveOthersNearlyAsTheyAre() {
    let model = Self.model(MatrixVectorCell.self)
    #expect(model.words.weight.shape == [6, 4 + 16])
    let matrix = model.words.weight.slice(2..<3).slice(4..<20, axis: 1).reshaped(to: [4, 4])
    expectClose(
      matrix, .identity(4, scalarType: .float64), relative: 0, absolute: 0.1, "a word's matrix")
    #expect(Self.model(TensorNetCell.self) { $0.activation = .relu }.cell.plain.activation == .relu)
  }

  @Test func wordsAndLeavesMustBeAsMany() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let tree = try Tree(parents: [2, 2, 4, 4, -1])
      _ = TreeBatch([tree], words: [[1, 2]])
    }
    expectMessage(result, "TreeBatch: trees of [3] leaves need as many words, got [2]")
  }
}
