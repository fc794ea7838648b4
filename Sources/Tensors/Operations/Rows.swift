/// Rows of a table, by number: the look-up of an embedding.
struct GatherRows: Operation {
  let indices: IndexTensor

  var reads: Reads { [] }

  func shape(of inputs: [Tensor]) -> Shape {
    demand(inputs[0].rank >= 1, "gatherRows: a scalar has no rows")
    return Shape(indices.shape.dimensions + inputs[0].shape.dimensions.dropFirst())
  }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let table = inputs[0]
    let shape = shape(of: inputs)
    indices.check(in: 0..<table.shape[0], "gatherRows")
    let rest = table.shape.dimensions.dropFirst()
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { output in
        table.withElements(S.self) {
          S.gatherRows(indices.count, rest.reduce(1, *), $0, indices.elements, output)
        }
      }
    }
    return compute(table.scalarType.kernels)
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .rows(g, indices) }
}

/// Zeros with rows added at places given by number: the adjoint of ``GatherRows``.
struct ScatterAddRows: Operation {
  let indices: IndexTensor
  let rows: Int

  var reads: Reads { [] }

  func shape(of inputs: [Tensor]) -> Shape {
    let x = inputs[0]
    demand(
      x.shape.dimensions.starts(with: indices.shape.dimensions),
      "scatterAddRows: shape \(x.shape) does not start with the indices' \(indices.shape)")
    return Shape([rows] + x.shape.dimensions.dropFirst(indices.shape.rank))
  }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    indices.check(in: 0..<rows, "scatterAddRows")
    var sum = CotangentSum(
      like: Tensor(shape: shape(of: inputs), scalarType: x.scalarType, storage: nil))
    sum.add(.rows(x.detached, indices))
    return sum.takeTotal() ?? .zeros(sum.shape, scalarType: sum.scalarType)
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(g.gatherRows(indices)) }
}

/// One element of each row: `[N, V] → [N]`.
struct Pick: Operation {
  let indices: IndexTensor

  var reads: Reads { [] }

  func shape(of inputs: [Tensor]) -> Shape { [indices.count] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let x = inputs[0]
    demand(
      x.rank == 2 && x.shape[0] == indices.count,
      "pick: needs [\(indices.count), V] for \(indices.count) indices, got \(x.shape)")
    indices.check(in: 0..<x.shape[1], "pick")
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled([indices.count], S.self) { output in
        x.withElements(S.self) {
          S.pick(indices.count, x.shape[1], $0, indices.elements, output)
        }
      }
    }
    return compute(x.scalarType.kernels)
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .picked(g, indices) }
}

/// Rows of zeros with one element of each taken from the operand, `[N] → [N, columns]`: the adjoint of ``Pick``.
struct PlacePicked: Operation {
  let indices: IndexTensor
  let columns: Int

  var reads: Reads { [] }

  func shape(of inputs: [Tensor]) -> Shape { [indices.count, columns] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    var sum = CotangentSum(
      like: Tensor(
        shape: [indices.count, columns], scalarType: inputs[0].scalarType, storage: nil))
    sum.add(.picked(inputs[0].detached, indices))
    return sum.takeTotal() ?? .zeros(sum.shape, scalarType: sum.scalarType)
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  { .dense(g.pick(indices)) }
}

extension Tensor {
  /// Rows by number: `[R, …]` and indices of any shape give `[indices…, …]`.
  public func gatherRows(_ indices: IndexTensor) -> Tensor {
    apply(GatherRows(indices: indices), [self])
  }

  /// `rows` rows of zeros with row i of this tensor added to row `indices[i]`; a row named twice gets the sum.
  public func scatterAddRows(_ indices: IndexTensor, rows: Int) -> Tensor {
    apply(ScatterAddRows(indices: indices, rows: rows), [self])
  }

  /// Element `indices[i]` of each row i: `[N, V] → [N]`.
  public func pick(_ indices: IndexTensor) -> Tensor { apply(Pick(indices: indices), [self]) }
}
