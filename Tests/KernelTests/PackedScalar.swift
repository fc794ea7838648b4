import CKernels

/// An element type of the products with packed right operands.
protocol PackedScalar: KernelScalar {
  static func pack(
    _ transposed: Bool, _ inner: Int, _ columns: Int, _ right: [Self], _ stride: Int,
    _ packed: inout [Self])
  static func packedMultiply(
    _ rows: Int, _ inner: Int, _ left: [Self], _ leftStride: Int, _ packed: [Self],
    _ columns: Int, _ part: Range<Int>, _ output: inout [Self], _ outputStride: Int,
    _ accumulate: Bool)
}

extension Float: PackedScalar {
  static func pack(
    _ transposed: Bool, _ inner: Int, _ columns: Int, _ right: [Float], _ stride: Int,
    _ packed: inout [Float]
  ) {
    unfold_pack_f32(transposed, Int64(inner), Int64(columns), right, Int64(stride), &packed)
  }

  static func packedMultiply(
    _ rows: Int, _ inner: Int, _ left: [Float], _ leftStride: Int, _ packed: [Float],
    _ columns: Int, _ part: Range<Int>, _ output: inout [Float], _ outputStride: Int,
    _ accumulate: Bool
  ) {
    unfold_packed_multiply_f32(
      Int64(rows), Int64(inner), left, Int64(leftStride), packed, Int64(columns),
      Int64(part.lowerBound), Int64(part.count), &output, Int64(outputStride), accumulate)
  }
}

extension Double: PackedScalar {
  static func pack(
    _ transposed: Bool, _ inner: Int, _ columns: Int, _ right: [Double], _ stride: Int,
    _ packed: inout [Double]
  ) {
    unfold_pack_f64(transposed, Int64(inner), Int64(columns), right, Int64(stride), &packed)
  }

  static func packedMultiply(
    _ rows: Int, _ inner: Int, _ left: [Double], _ leftStride: Int, _ packed: [Double],
    _ columns: Int, _ part: Range<Int>, _ output: inout [Double], _ outputStride: Int,
    _ accumulate: Bool
  ) {
    unfold_packed_multiply_f64(
      Int64(rows), Int64(inner), left, Int64(leftStride), packed, Int64(columns),
      Int64(part.lowerBound), Int64(part.count), &output, Int64(outputStride), accumulate)
  }
}

extension MatmulCase where Scalar: PackedScalar {
  /// The right operand packed by the set in use, NaN before packing and NaN in a vector's room behind it.
  func packedRight() -> [Scalar] {
    let size = Int(unfold_packed_size(Int64(inner), Int64(columns)))
    var packed = [Scalar](repeating: .nan, count: size + 16)
    Scalar.pack(
      transposeRight, inner, columns, right, Int(shape.right_stride), &packed)
    return packed
  }

  /// The output, padding included, after the product of each of `parts`.
  func packedProduct(parts: [Range<Int>]) -> [Scalar] {
    let packed = packedRight()
    var output = initialOutput
    for part in parts {
      Scalar.packedMultiply(
        rows, inner, left, Int(shape.left_stride), packed, columns, part, &output, outputStride,
        accumulate)
    }
    return output
  }
}
