public import Tensors
public import Unfolding

/// A recurrent cell that also follows earlier steps: skip connections through time.
///
///     ĥ  = h(t−1) + Σₖ Wₖ h(t−dₖ)
///     s′ = cell(x, s(t−1) with ĥ for h)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | d | ``lags`` | above 1 each |
/// | W | ``skipWeights`` | `[H, H]` each |
///
/// Its structure is a chain with the lags 1, d₁, d₂, …: ``SkipRecurrent`` makes it. A gradient that vanishes over τ steps
/// of length 1 has paths of τ/d edges. A gated cell such as ``GRUCell`` that keeps a share of h keeps that share of ĥ.
///
/// Source: Lin, Horne, Tiňo and Giles (1996), "Learning long-term dependencies in NARX recurrent neural networks";
/// Goodfellow, Bengio and Courville (2016), §10.9.1.
public struct SkipCell<C: RecurrentCell>: RecursiveCell, Module where C.State: RecurrentState {
  /// What happens at a node.
  public var cell: C
  /// d: how many steps back each further edge goes.
  public let lags: [Int]
  /// W, `[H, H]` for each lag.
  public var skipWeights: [Tensor]

  /// A cell with a fresh weight for each of `lags`.
  public init(
    _ cell: C, lags: [Int], initializer: Initializer = .orthogonal,
    using generator: inout RandomGenerator
  ) {
    demand(
      lags.allSatisfy { $0 > 1 } && Set(lags).count == lags.count,
      "SkipCell: lags must differ and be above 1, got \(lags)")
    self.cell = cell
    self.lags = lags
    let start = cell.initialState(batch: 0).hidden
    let size = start.shape[1]
    skipWeights = lags.map { _ in
      initializer([size, size], using: &generator, scalarType: start.scalarType)
    }
  }

  public func initialState(batch: Int) -> C.State { cell.initialState(batch: batch) }

  public func step(_ x: Tensor, from predecessors: [C.State]) -> C.State {
    step(x, from: predecessors, adding: nil)
  }

  public func step(
    _ x: Tensor, from predecessors: [C.State], adding perturbation: C.State?
  ) -> C.State {
    demand(
      predecessors.count == 1 + lags.count,
      "SkipCell: follows \(1 + lags.count) nodes, but the structure gives it \(predecessors.count)")
    var state = predecessors[0]
    for (weight, earlier) in zip(skipWeights, predecessors.dropFirst()) {
      state.hidden = state.hidden + earlier.hidden.matmulTransposed(weight)
    }
    return cell.step(x, from: state, adding: perturbation)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.child("", &cell)
    for (index, lag) in lags.enumerated() {
      try visitor.parameter("weight_skip_\(lag)", &skipWeights[index])
    }
  }
}
