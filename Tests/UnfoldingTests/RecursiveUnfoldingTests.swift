import CKernels
import Tensors
import TestSupport
import Testing
import Unfolding

/// A cell of all its predecessors, with two states, of which one is read twice and the other once, and sums over slots.
private struct TwoStateCell: RecursiveCell {
  struct State: CellState {
    var tensors: [Tensor]
    var output: Tensor { tensors[0] }
  }
  let hiddenSize: Int
  /// U, V, b, W_0, W_1, …
  let weights: [Tensor]

  static func shapes(inputSize: Int, hiddenSize: Int, slots: Int) -> [Shape] {
    [[inputSize, hiddenSize], [inputSize, hiddenSize], [hiddenSize]]
      + Array(repeating: [hiddenSize, hiddenSize], count: slots)
  }

  func initialState(batch: Int) -> State {
    State(
      tensors: (0..<2).map { _ in
        .zeros([batch, hiddenSize], scalarType: weights[0].scalarType)
      })
  }

  func step(_ input: Tensor, from predecessors: [State]) -> State {
    var sum = input.matmul(weights[0]) + weights[2]
    for (slot, state) in predecessors.enumerated() {
      sum = sum + state.tensors[0].matmul(weights[3 + slot])
    }
    let gate = predecessors.reduce(input.matmul(weights[1])) { $0 + $1.tensors[0] }.sigmoid()
    // No product of states grows over a hundred nodes.
    let memories = predecessors.dropFirst().reduce(predecessors[0].tensors[1]) {
      $0 + $1.tensors[1]
    }
    let memory = gate * memories * (0.8 / Double(predecessors.count))
    return State(tensors: [
      sum.tanh() * predecessors[0].tensors[0] * 0.5 + memory
        + input.sum(axis: 1, keepingAxis: true), memory + sum.sigmoid(),
    ])
  }
}

@Suite("Unfolding over any structure")
struct RecursiveUnfoldingTests {
  /// Trees of several shapes: chains down either side, a star, one node, none.
  static let trees: [Tree] = [
    .balanced(leaves: 17), .balanced(leaves: 0), .balanced(leaves: 1), star(5), comb(9),
    .balanced(leaves: 33),
  ]

  private static func star(_ leaves: Int) -> Tree {
    let parents = Array(repeating: leaves, count: leaves) + [-1]
    return (try? Tree(parents: parents)) ?? .balanced(leaves: 0)
  }
  /// Each inner node has a leaf and the next inner node.
  private static func comb(_ depth: Int) -> Tree {
    let parents = (0..<depth).flatMap { [2 * $0 + 2, 2 * $0 + 2] } + [-1]
    return (try? Tree(parents: parents)) ?? .balanced(leaves: 0)
  }

  /// Several nodes follow one, in one slot or in two, in the same front.
  private static func diamonds() throws -> Structure {
    try .graph([
      [[], [0], [0], [1, 2], [0, 0], [2, 1, 4], [3, 5]],
      [[]], [],
      [[], [], [0, 1], [1, 0], [nil, 0], [2, 3, 4]],
    ])
  }

  static func structures() throws -> [(name: String, structure: Structure)] {
    [
      ("forest", .forest(trees)),
      ("forest from the root", .forest(trees, direction: .topDown)),
      ("many trees", .forest((0..<40).map { .balanced(leaves: $0 % 7) })),
      ("graphs", try diamonds()),
      ("lags 1 and 3", .chain(Unfoldable.few, lags: [1, 3])),
      ("lag 2 alone", .chain(Unfoldable.many, lags: [2])),
      (
        "lags 2, 1 and 40, backward",
        .chain(Unfoldable.many, lags: [2, 1, 40], direction: .backward)
      ),
    ]
      + Corner.allCases.map {
        (
          "grid from \($0)",
          .grid(
            [
              GridSize(rows: 3, columns: 5), .init(rows: 0, columns: 1), .init(rows: 1, columns: 1),
              .init(rows: 17, columns: 2), .init(rows: 6, columns: 6),
            ], from: $0)
        )
      }
  }

  @Test(arguments: [ScalarType.float32, .float64])
  func thePlannedPathAgreesWithTheReference(_ type: ScalarType) throws {
    for (name, structure) in try Self.structures() {
      for hiddenSize in [5, 17] {
        let parameters = TwoStateCell.shapes(
          inputSize: 3, hiddenSize: hiddenSize, slots: structure.slotCount
        ).enumerated().map {
          Tensor.scattered($1, seed: UInt64($0), in: -0.4...0.4, scalarType: type)
        }
        expectAgreement(
          parameters: parameters,
          over: Unfoldable(inputSize: 3, structure, named: name, scalarType: type), name
        ) { TwoStateCell(hiddenSize: hiddenSize, weights: $0) }
      }
    }
  }
}

extension RecursiveUnfoldingTests {
  private static func weights(_ slots: Int) -> [Tensor] {
    TwoStateCell.shapes(inputSize: 3, hiddenSize: 4, slots: slots).enumerated().map {
      Tensor.scattered($1, seed: UInt64($0), in: -0.4...0.4, scalarType: .float64)
    }
  }

