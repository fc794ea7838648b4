public import Tensors
public import Testing

/// A function and where to take its gradient: an argument of tests that run over many.
public struct GradientCase: Sendable, CustomTestStringConvertible {
  public let name: String
  public let points: [Tensor]
  public let function: @Sendable ([Tensor]) -> Tensor

  public init(
    _ name: String, at points: Tensor..., of function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.points = points
    self.function = function
  }

  public var testDescription: String { name }
}

/// Compares the gradient of a function by the tape with central finite differences, for every element of every point.
///
/// The function may give a tensor of any shape: the gradient is taken of Σ w·f, with fixed weights w that all differ, so
/// that no two elements of the result can stand in for each other. With steps of 1e-5 in double precision, the
/// differences themselves are right to about 1e-10 for functions of moderate curvature; a rule that is wrong is off by
/// far more than the tolerance of 1e-7 + 1e-6·|gradient|.
///
/// The points are in double precision and away from kinks.
public func checkGradient(
  at points: [Tensor], step: Double = 1e-5, relative: Double = 1e-6, absolute: Double = 1e-7,
  sourceLocation: SourceLocation = #_sourceLocation, of function: ([Tensor]) -> Tensor
) {
  func loss(_ points: [Tensor]) -> Tensor { weighted(function(points), seed: 77) }
  let found = valueWithGradient(at: points, in: loss)
  expectClose(
    found.value, loss(points), relative: 0, absolute: 0, "value with and without the tape",
    sourceLocation: sourceLocation)
  for (index, point) in points.enumerated() {
    let elements = point.scalars
    let differences = elements.indices.map { place -> Double in
      let values = [step, -step].map { step in
        var moved = elements
        moved[place] += step
        var points = points
        points[index] = Tensor(moved, shape: point.shape, scalarType: .float64)
        return loss(points).item
      }
      return (values[0] - values[1]) / (2 * step)
    }
    expectClose(
      found.gradients[index],
      Tensor(differences, shape: point.shape, scalarType: .float64),
      relative: relative, absolute: absolute, "gradient of operand \(index)",
      sourceLocation: sourceLocation)
  }
}

/// Compares the gradient of ∇f·v, f as in ``checkGradient(at:step:relative:absolute:sourceLocation:of:)`` and v fixed
/// directions, with central finite differences of ∇f·v: the second derivatives, mixed ones included.
public func checkSecondDerivative(
  at points: [Tensor], step: Double = 1e-5, relative: Double = 1e-6, absolute: Double = 1e-7,
  sourceLocation: SourceLocation = #_sourceLocation, of function: ([Tensor]) -> Tensor
) {
  checkGradient(
    at: points, step: step, relative: relative, absolute: absolute, sourceLocation: sourceLocation
  ) { points in
    let inner = valueWithGradient(at: points) { weighted(function($0), seed: 78) }
    return inner.gradients.enumerated().reduce(Tensor(0, scalarType: .float64)) { sum, next in
      sum + weighted(next.element, seed: 79 + UInt64(next.offset))
    }
  }
}

/// Σ w·x with fixed weights of either sign, none near 0.
private func weighted(_ x: Tensor, seed: UInt64) -> Tensor {
  let size = Tensor.scattered(x.shape, seed: seed, in: 0.5...1.5)
  let sign = Tensor.scattered(x.shape, seed: seed + 1000).sign()
  return (x * size * sign).sum()
}
