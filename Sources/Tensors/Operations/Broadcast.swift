internal import CKernels

/// Stretches axes of size 1, and adds axes in front.
package struct Broadcast: Operation {
  package let shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package var reads: Reads { [] }

  package func shape(of inputs: [Tensor]) -> Shape {
    demand(
      Shape.broadcast(inputs[0].shape, shape) == shape,
      "broadcast: \(inputs[0].shape) does not stretch to \(shape)")
    return shape
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let shape = shape(of: inputs)
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      let walk = BroadcastWalk(shape, inputs[0].shape, [])
      return .filled(shape, S.self) { output in
        inputs[0].withElements(S.self) { input in
          // Times one is a copy of every number, as plus zero is not: −0 + 0 is +0.
          withUnsafePointer(to: S(1)) { one in
            walk.forEachBlock { from, _, to in
              S.binary(
                UNFOLD_MULTIPLY, walk.rows, walk.columns, input + from, walk.left, one, walk.right,
                output + to)
            }
          }
        }
      }
    }
    return compute(inputs[0].scalarType.kernels)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(g.summed(to: inputs[0].shape)) }
}

extension Tensor {
  /// This tensor stretched to `shape` by NumPy's rule.
  public func broadcast(to target: Shape) -> Tensor {
    shape == target ? self : apply(Broadcast(shape: target), [self])
  }
}
