internal import CKernels
internal import Tensors

/// A product of two matrices for each node, held as rows: `[rows, M·K]` and `[rows, K·N]` give `[rows, M·N]`.
///
/// It is what a batched product of a step becomes in a plan, where everything is a row. So is a product of each node's
/// matrix with one shared by all.
struct RowProduct: Operation {
  /// Those of the product, and the inner size.
  let rows: Int
  let inner: Int
  let columns: Int
  var transposeLeft = false
  var transposeRight = false

  /// Multiply-adds for a node.
  var work: Int { rows * inner * columns }

  /// What the kernel is told: the product, and whether it is added to what is there.
  func kernel(accumulates: Bool) -> unfold_row_product_shape {
    unfold_row_product_shape(
      rows: Int64(rows), columns: Int64(columns), inner: Int64(inner),
      transpose_left: transposeLeft, transpose_right: transposeRight, accumulate: accumulates)
  }

  var reads: Reads { [.first, .second] }
  func reads(for index: Int) -> Reads { index == 0 ? .second : .first }

  func shape(of inputs: [Tensor]) -> Shape { [inputs[0].shape[0], rows * columns] }

  func evaluate(_ inputs: [Tensor]) -> Tensor {
    let count = inputs[0].shape[0]
    let left = inputs[0].reshaped(
      to: transposeLeft ? [count, inner, rows] : [count, rows, inner])
    let right = inputs[1].reshaped(
      to: transposeRight ? [count, columns, inner] : [count, inner, columns])
    return apply(
      MatrixProduct(transposeLeft: transposeLeft, transposeRight: transposeRight), [left, right]
    ).reshaped(to: [count, rows * columns])
  }

  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream g: Tensor
  ) -> Cotangent {
    // As for one product: Ā = C̄·Bᵀ and B̄ = Aᵀ·C̄; a transposed operand gets the transpose of that.
    let (a, b) = (inputs[0], inputs[1])
    switch (index, transposeLeft, transposeRight) {
    case (0, false, _):
      return .dense(product(g, b, rows, columns, inner, transposeRight: !transposeRight))
    case (0, true, _):
      return .dense(
        product(
          b, g, inner, columns, rows, transposeLeft: transposeRight, transposeRight: true))
    case (_, _, false):
      return .dense(product(a, g, inner, rows, columns, transposeLeft: !transposeLeft))
    case (_, _, true):
      return .dense(
        product(
          g, a, columns, rows, inner, transposeLeft: true, transposeRight: transposeLeft))
    }
  }

  private func product(
    _ left: Tensor, _ right: Tensor, _ rows: Int, _ inner: Int, _ columns: Int,
    transposeLeft: Bool = false, transposeRight: Bool = false
  ) -> Tensor {
    apply(
      RowProduct(
        rows: rows, inner: inner, columns: columns, transposeLeft: transposeLeft,
        transposeRight: transposeRight), [left, right])
  }
}

extension Graph {
  /// Rows so many times as wide as others are far wider.
  static let wide = 8

  /// Whether a value is an outer product that is far wider than each of its operands, but for what is the same for all.
  func isSpread(_ number: Int) -> Bool {
    let value = values[number]
    return value.operation(RowProduct.self)?.inner == 1
      && value.inputs.allSatisfy { input in
        values[input].operation(SameForAll.self) != nil
          || value.width >= Self.wide * values[input].width
      }
  }
}
