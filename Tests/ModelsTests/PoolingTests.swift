import Layers
import Models
import Tensors
import TestSupport
import Testing
import Unfolding

@Suite("Pooling")
struct PoolingTests {
  static let lengths = [3, 0, 1, 5]
  /// N = 9, H = 2.
  static let values = RandomValues.tensor([9, 2], seed: 5)
  static let ends = RandomValues.tensor([4, 2], seed: 6)

  static func batch(_ values: Tensor = values, order: NodeOrder = .sequenceMajor) -> SequenceBatch {
    SequenceBatch(values, lengths: lengths, order: order)
  }

  static func pooling(_ kind: Pooling.Kind) -> Pooling {
    var pooling = Pooling(kind, size: 2, scalarType: .float64)
    if kind == .attention { pooling.query = RandomValues.tensor([1, 2], seed: 7) }
    return pooling
  }

  /// The definition, sequence by sequence and number by number.
  static func expected(_ kind: Pooling.Kind) -> [Double] {
    let (x, e) = (values.scalars, ends.scalars)
    let q = (pooling(.attention).query?.scalars) ?? []
    var first = 0
    return lengths.indices.flatMap { sequence -> [Double] in
      let rows = first..<first + lengths[sequence]
      first = rows.upperBound
      let scores = rows.map { x[2 * $0] * q[0] + x[2 * $0 + 1] * q[1] }
      let weights = scores.map { Tensor($0, scalarType: .float64).exp().item }
      return (0..<2).map { unit in
        let column = rows.map { x[2 * $0 + unit] }
        switch kind {
        case .last: return e[2 * sequence + unit]
        case .mean: return column.isEmpty ? 0 : column.reduce(0, +) / Double(column.count)
        case .max: return column.max() ?? 0
        case .attention:
          return column.isEmpty
            ? 0 : zip(column, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        }
      }
    }
  }

  @Test("every kind is what its definition says", arguments: Pooling.Kind.allCases)
  func definition(kind: Pooling.Kind) {
    let pooled = Self.pooling(kind)(Self.batch(), ends: Self.ends)
    #expect(pooled.shape == [4, 2])
    expectClose(
      pooled, Tensor(Self.expected(kind), shape: [4, 2], scalarType: .float64), relative: 1e-12,
      absolute: 1e-12)
  }

  @Test("gradients match finite differences", arguments: Pooling.Kind.allCases)
  func gradients(kind: Pooling.Kind) {
    let pooling = Self.pooling(kind)
    checkGradient(at: [Self.values, Self.ends] + pooling.parameters.map(\.tensor)) { points in
      pooling.replacingParameters(Array(points.dropFirst(2)))(
        Self.batch(points[0]), ends: points[1])
    }
  }

  @Test("rows in the order of steps are the same sequences", arguments: Pooling.Kind.allCases)
  func order(kind: Pooling.Kind) {
    // Step by step, longer sequences first: 3, 0, 2; 3, 0; 3, 0; 3; 3.
    let rows: IndexTensor = [4, 0, 3, 5, 1, 6, 2, 7, 8]
    let pooled = Self.pooling(kind)(
      Self.batch(Self.values.gatherRows(rows), order: .stepMajor), ends: Self.ends)
    expectClose(
      pooled, Self.pooling(kind)(Self.batch(), ends: Self.ends), relative: 1e-12, absolute: 1e-12)
  }

  @Test func largeScoresStayNumbers() {
    var pooling = Self.pooling(.attention)
    pooling.query = Tensor([4000, -4000], shape: [1, 2], scalarType: .float64)
    let pooled = pooling(Self.batch(), ends: Self.ends)
    #expect(pooled.isFinite)
    // The step of the largest score, and nothing else.
    let x = Self.values.scalars
    let best = (4..<9).max { x[2 * $0] - x[2 * $0 + 1] < x[2 * $1] - x[2 * $1 + 1] } ?? 0
    expectClose(
      pooled.slice(3..<4), Self.values.slice(best..<best + 1), relative: 1e-9, absolute: 1e-9)
  }

  @Test func attentionStartsAsAMean() {
    let fresh = Pooling(.attention, size: 2, scalarType: .float64)
    #expect(fresh.parameters.map(\.name) == ["query"])
    expectClose(
      fresh(Self.batch(), ends: Self.ends), Self.pooling(.mean)(Self.batch(), ends: Self.ends),
      relative: 1e-12, absolute: 1e-12)
  }
}

/// Numbers that all differ.
enum RandomValues {
  static func tensor(_ shape: Shape, seed: UInt64, scalarType: ScalarType = .float64) -> Tensor {
    var generator = RandomGenerator(seed: seed)
    return generator.normal(shape, scalarType: scalarType)
  }
}
