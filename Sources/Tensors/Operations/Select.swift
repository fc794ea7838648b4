/// Takes each element from one of two tensors; shapes broadcast.
package struct Select: Operation {
  /// The condition has no gradient: it is handed over unrecorded.
  package var reads: Reads { .first }

  package func shape(of inputs: [Tensor]) -> Shape {
    guard let pair = Shape.broadcast(inputs[1].shape, inputs[2].shape),
      let shape = Shape.broadcast(inputs[0].shape, pair)
    else { fatalError("select: shapes \(inputs.map(\.shape)) do not broadcast") }
    return shape
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let shape = shape(of: inputs)
    demand(
      inputs.allSatisfy { $0.scalarType == inputs[0].scalarType },
      "select: operands are \(inputs.map(\.scalarType.rawValue)); convert some")
    let operands = inputs.map { $0.detached.broadcast(to: shape) }
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { output in
        operands[0].withElements(S.self) { condition in
          operands[1].withElements(S.self) { yes in
            operands[2].withElements(S.self) { no in
              S.select(shape.count, condition, yes, no, output)
            }
          }
        }
      }
    }
    return compute(operands[0].scalarType.kernels)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  {
    let zero = Tensor(0, scalarType: g.scalarType)
    let full =
      index == 1 ? Tensor.select(inputs[0], g, zero) : Tensor.select(inputs[0], zero, g)
    return .dense(full.summed(to: inputs[index].shape))
  }
}

extension Tensor {
  /// `yes` where `condition` is not 0, else `no`; shapes broadcast. The side not taken gets no gradient, NaN or not.
  public static func select(_ condition: Tensor, _ yes: Tensor, _ no: Tensor) -> Tensor {
    apply(Select(), [condition.detached, yes, no])
  }
}
