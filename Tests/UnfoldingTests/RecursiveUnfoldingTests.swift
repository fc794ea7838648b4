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
