public import Layers
public import Tensors
public import Unfolding

/// One vector for a whole sequence, from what a recurrent layer puts out at its steps.
///
///     last:       y = where the walks end: [h⃗(τ); h⃖(1)]
///     mean:       y = 1/τ · Σₜ h(t)
///     max:        yᵢ = maxₜ hᵢ(t)
///     attention:  α = softmax over t of (h(t)·q),  y = Σₜ α(t) h(t)
///
/// | Symbol | Property | Shape |
/// | --- | --- | --- |
/// | q | ``query`` | `[1, H]`, zero at the start: a mean |
///
/// Every sequence is read over its own length. One of no steps gives zeros, and where its walks ended by `last`.
///
/// Sources: Collobert and Weston (2008), the maximum over time; Yang et al. (2016), §2.2, a learned query,
/// <https://aclanthology.org/N16-1174>, here without the layer before it.
public struct Pooling: Module {
  /// How the steps are joined.
  public enum Kind: String, Sendable, Hashable, CaseIterable { case last, mean, max, attention }

  /// How the steps are joined.
  public let kind: Kind
  /// q, `[1, H]`; only for attention.
  public var query: Tensor?

  /// A pooling of vectors of size H.
  public init(_ kind: Kind, size: Int, scalarType: ScalarType = .float32) {
    self.kind = kind
    query = kind == .attention ? .zeros([1, size], scalarType: scalarType) : nil
  }

  /// Joins the steps of each sequence.
  ///
  /// - Parameters:
  ///   - steps: What the layer puts out, values `[N, H]`.
  ///   - ends: Where its walks end, `[B, H]`.
  /// - Returns: A vector for each sequence, `[B, H]`.
  public func callAsFunction(_ steps: SequenceBatch, ends: Tensor) -> Tensor {
    switch kind {
    case .last:
      return ends
    case .mean:
      let counts = steps.lengths.map { Double(Swift.max($0, 1)) }
      return sums(of: steps.values, steps)
        / Tensor(counts, shape: [steps.count, 1], scalarType: ends.scalarType)
    case .max:
      let maxima = unfold(
        MaximumCell(size: ends.shape[1], scalarType: ends.scalarType), over: steps.chain(),
        steps.values
      ).last
      let hasSteps = steps.lengths.map { $0 > 0 ? 1.0 : 0.0 }
      return Tensor.select(
        Tensor(hasSteps, shape: [steps.count, 1], scalarType: ends.scalarType), maxima,
        Tensor.zeros(ends.shape, scalarType: ends.scalarType))
    case .attention:
      let weights = weights(of: steps)
      let sum = sums(of: Tensor.concatenate([steps.values * weights, weights], axis: 1), steps)
      let size = ends.shape[1]
      // A sequence of no steps has no weights either: 0 of something.
      let total = sum.slice(size..<size + 1, axis: 1)
      return sum.slice(0..<size, axis: 1) / (total + (total .== 0))
    }
  }

  /// exp(h(t)·q − the largest of the sequence), `[N, 1]`: the softmax before it is divided by its sum.
  private func weights(of steps: SequenceBatch) -> Tensor {
    demand(query != nil, "Pooling: attention needs a query")
    let scores = steps.values.matmulTransposed(query ?? .zeros([1, steps.values.shape[1]]))
    // What is subtracted from all scores of a sequence has no part in the result, nor in its gradient.
    let rows = steps.sequences.elements
    var largest = Array(repeating: -Double.infinity, count: steps.count)
    let numbers = scores.detached.scalars
    for (row, sequence) in rows.enumerated() {
      largest[Int(sequence)] = Swift.max(largest[Int(sequence)], numbers[row])
    }
    let shift = Tensor(
      rows.map { largest[Int($0)] }, shape: [rows.count, 1], scalarType: scores.scalarType)
    return (scores - shift).exp()
  }

  /// The sum over the steps of each sequence, `[N, H] → [B, H]`.
  private func sums(of values: Tensor, _ steps: SequenceBatch) -> Tensor {
    values.scatterAddRows(steps.sequences, rows: steps.count)
  }

  public mutating func visit<V: ParameterVisitor>(_ visitor: inout V) throws(V.Failure) {
    try visitor.parameter("query", &query)
  }
}

/// m(t) = max(m(t−1), x(t)).
private struct MaximumCell: Cell {
  let size: Int
  let scalarType: ScalarType

  func initialState(batch: Int) -> Tensor {
    // Below every number that a layer puts out, but a number.
    .full([batch, size], -1e30, scalarType: scalarType)
  }

  func step(_ input: Tensor, from state: Tensor) -> Tensor { .maximum(state, input) }
}

extension Pooling: SummarizedLayer {
  /// One row: `[B, T, H]` gives `[B, H]`.
  public func summaryRows(input: [Summary.Axis]) -> [Summary.Row] {
    demand(input.count == 3, "Summary: pooling needs input [B, T, H], got \(input)")
    let name = kind == .last ? "Last states" : "Pooling (\(kind.rawValue))"
    return [.init(name, output: [input[0], input[2]], parameterCount: parameterCount)]
  }
}
