package import CKernels

extension Float: KernelScalar {
  package static var scalarType: ScalarType { .float32 }

  package static func unary(
    _ function: unfold_unary, _ count: Int, _ input: UnsafePointer<Self>,
    _ output: UnsafeMutablePointer<Self>
  ) { unfold_unary_f32(function, Int64(count), input, output) }

  package static func binary(
    _ function: unfold_binary, _ rows: Int, _ columns: Int, _ left: UnsafePointer<Self>,
    _ leftStrides: unfold_operand_strides, _ right: UnsafePointer<Self>,
    _ rightStrides: unfold_operand_strides, _ output: UnsafeMutablePointer<Self>
  ) {
    unfold_binary_f32(
      function, Int64(rows), Int64(columns), left, leftStrides, right, rightStrides, output)
  }

  package static func select(
    _ count: Int, _ condition: UnsafePointer<Self>, _ yes: UnsafePointer<Self>,
    _ no: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>
  ) { unfold_select_f32(Int64(count), condition, yes, no, output) }

  package static func addScaled(
    _ count: Int, _ scale: Double, _ input: UnsafePointer<Self>,
    _ output: UnsafeMutablePointer<Self>
  ) { unfold_add_scaled_f32(Int64(count), Self(scale), input, output) }

  package static func fill(_ count: Int, _ value: Double, _ output: UnsafeMutablePointer<Self>) {
    unfold_fill_f32(Int64(count), Self(value), output)
  }

  package static func matmul(
    _ shape: unfold_matmul_shape, _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>,
    _ output: UnsafeMutablePointer<Self>, _ precision: ProductPrecision, isChained: Bool
  ) {
    withUnsafePointer(to: shape) {
      if let parts = bfloat16Parts(precision, isChained: isChained) {
        unfold_matmul_bf16(parts, $0, left, right, output)
      } else {
        unfold_matmul_f32($0, left, right, output)
      }
    }
  }

  package static func matmul(
    _ shape: unfold_matmul_shape, _ left: UnsafePointer<Self>, _ rights: [RightOperand<Self>],
    _ precision: ProductPrecision
  ) {
    guard let parts = bfloat16Parts(precision, isChained: false) else {
      return matmulOneByOne(shape, left, rights, precision)
    }
    let rights = rights.map {
      unfold_matmul_right(
        columns: Int64($0.columns), values: $0.values, stride: Int64($0.stride), output: $0.output,
        output_stride: Int64($0.columns))
    }
    withUnsafePointer(to: shape) {
      unfold_matmul_each_bf16(parts, $0, left, Int64(rights.count), rights)
    }
  }

  package static func bfloat16Parts(
    _ precision: ProductPrecision, isChained: Bool
  ) -> unfold_bf16_parts? {
    switch precision {
    case .full: isChained || unfold_bf16_split_is_fast() == 0 ? nil : UNFOLD_BF16_SPLIT
    case .bfloat16: UNFOLD_BF16_ROUNDED
    }
  }

  package static func packedByteCount(
    _ inner: Int, _ columns: Int, _ precision: ProductPrecision, isChained: Bool
  ) -> Int {
    if let parts = bfloat16Parts(precision, isChained: isChained) {
      2 * Int(unfold_packed_size_bf16(parts, Int64(inner), Int64(columns)))
    } else {
      4 * Int(unfold_packed_size(Int64(inner), Int64(columns)))
    }
  }

  package static func reduce(
    _ kind: unfold_reduction, _ outer: Int, _ count: Int, _ inner: Int,
    _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>
  ) { unfold_reduce_f32(kind, Int64(outer), Int64(count), Int64(inner), input, output) }

  package static func sumOfProducts(
    _ rows: Int, _ columns: Int, _ left: UnsafePointer<Self>, _ leftStride: Int,
    _ right: UnsafePointer<Self>, _ rightStride: Int, _ scale: UnsafePointer<Self>?,
    _ scaleStride: Int, _ output: UnsafeMutablePointer<Self>
  ) {
    unfold_sum_of_products_f32(
      Int64(rows), Int64(columns), left, Int64(leftStride), right, Int64(rightStride), scale,
      Int64(scaleStride), output)
  }

  package static func sumOfSquares(_ count: Int, _ input: UnsafePointer<Self>) -> Double {
    unfold_sum_of_squares_f32(Int64(count), input)
  }

  package static func argmax(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Int32>
  ) { unfold_argmax_f32(Int64(rows), Int64(columns), input, output) }

  package static func largest(
    _ rows: Int, _ columns: Int, _ count: Int, _ input: UnsafePointer<Self>,
    _ values: UnsafeMutablePointer<Self>, _ indices: UnsafeMutablePointer<Int32>
  ) { unfold_largest_f32(Int64(rows), Int64(columns), Int64(count), input, values, indices) }

