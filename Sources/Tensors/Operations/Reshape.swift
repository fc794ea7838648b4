/// The same elements in the same order under another shape.
package struct Reshape: Operation {
  package let shape: Shape

  package init(shape: Shape) { self.shape = shape }

  package var reads: Reads { [] }

  package func shape(of inputs: [Tensor]) -> Shape {
    let x = inputs[0]
    demand(
      x.count == shape.count,
      "reshape: \(x.shape) has \(x.count) elements, \(shape) needs \(shape.count)")
    return shape
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0], shape = shape(of: inputs)
    return Tensor(shape: shape, scalarType: x.scalarType, storage: x.storage, offset: x.offset)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(g.reshaped(to: inputs[0].shape)) }
}

/// Two axes exchanged.
package struct Transpose: Operation {
  package let first: Int
  package let second: Int

  package var reads: Reads { [] }

  package func shape(of inputs: [Tensor]) -> Shape {
    var sizes = inputs[0].shape.dimensions
    sizes.swapAt(first, second)
    return Shape(sizes)
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    // Read the axes as [outer, a, middle, b, inner]: exchanging a and b moves blocks of `inner`.
    let a = x.shape[first], b = x.shape[second]
    let outer = x.shape.dimensions[..<first].reduce(1, *)
    let middle = x.shape.dimensions[(first + 1)..<second].reduce(1, *)
    let inner = x.shape.dimensions[(second + 1)...].reduce(1, *)
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape(of: inputs), S.self) { output in
        x.withElements(S.self) { input in
          let block = a * middle * b * inner
          for o in 0..<outer {
            if middle == 1 && inner == 1 {
              S.transpose(a, b, input + o * block, output + o * block)
              continue
            }
            for i in 0..<a {
              for m in 0..<middle {
                S.copyBlock(
                  b, inner, input + o * block + (i * middle + m) * b * inner, inner,
                  output + o * block + (m * a + i) * inner, middle * a * inner, accumulate: false)
              }
            }
          }
        }
      }
    }
    return compute(x.scalarType.kernels)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(g.transposed(first, second)) }
}

extension Tensor {
  /// The same elements under another shape of the same count, without a copy.
  public func reshaped(to target: Shape) -> Tensor {
    shape == target ? self : apply(Reshape(shape: target), [self])
  }

  /// A copy with two axes exchanged; without arguments, the last two.
  public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    let a = shape.normalized(first), b = shape.normalized(second)
    return a == b ? self : apply(Transpose(first: Swift.min(a, b), second: Swift.max(a, b)), [self])
  }
}