  private static func loss(
    _ structure: Structure, _ weights: [Tensor], _ x: Tensor, memory: MemoryLimit = .none
  ) -> Tensor {
    let run = unfold(
      TwoStateCell(hiddenSize: 4, weights: weights), over: structure, x, memory: memory)
    return (run.output * run.output).sum() + run.last.tensors[1].tanh().sum()
  }

  @Test func aMemoryLimitChangesNoGradient() throws {
    for (name, structure) in try Self.structures() {
      let weights = Self.weights(structure.slotCount)
      let x = Tensor.scattered([structure.nodeCount, 3], seed: 9, scalarType: .float64)
      func gradients(_ memory: MemoryLimit) -> [Tensor] {
        valueWithGradient(at: weights + [x]) {
          Self.loss(structure, Array($0.dropLast()), $0[$0.count - 1], memory: memory)
        }.gradients
      }
      for (limited, whole) in zip(gradients(.limit(bytes: 9000)), gradients(.none)) {
        expectClose(limited, whole, relative: 1e-11, absolute: 1e-11, name)
      }
    }
  }

  @Test func gradientsThroughAForestCanBeDifferentiated() {
    let structure = Structure.forest([.balanced(leaves: 3), .balanced(leaves: 2)])
    let x = Tensor.scattered([structure.nodeCount, 3], seed: 9, scalarType: .float64)
    checkGradient(at: Self.weights(2) + [x], exactness: 1e-12) { points in
      let gradients = valueWithGradient(at: points) {
        Self.loss(structure, Array($0.dropLast()), $0[$0.count - 1])
      }.gradients
      return gradients.map { ($0 * $0).sum() }.reduce(Tensor(0, scalarType: .float64), +)
    }
  }

  @Test func bitsDoNotDependOnCompanyOrThreads() {
    let trees = [3, 1, 17, 0, 5, 33, 2].map { Tree.balanced(leaves: $0) }
    let weights = TwoStateCell.shapes(inputSize: 3, hiddenSize: 33, slots: 2).enumerated().map {
      Tensor.scattered($1, seed: UInt64($0), in: -0.4...0.4)
    }
    let cell = TwoStateCell(hiddenSize: 33, weights: weights)
    func inputs(_ tree: Int) -> Tensor {
      .scattered([trees[tree].nodeCount, 3], seed: UInt64(tree))
    }
    let all = Tensor.concatenate(trees.indices.map(inputs))
    let together = unfold(cell, over: .forest(trees), all)
    var first = 0
    for (number, tree) in trees.enumerated() {
      let alone = unfold(cell, over: .forest([tree], arity: 2), inputs(number))
      let rows = first..<first + tree.nodeCount
      #expect(together.output.slice(rows).scalars == alone.output.scalars)
      #expect(together.last.output.slice(number..<number + 1).scalars == alone.last.output.scalars)
      first += tree.nodeCount
    }
  }

  /// Two states of 32 children are the most that a kernel looks at; beyond, the reference path is taken.
  @Test(arguments: [32, 33]) func aWideTreeIsWalked(_ arity: Int) throws {
    let tree = try Tree(parents: Array(repeating: arity, count: arity) + [-1])
    expectAgreement(
      parameters: Self.weights(arity),
      over: Unfoldable(
        inputSize: 3, .forest([tree]), named: "\(arity) children", scalarType: .float64),
      isPlanned: arity == 32
    ) { TwoStateCell(hiddenSize: 4, weights: $0) }
  }

  /// Fronts of many rows and of few, several nodes that follow one, in trees, grids and graphs.
  @Test func bitsOfGradientsDoNotDependOnThreads() throws {
    let size = unfold_team_size()
    defer { unfold_team_resize(size) }
    for (name, structure) in try Self.structures() {
      let weights = TwoStateCell.shapes(
        inputSize: 3, hiddenSize: 33, slots: structure.slotCount
      ).enumerated().map { Tensor.scattered($1, seed: UInt64($0), in: -0.4...0.4) }
      let x = Tensor.scattered([structure.nodeCount, 3], seed: 9)
      let found = [Int32(1), 2, 4].map { threads -> [[Double]] in
        unfold_team_resize(threads)
        return valueWithGradient(at: weights + [x]) { points in
          let run = unfold(
            TwoStateCell(hiddenSize: 33, weights: Array(points.dropLast())), over: structure,
            points[points.count - 1])
          return (run.output * run.output).sum()
        }.gradients.map(\.scalars)
      }
      #expect(found[0] == found[1], "\(name), two threads")
      #expect(found[0] == found[2], "\(name), four threads")
    }
  }

  @Test func aDeepTreeIsWalked() throws {
    let count = 100_000
    // Each inner node has a leaf and the next inner node, so that children are gathered at every front.
    let tree = Self.comb(count / 2)
    let weights = TwoStateCell.shapes(inputSize: 3, hiddenSize: 2, slots: 2).enumerated().map {
      Tensor.scattered($1, seed: UInt64($0), in: -0.4...0.4)
    }
    let x = Tensor.scattered([tree.nodeCount, 3], seed: 1)
    let gradients = valueWithGradient(at: weights) { weights in
      unfold(TwoStateCell(hiddenSize: 2, weights: weights), over: .forest([tree]), x)
        .last.output.sum()
    }.gradients
    #expect(gradients.allSatisfy { $0.isFinite })
  }
}