  package static func softmax(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>
  ) { unfold_softmax_f32(Int64(rows), Int64(columns), input, output) }

  package static func logSoftmax(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>
  ) { unfold_log_softmax_f32(Int64(rows), Int64(columns), input, output) }

  package static func logSumExp(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>
  ) { unfold_log_sum_exp_f32(Int64(rows), Int64(columns), input, output) }

  package static func crossEntropyScan(
    _ block: LogitBlock<Self>, _ targets: UnsafePointer<Int32>,
    _ maximum: UnsafeMutablePointer<Self>,
    _ sum: UnsafeMutablePointer<Self>, _ target: UnsafeMutablePointer<Self>
  ) {
    unfold_cross_entropy_scan_f32(
      Int64(block.rows), Int64(block.columns), Int64(block.first), block.logits,
      Int64(block.columns), block.bias, targets, maximum, sum, target)
  }

  package static func crossEntropy(
    _ rows: Int, _ maximum: UnsafePointer<Self>, _ sum: UnsafePointer<Self>,
    _ target: UnsafePointer<Self>, _ losses: UnsafeMutablePointer<Self>
  ) { unfold_cross_entropy_f32(Int64(rows), maximum, sum, target, losses) }

  package static func crossEntropyGradient(
    _ block: LogitBlock<Self>, _ targets: UnsafePointer<Int32>, _ maximum: UnsafePointer<Self>,
    _ sum: UnsafePointer<Self>, _ upstream: UnsafePointer<Self>,
    _ gradient: UnsafeMutablePointer<Self>, _ biasGradient: UnsafeMutablePointer<Self>?
  ) {
    unfold_cross_entropy_gradient_f32(
      Int64(block.rows), Int64(block.columns), Int64(block.first), block.logits,
      Int64(block.columns), block.bias, targets, maximum, sum, upstream, gradient,
      Int64(block.columns), biasGradient)
  }

  package static func gatherRows(
    _ count: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ indices: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Self>
  ) { unfold_gather_rows_f32(Int64(count), Int64(columns), input, indices, output) }

  package static func rowProducts(
    _ shape: unfold_row_product_shape, _ count: Int, _ left: UnsafePointer<Self>,
    _ leftStride: Int, _ right: UnsafePointer<Self>, _ rightStride: Int,
    _ output: UnsafeMutablePointer<Self>, _ outputStride: Int
  ) {
    unfold_row_products_f32(
      shape, Int64(count), left, Int64(leftStride), right, Int64(rightStride), output,
      Int64(outputStride))
  }

  package static func scatterAddRows(
    _ count: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ indices: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Self>
  ) { unfold_scatter_add_rows_f32(Int64(count), Int64(columns), input, indices, output) }

  package static func pick(
    _ count: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ indices: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Self>
  ) { unfold_pick_f32(Int64(count), Int64(columns), input, indices, output) }

  package static func copyBlock(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ inputStride: Int,
    _ output: UnsafeMutablePointer<Self>, _ outputStride: Int, accumulate: Bool
  ) {
    unfold_copy_block_f32(
      Int64(rows), Int64(columns), input, Int64(inputStride), output, Int64(outputStride),
      accumulate ? 1 : 0)
  }

  package static func transpose(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>
  ) { unfold_transpose_f32(Int64(rows), Int64(columns), input, output) }

  package static func uniform(
    _ key: UInt64, _ first: UInt64, _ count: Int, _ output: UnsafeMutablePointer<Self>
  ) { unfold_uniform_f32(key, first, Int64(count), output) }

  package static func normal(
    _ key: UInt64, _ first: UInt64, _ count: Int, _ output: UnsafeMutablePointer<Self>
  ) { unfold_normal_f32(key, first, Int64(count), output) }

  package static func mask(
    _ key: UInt64, _ rows: Int, _ columns: Int, _ sequences: UnsafePointer<UInt64>,
    _ steps: UnsafePointer<UInt32>, _ keep: Double, _ kept: Double,
    _ output: UnsafeMutablePointer<Self>
  ) {
    unfold_mask_f32(
      key, Int64(rows), Int64(columns), sequences, steps, keep, Self(kept), output)
  }

  package static func walk(_ walk: inout unfold_walk) { unfold_walk_f32(&walk) }

  package static func tileRows(
    _ program: unfold_tile_program, _ views: [UnsafeMutablePointer<Self>?], _ rows: Int,
    _ columns: Int
  ) {
    withUnsafePointer(to: program) {
      unfold_tile_rows_f32($0, views, Int64(rows), Int64(columns))
    }
  }
}
