internal import Tensors

/// Collects what a step reads besides its inputs and states while it is traced: random draws, and rows that belong to
/// sequences.
final class StepRecorder: @unchecked Sendable {
  @TaskLocal static var current: StepRecorder?

  /// What the symbols stand for, in order.
  private(set) var leaves: [Graph.Leaf] = []
  /// The tensors of which rows were asked for, each `[B, …]`.
  private(set) var contexts: [Tensor] = []
  private let first: Int
  private let draws: Bool

  /// The first symbol has the number `first`; without `draws` there are none, as in evaluation.
  init(first: Int, draws: Bool) {
    self.first = first
    self.draws = draws
  }

  /// A symbol for a draw.
  func add(_ draw: Draw) -> Tensor? {
    guard draws else { return nil }
    return symbol(.draw(draw), [Graph.rows, draw.columns], draw.scalarType)
  }

  /// A symbol for the rows of a tensor that has one for each sequence.
  func context(_ tensor: Tensor) -> Tensor {
    demand(
      !tensor.isSymbolic && tensor.rank > 0,
      "ofSequences: a tensor made in the step has rows of its own, got \(tensor.shape)")
    let number =
      contexts.firstIndex { $0.isSame(as: tensor) } ?? contexts.count
    if number == contexts.count { contexts.append(tensor) }
    return symbol(
      .context(number), tensor.shape.replacing(0, with: Graph.rows), tensor.scalarType)
  }

  private func symbol(_ leaf: Graph.Leaf, _ shape: Shape, _ scalarType: ScalarType) -> Tensor {
    let number = leaves.firstIndex(of: leaf) ?? leaves.count
    if number == leaves.count { leaves.append(leaf) }
    return .symbol(first + number, shape, scalarType)
  }
}

extension Tensor {
  /// Whether both are one value: the same step of the tape, or the same elements in memory.
  fileprivate func isSame(as other: Tensor) -> Bool {
    switch (node, other.node) {
    case (let mine?, let theirs?): mine === theirs
    case (nil, nil): storage === other.storage && offset == other.offset && shape == other.shape
    default: false
    }
  }
}
