internal import CKernels
public import Layers
internal import Tensors

/// Keeps one bad batch from throwing a model far away: gradients of recurrent nets can explode.
///
/// Source: Pascanu, Mikolov and Bengio (2013), algorithm 1, <https://arxiv.org/abs/1211.5063>; by element: Mikolov
/// (2012), §3.2.2.
public enum GradientClipping: Sendable, Hashable {
  /// Gradients as they are.
  case none
  /// Every element within ±limit.
  case element(limit: Double)
  /// All together scaled by limit/n when their norm n is above the limit.
  case globalNorm(limit: Double)

  /// Clips a gradient in place.
  ///
  /// One with an infinite or undefined element is left as it is, so that ``DivergenceMonitor`` can find the parameter.
  ///
  /// - Parameter gradient: A model-shaped gradient.
  /// - Returns: n = √Σ g² over all elements of all parameters, before the clipping.
  @discardableResult
  public func callAsFunction<M: Module>(_ gradient: inout M) -> Double {
    let norm = gradient.globalNorm
    guard norm.isFinite else { return norm }
    if case .element(let limit) = self {
      demand(limit > 0, "GradientClipping: the limit must be above 0, got \(limit)")
      gradient.updateParameters { $1.limit(to: limit) }
    }
    let scale = scale(norm: norm)
    if scale != 1 { gradient.updateParameters { $1.scale(by: scale) } }
    return norm
  }

  /// The factor that clips a gradient, for ``Optimizer/update(_:gradient:learningRate:gradientScale:)``: the same bits
  /// as clipping it first, without a pass of its own.
  ///
  /// - Parameter norm: ``Layers/Module/globalNorm`` of the gradient.
  /// - Returns: limit/n where the norm n is above the limit of ``globalNorm(limit:)``; else 1, and for a norm that is not
  ///   finite.
  public func scale(norm: Double) -> Double {
    guard case .globalNorm(let limit) = self else { return 1 }
    demand(limit > 0, "GradientClipping: the limit must be above 0, got \(limit)")
    return norm.isFinite && norm > limit ? limit / norm : 1
  }
}

extension Module {
  /// √Σ x² over all parameters, summed in double precision and always in the same order.
  public var globalNorm: Double {
    parameters.reduce(0) { $0 + $1.tensor.sumOfSquares }.squareRoot()
  }
}

extension Tensor {
  /// Multiplies every element in place.
  fileprivate mutating func scale(by factor: Double) {
    let type = scalarType, count = Int64(count)
    withUnsafeMutableBytes { bytes in
      guard let values = bytes.baseAddress else { return }
      switch type {
      case .float32: unfold_scale_f32(count, factor, values.assumingMemoryBound(to: Float.self))
      case .float64: unfold_scale_f64(count, factor, values.assumingMemoryBound(to: Double.self))
      }
    }
  }

  /// Brings every element within ±limit in place.
  fileprivate mutating func limit(to limit: Double) {
    let type = scalarType, count = Int64(count)
    withUnsafeMutableBytes { bytes in
      guard let values = bytes.baseAddress else { return }
      switch type {
      case .float32: unfold_limit_f32(count, limit, values.assumingMemoryBound(to: Float.self))
      case .float64: unfold_limit_f64(count, limit, values.assumingMemoryBound(to: Double.self))
      }
    }
  }
}
