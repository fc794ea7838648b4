/// A range of one axis.
package struct Slice: Operation {
  package let axis: Int
  package let range: Range<Int>

  package init(axis: Int, range: Range<Int>) {
    self.axis = axis
    self.range = range
  }

  package var reads: Reads { [] }

  package func shape(of inputs: [Tensor]) -> Shape {
    let x = inputs[0]
    demand(
      range.lowerBound >= 0 && range.upperBound <= x.shape[axis],
      "slice: range \(range) exceeds axis \(axis) of \(x.shape)")
    return x.shape.replacing(axis, with: range.count)
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0], shape = shape(of: inputs)
    let (outer, count, inner) = x.shape.folded(at: axis)
    let start = range.lowerBound * inner, width = range.count * inner
    // A part of the outermost axis is one run of memory and is shared.
    if outer == 1 {
      return Tensor(
        shape: shape, scalarType: x.scalarType, storage: x.storage, offset: x.offset + start)
    }
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { output in
        x.withElements(S.self) {
          S.copyBlock(outer, width, $0 + start, count * inner, output, width, accumulate: false)
        }
      }
    }
    return compute(x.scalarType.kernels)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .slice(g, axis: axis, start: range.lowerBound) }
}

/// Zeros with the operand placed at `start` of one axis: the adjoint of ``Slice``.
package struct Place: Operation {
  package let axis: Int
  package let start: Int
  package let size: Int

  package var reads: Reads { [] }

  package func shape(of inputs: [Tensor]) -> Shape {
    inputs[0].shape.replacing(axis, with: size)
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    var sum = CotangentSum(
      like: Tensor(shape: shape(of: inputs), scalarType: inputs[0].scalarType, storage: nil))
    sum.add(.slice(inputs[0].detached, axis: axis, start: start))
    return sum.takeTotal() ?? .zeros(sum.shape, scalarType: sum.scalarType)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  {
    .dense(g.slice(start..<start + inputs[0].shape[axis], axis: axis))
  }
}

/// Tensors joined along one axis.
package struct Concatenate: Operation {
  package let axis: Int
  /// Where each operand starts along the axis.
  package let starts: [Int]

  package init(_ tensors: [Tensor], axis: Int) {
    self.axis = axis
    var end = 0
    starts = tensors.map { tensor in
      defer { end += tensor.shape[axis] }
      return end
    }
  }

  package var reads: Reads { [] }

  package func shape(of inputs: [Tensor]) -> Shape {
    inputs[0].shape.replacing(axis, with: inputs.reduce(0) { $0 + $1.shape[axis] })
  }

  package func evaluate(_ inputs: [Tensor]) -> Tensor {
    let first = inputs[0]
    demand(
      inputs.allSatisfy { $0.scalarType == first.scalarType },
      "concatenate: operands are \(inputs.map(\.scalarType.rawValue)); convert some")
    demand(
      inputs.allSatisfy { $0.shape.replacing(axis, with: first.shape[axis]) == first.shape },
      "concatenate: operands \(inputs.map(\.shape)) differ beside axis \(axis)")
    let shape = shape(of: inputs)
    let (outer, total, inner) = shape.folded(at: axis)
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { output in
        var start = 0
        for input in inputs {
          let width = input.shape[axis] * inner
          input.withElements(S.self) {
            S.copyBlock(
              outer, width, $0, width, output + start, total * inner, accumulate: false)
          }
          start += width
        }
      }
    }
    return compute(first.scalarType.kernels)
  }

  package func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  {
    let start = starts[index]
    return .dense(g.slice(start..<start + inputs[index].shape[axis], axis: axis))
  }
}

extension Tensor {
  /// A range of one axis. A range of the outermost axis shares memory with this tensor.
  public func slice(_ range: Range<Int>, axis: Int = 0) -> Tensor {
    let axis = shape.normalized(axis)
    return range == 0..<shape[axis] ? self : apply(Slice(axis: axis, range: range), [self])
  }

  /// `parts` pieces of equal size along an axis.
  public func split(_ parts: Int, axis: Int = -1) -> [Tensor] {
    let size = shape[axis]
    demand(
      parts > 0 && size % parts == 0, "split: axis \(axis) of \(shape) does not split in \(parts)")
    let width = size / parts
    return (0..<parts).map { slice($0 * width..<($0 + 1) * width, axis: axis) }
  }

  /// Tensors joined along an axis; their other axes must agree.
  public static func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { fatalError("concatenate: needs at least one tensor") }
    let at = first.shape.normalized(axis)
    for tensor in tensors {
      demand(
        tensor.rank == first.rank
          && tensor.shape.replacing(at, with: 0) == first.shape.replacing(at, with: 0),
        "concatenate: shapes \(tensors.map(\.shape)) do not fit along axis \(at)")
    }
    return tensors.count == 1
      ? first : apply(Concatenate(tensors, axis: at), tensors)
  }

  /// Tensors of one shape side by side along a new axis.
  public static func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
    guard let first = tensors.first else { fatalError("stack: needs at least one tensor") }
    let at = axis < 0 ? axis + first.rank + 1 : axis
    demand(0...first.rank ~= at, "stack: axis \(axis) does not exist for shape \(first.shape)")
    var sizes = first.shape.dimensions
    sizes.insert(1, at: at)
    return concatenate(tensors.map { $0.reshaped(to: Shape(sizes)) }, axis: at)
  }
}
