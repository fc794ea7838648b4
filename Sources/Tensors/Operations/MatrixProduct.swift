internal import CKernels

/// Products of matrices, or of stacks of matrices: the last two axes multiply, those before them broadcast.
struct MatrixProduct: Operation {
  var transposeLeft = false
  var transposeRight = false

  var reads: Reads { [.first, .second] }

  private struct Sizes {
    var rows, columns, inner: Int
    var batch: Shape
  }

  private func sizes(_ left: Tensor, _ right: Tensor) -> Sizes {
    demand(
      left.rank >= 2 && right.rank >= 2,
      "matmul: operands must be matrices, got \(left.shape) and \(right.shape)")
    let (m, k) =
      transposeLeft ? (left.shape[-1], left.shape[-2]) : (left.shape[-2], left.shape[-1])
    let (inner, n) =
      transposeRight ? (right.shape[-1], right.shape[-2]) : (right.shape[-2], right.shape[-1])
    let batch = Shape.broadcast(
      Shape(left.shape.dimensions.dropLast(2)), Shape(right.shape.dimensions.dropLast(2)))
    guard k == inner, let batch else {
      fatalError(
        "matmul: \(left.shape)\(transposeLeft ? "ᵀ" : "") · \(right.shape)\(transposeRight ? "ᵀ" : "") do not fit"
      )
    }
    demand(
      left.scalarType == right.scalarType,
      "matmul: operands are \(left.scalarType) and \(right.scalarType); convert one")
    return Sizes(rows: m, columns: n, inner: k, batch: batch)
  }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let sizes = sizes(inputs[0], inputs[1])
    let shape = Shape(sizes.batch.dimensions + [sizes.rows, sizes.columns])
    func compute<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { multiply(inputs[0], inputs[1], into: $0, accumulate: false) }
    }
    return compute(inputs[0].scalarType.kernels)
  }

  /// Writes the product to `output`, or adds it.
  func multiply<S: KernelScalar>(
    _ left: Tensor, _ right: Tensor, into output: UnsafeMutablePointer<S>, accumulate: Bool
  ) {
    let sizes = sizes(left, right)
    let kernel = unfold_matmul_shape(
      rows: Int64(sizes.rows), columns: Int64(sizes.columns), inner: Int64(sizes.inner),
      left_stride: Int64(left.shape[-1]), right_stride: Int64(right.shape[-1]),
      output_stride: Int64(sizes.columns), transpose_left: transposeLeft,
      transpose_right: transposeRight, accumulate: accumulate)
    let l = left.detached.broadcast(to: Shape(sizes.batch.dimensions + left.shape.dimensions.suffix(2)))
    let r = right.detached.broadcast(
      to: Shape(sizes.batch.dimensions + right.shape.dimensions.suffix(2)))
    l.withElements(S.self) { leftElements in
      r.withElements(S.self) { rightElements in
        for index in 0..<sizes.batch.count {
          S.matmul(
            kernel, leftElements + index * sizes.rows * sizes.inner,
            rightElements + index * sizes.inner * sizes.columns,
            output + index * sizes.rows * sizes.columns)
        }
      }
    }
  }

  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor)
    -> Cotangent
  {
    // C = A·B: Ā = C̄·Bᵀ and B̄ = Aᵀ·C̄; a transposed operand gets the transpose of that.
    let a = inputs[0], b = inputs[1]
    let (product, left, right): (MatrixProduct, Tensor, Tensor) =
      switch (index, transposeLeft, transposeRight) {
      case (0, false, _): (MatrixProduct(transposeRight: !transposeRight), g, b)
      case (0, true, _):
        (MatrixProduct(transposeLeft: transposeRight, transposeRight: true), b, g)
      case (_, _, false): (MatrixProduct(transposeLeft: !transposeLeft), a, g)
      case (_, _, true):
        (MatrixProduct(transposeLeft: true, transposeRight: transposeLeft), g, a)
      }
    if g.rank == 2 { return .product(product, left, right) }
    return .dense(apply(product, [left, right]).summed(to: inputs[index].shape))
  }
}

extension Tensor {
  /// The matrix product: `[…, M, K] · […, K, N] → […, M, N]`; axes before the last two broadcast.
  ///
  /// Each element is summed over k in order, whatever the other sizes: a row's result does not depend on how many
  /// rows stand beside it.
  public func matmul(_ right: Tensor) -> Tensor { apply(MatrixProduct(), [self, right]) }

  /// `[…, M, K] · […, N, K]ᵀ → […, M, N]`: the layout of weights, one row an output.
  public func matmulTransposed(_ right: Tensor) -> Tensor {
    apply(MatrixProduct(transposeRight: true), [self, right])
  }

  /// `[…, K, M]ᵀ · […, K, N] → […, M, N]`.
  public func transposedMatmul(_ right: Tensor) -> Tensor {
    apply(MatrixProduct(transposeLeft: true), [self, right])
  }
}
