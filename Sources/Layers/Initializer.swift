public import Tensors

/// How a weight starts.
///
/// A weight is `[fanOut, fanIn]`, one row an output.
public enum Initializer: Sendable, Hashable {
  /// All zero.
  case zeros
  /// Even over ±range.
  case uniform(range: Double)
  /// Even over ±√(6/(fanIn+fanOut)) (Glorot and Bengio 2010, eq. 16).
  case xavier
  /// Normal with variance 2/fanIn (He et al. 2015, eq. 10).
  case he
  /// A random rotation: orthonormal rows or columns (Saxe, McClelland and Ganguli 2014).
  case orthogonal

  /// A fresh weight.
  ///
  /// - Parameters:
  ///   - shape: `[fanOut, fanIn]`.
  ///   - generator: Where the numbers come from.
  ///   - scalarType: The weight's type.
  /// - Returns: A weight of that shape.
  public func callAsFunction(
    _ shape: Shape, using generator: inout RandomGenerator, scalarType: ScalarType = .float32
  ) -> Tensor {
    demand(shape.rank == 2, "Initializer: a weight is [fanOut, fanIn], got \(shape)")
    let fanOut = shape[0], fanIn = shape[1]
    switch self {
    case .zeros:
      return .zeros(shape, scalarType: scalarType)
    case .uniform(let range):
      return generator.uniform(shape, scalarType: scalarType) * (2 * range) - range
    case .xavier:
      let bound = (6 / Double(max(fanIn + fanOut, 1))).squareRoot()
      return Initializer.uniform(range: bound)(shape, using: &generator, scalarType: scalarType)
    case .he:
      let deviation = (2 / Double(max(fanIn, 1))).squareRoot()
      return generator.normal(shape, standardDeviation: deviation, scalarType: scalarType)
    case .orthogonal:
      let tall: Shape = [max(fanOut, fanIn), min(fanOut, fanIn)]
      let basis = Self.orthonormalColumns(generator.normal(tall, scalarType: .float64))
      return (fanOut >= fanIn ? basis : basis.transposed()).converted(to: scalarType)
    }
  }

  /// A weight of several gates stacked, each a matrix of its own: `[gates · fanOut, fanIn]`.
  public func stacked(
    _ gates: Int, _ shape: Shape, using generator: inout RandomGenerator,
    scalarType: ScalarType = .float32
  ) -> Tensor {
    .concatenate(
      (0..<gates).map { _ in self(shape, using: &generator, scalarType: scalarType) })
  }

  /// The columns of a tall matrix made orthonormal, one after the other (modified Gram–Schmidt, twice for accuracy).
  private static func orthonormalColumns(_ matrix: Tensor) -> Tensor {
    let rows = matrix.shape[0], columns = matrix.shape[1]
    var basis: [[Double]] = []
    let elements = matrix.scalars
    for column in 0..<columns {
      var vector = (0..<rows).map { elements[$0 * columns + column] }
      for _ in 0..<2 {
        for other in basis {
          let overlap = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for row in 0..<rows { vector[row] -= overlap * other[row] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      basis.append(vector.map { $0 / norm })
    }
    return .generate(matrix.shape, scalarType: .float64) { basis[$0 % columns][$0 / columns] }
  }
}
