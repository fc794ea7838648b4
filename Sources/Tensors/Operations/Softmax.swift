/// The softmax of each row of the last axis, its logarithm, or the logarithm of its denominator.
package struct Softmax: Operation {
  package enum Kind: String, Sendable { case softmax, logSoftmax, logSumExp }

  package let kind: Kind

  package var reads: Reads { kind == .logSumExp ? .first : .output }

  package func shape(of inputs: [Tensor]) -> Shape {
    let x = inputs[0]
    demand(x.rank >= 1, "\(kind): a scalar has no rows")
    return kind == .logSumExp ? x.shape.replacing(-1, with: 1) : x.shape
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0], shape = shape(of: inputs)
    let columns = x.shape[-1]
    let rows = x.shape.dimensions.dropLast().reduce(1, *)
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { output in
        x.withElements(S.self) { input in
          switch kind {
          case .softmax: S.softmax(rows, columns, input, output)
          case .logSoftmax: S.logSoftmax(rows, columns, input, output)
          case .logSumExp: S.logSumExp(rows, columns, input, output)
          }
        }
      }
    }
    return compute(x.scalarType.kernels)
  }

  package func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output y: Tensor, upstream g: Tensor
  )
    -> Cotangent
  {
    switch kind {
    case .softmax: .dense(y * (g - (g * y).sum(axis: -1, keepingAxis: true)))
    case .logSoftmax: .dense(g - y.exp() * g.sum(axis: -1, keepingAxis: true))
    case .logSumExp: .dense(inputs[0].softmax() * g)
    }
  }
}

extension Tensor {
  /// softmax(x)ⱼ = exp(xⱼ) / Σₖ exp(xₖ) along the last axis.
  public func softmax() -> Tensor { apply(Softmax(kind: .softmax), [self]) }
  /// ln softmax(x) along the last axis, without overflow.
  public func logSoftmax() -> Tensor { apply(Softmax(kind: .logSoftmax), [self]) }
  /// ln Σₖ exp(xₖ) along the last axis, which goes.
  public func logSumExp() -> Tensor {
    apply(Softmax(kind: .logSumExp), [self]).reshaped(to: Shape(shape.dimensions.dropLast()))
  }
}
