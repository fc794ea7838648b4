package import CKernels

/// The sum, the largest or the smallest element along one axis, which stays with size 1.
package struct Reduce: Operation {
  package enum Kind: String, Sendable {
    case sum, max, min

    package var kernel: unfold_reduction {
      switch self {
      case .sum: UNFOLD_SUM
      case .max: UNFOLD_MAX
      case .min: UNFOLD_MIN
      }
    }
  }

  package let kind: Kind
  package let axis: Int

  package init(kind: Kind, axis: Int) {
    self.kind = kind
    self.axis = axis
  }

  package var reads: Reads { kind == .sum ? [] : [.first, .output] }

  package func shape(of inputs: [Tensor]) -> Shape {
    inputs[0].shape.replacing(axis, with: 1)
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    let (outer, count, inner) = x.shape.folded(at: axis)
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(x.shape.replacing(axis, with: 1), S.self) { output in
        x.withElements(S.self) { S.reduce(kind.kernel, outer, count, inner, $0, output) }
      }
    }
    return compute(x.scalarType.kernels)
  }

  package func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output y: Tensor, upstream g: Tensor
  )
    -> Cotangent
  {
    let x = inputs[0]
    if kind == .sum { return .dense(g.broadcast(to: x.shape)) }
    // Equal extremes share the gradient.
    let isExtreme = x .== y
    return .dense(isExtreme * (g / isExtreme.sum(axis: axis, keepingAxis: true)))
  }
}

extension Tensor {
  private func reduced(_ kind: Reduce.Kind, _ axis: Int, keepingAxis: Bool) -> Tensor {
    let axis = shape.normalized(axis)
    let result = apply(Reduce(kind: kind, axis: axis), [self])
    if keepingAxis { return result }
    var sizes = shape.dimensions
    sizes.remove(at: axis)
    return result.reshaped(to: Shape(sizes))
  }

  private func reducedAll(_ kind: Reduce.Kind) -> Tensor {
    reshaped(to: [count]).reduced(kind, 0, keepingAxis: false)
  }

  /// The sum of all elements, a scalar.
  public func sum() -> Tensor { reducedAll(.sum) }
  /// The sum along an axis, which goes, or stays with size 1.
  public func sum(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.sum, axis, keepingAxis: keepingAxis)
  }
  /// The mean of all elements, a scalar.
  public func mean() -> Tensor { sum() / Double(count) }
  /// The mean along an axis, which goes, or stays with size 1.
  public func mean(axis: Int, keepingAxis: Bool = false) -> Tensor {
    sum(axis: axis, keepingAxis: keepingAxis) / Double(shape[axis])
  }
  /// The largest element, a scalar; equal ones share the gradient.
  public func max() -> Tensor { reducedAll(.max) }
  /// The largest along an axis, which goes, or stays with size 1.
  public func max(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.max, axis, keepingAxis: keepingAxis)
  }
  /// The smallest element, a scalar; equal ones share the gradient.
  public func min() -> Tensor { reducedAll(.min) }
  /// The smallest along an axis, which goes, or stays with size 1.
  public func min(axis: Int, keepingAxis: Bool = false) -> Tensor {
    reduced(.min, axis, keepingAxis: keepingAxis)
  }

  /// The sum over the axes along which `target` would stretch to this shape: the adjoint of ``broadcast(to:)``.
  func summed(to target: Shape) -> Tensor {
    if shape == target { return self }
    var result = self
    let extra = rank - target.rank
    if extra > 0 {
      let leading = shape.dimensions[..<extra].reduce(1, *)
      result = result.reshaped(to: Shape([leading] + shape.dimensions[extra...])).sum(axis: 0)
    }
    for axis in 0..<target.rank where target.dimensions[axis] == 1 && result.shape[axis] != 1 {
      result = result.sum(axis: axis, keepingAxis: true)
    }
    return result
  }
}
