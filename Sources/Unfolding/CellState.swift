public import Tensors

/// What a cell hands from one node to the next: one or more tensors with a row for each sequence.
public protocol CellState: Sendable {
  /// The tensors of the state, in a fixed order, each `[B, …]`.
  var tensors: [Tensor] { get }
  /// The part that the next layer sees.
  var output: Tensor { get }
  /// A state of the given tensors, in the order of ``tensors``.
  init(tensors: [Tensor])
}

extension CellState {
  /// The state with each of its tensors replaced.
  public func map(_ transform: (Tensor) throws -> Tensor) rethrows -> Self {
    Self(tensors: try tensors.map(transform))
  }

  /// The states of some rows, by number: `[B, …]` and n numbers give `[n, …]`.
  public func gatherRows(_ indices: IndexTensor) -> Self { map { $0.gatherRows(indices) } }

  /// The same values, cut off from how they were computed: where truncated back-propagation ends.
  public var detached: Self { map(\.detached) }

  /// The number of rows, B.
  public var rowCount: Int { tensors.first?.shape[0] ?? 0 }

  /// This state with some rows taken from another: lanes that start a new sequence while their neighbours go on.
  ///
  /// - Parameters:
  ///   - lanes: The rows to replace, each in 0..<B.
  ///   - fresh: A state of the same shapes, such as the cell's initial state.
  /// - Returns: A state of the same shapes.
  public func resetting(lanes: some Sequence<Int>, to fresh: Self) -> Self {
    let chosen = Set(lanes)
    if chosen.isEmpty { return self }
    let rows = rowCount
    demand(
      chosen.allSatisfy { (0..<rows).contains($0) },
      "resetting: lanes \(chosen.sorted()) of a state of \(rows) rows")
    let indices = IndexTensor((0..<rows).map { Int32(chosen.contains($0) ? rows + $0 : $0) })
    return Self(
      tensors: zip(tensors, fresh.tensors).map {
        Tensor.concatenate([$0, $1]).gatherRows(indices)
      })
  }
}

/// A cell whose whole state is one tensor needs no type of its own.
extension Tensor: CellState {
  public var tensors: [Tensor] { [self] }
  public var output: Tensor { self }
  public init(tensors: [Tensor]) { self = tensors[0] }
}
