package import CKernels

/// One of several right operands of the same left one, and where their product goes.
package struct RightOperand<Scalar: KernelScalar> {
  package let columns: Int
  /// Its rows are `stride` elements apart.
  package let values: UnsafePointer<Scalar>
  package let stride: Int
  /// `[M, columns]`, without gaps.
  package let output: UnsafeMutablePointer<Scalar>

  package init(
    columns: Int, values: UnsafePointer<Scalar>, stride: Int, output: UnsafeMutablePointer<Scalar>
  ) {
    self.columns = columns
    self.values = values
    self.stride = stride
    self.output = output
  }
}

extension KernelScalar {
  /// The products one after the other.
  package static func matmulOneByOne(
    _ shape: unfold_matmul_shape, _ left: UnsafePointer<Self>, _ rights: [RightOperand<Self>],
    _ precision: ProductPrecision
  ) {
    for right in rights {
      var shape = shape
      shape.columns = Int64(right.columns)
      shape.right_stride = Int64(right.stride)
      shape.output_stride = Int64(right.columns)
      matmul(shape, left, right.values, right.output, precision, isChained: false)
    }
  }
}
