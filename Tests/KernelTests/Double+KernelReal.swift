import CKernels

extension Double: KernelReal {
  var bits: UInt64 { bitPattern }
  static var lanes: Int { 32 }

  static func unary(_ function: unfold_unary, _ x: [Double]) -> [Double] {
    output(x.count) { unfold_unary_f64(function, Int64(x.count), x, $0) }
  }
  static func unaryPlain(_ function: unfold_unary, _ x: [Double]) -> [Double] {
    output(x.count) { unfold_unary_plain_f64(function, Int64(x.count), x, $0) }
  }
  static func unaryInPlace(_ function: unfold_unary, _ x: inout [Double]) {
    x.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unfold_unary_f64(function, Int64($0.count), base, base)
    }
  }
  static func binary(
    _ function: unfold_binary, _ rows: Int, _ columns: Int, _ left: Operand<Double>,
    _ right: Operand<Double>
  ) -> [Double] {
    output(rows * columns) {
      unfold_binary_f64(
        function, Int64(rows), Int64(columns), left.values, left.strides, right.values,
        right.strides, $0)
    }
  }
  static func binaryPlain(
    _ function: unfold_binary, _ rows: Int, _ columns: Int, _ left: Operand<Double>,
    _ right: Operand<Double>
  ) -> [Double] {
    output(rows * columns) {
      unfold_binary_plain_f64(
        function, Int64(rows), Int64(columns), left.values, left.strides, right.values,
        right.strides, $0)
    }
  }
  static func binaryInPlace(_ function: unfold_binary, _ left: inout [Double], _ right: [Double]) {
    let strides = unfold_operand_strides(row: Int64(left.count), column: 1)
    left.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unfold_binary_f64(function, 1, Int64($0.count), base, strides, right, strides, base)
    }
  }
  static func select(_ condition: [Double], _ yes: [Double], _ no: [Double]) -> [Double] {
    output(condition.count) { unfold_select_f64(Int64(condition.count), condition, yes, no, $0) }
  }
  static func addScaled(_ scale: Double, _ x: [Double], to y: inout [Double]) {
    unfold_add_scaled_f64(Int64(x.count), scale, x, &y)
  }
  static func fill(_ value: Double, _ count: Int) -> [Double] {
    output(count) { unfold_fill_f64(Int64(count), value, $0) }
  }

  static func reduce(
    _ kind: unfold_reduction, _ outer: Int, _ count: Int, _ inner: Int, _ x: [Double]
  ) -> [Double] {
    output(outer * inner) {
      unfold_reduce_f64(kind, Int64(outer), Int64(count), Int64(inner), x, $0)
    }
  }
  static func reducePlain(
    _ kind: unfold_reduction, _ outer: Int, _ count: Int, _ inner: Int, _ x: [Double]
  ) -> [Double] {
    output(outer * inner) {
      unfold_reduce_plain_f64(kind, Int64(outer), Int64(count), Int64(inner), x, $0)
    }
  }
  static func sumOfProducts(
    _ rows: Int, _ columns: Int, _ left: [Double], _ leftStride: Int, _ right: [Double],
    _ rightStride: Int, _ scale: [Double]?
  ) -> [Double] {
    output(columns) {
      unfold_sum_of_products_f64(
        Int64(rows), Int64(columns), left, Int64(leftStride), right, Int64(rightStride), scale, 1,
        $0)
    }
  }
  static func sumOfProductsPlain(
    _ rows: Int, _ columns: Int, _ left: [Double], _ leftStride: Int, _ right: [Double],
    _ rightStride: Int, _ scale: [Double]?
  ) -> [Double] {
    output(columns) {
      unfold_sum_of_products_plain_f64(
        Int64(rows), Int64(columns), left, Int64(leftStride), right, Int64(rightStride), scale, 1,
        $0)
    }
  }
  static func sumOfSquares(_ x: [Double]) -> Double { unfold_sum_of_squares_f64(Int64(x.count), x) }
  static func argmax(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Int32] {
    var result = [Int32](repeating: -1, count: rows)
    unfold_argmax_f64(Int64(rows), Int64(columns), x, &result)
    return result
  }
  static func largest(
    _ rows: Int, _ columns: Int, _ count: Int, _ x: [Double]
  ) -> (values: [Double], indices: [Int32]) {
    var values = [Double](repeating: .nan, count: rows * count)
    var indices = [Int32](repeating: -7, count: rows * count)
    unfold_largest_f64(Int64(rows), Int64(columns), Int64(count), x, &values, &indices)
    return (values, indices)
  }
  static func softmax(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Double] {
    output(rows * columns) { unfold_softmax_f64(Int64(rows), Int64(columns), x, $0) }
  }
  static func softmaxPlain(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Double] {
    output(rows * columns) { unfold_softmax_plain_f64(Int64(rows), Int64(columns), x, $0) }
  }
  static func softmaxInPlace(_ rows: Int, _ columns: Int, _ x: inout [Double]) {
    x.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unfold_softmax_f64(Int64(rows), Int64(columns), base, base)
    }
  }
  static func logSoftmax(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Double] {
    output(rows * columns) { unfold_log_softmax_f64(Int64(rows), Int64(columns), x, $0) }
  }
  static func logSoftmaxPlain(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Double] {
    output(rows * columns) { unfold_log_softmax_plain_f64(Int64(rows), Int64(columns), x, $0) }
  }
  static func logSoftmaxInPlace(_ rows: Int, _ columns: Int, _ x: inout [Double]) {
    x.withUnsafeMutableBufferPointer {
      guard let base = $0.baseAddress else { return }
      unfold_log_softmax_f64(Int64(rows), Int64(columns), base, base)
    }
  }
  static func logSumExp(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Double] {
    output(rows) { unfold_log_sum_exp_f64(Int64(rows), Int64(columns), x, $0) }
  }

  static func gather(_ columns: Int, _ x: [Double], _ indices: [Int32]) -> [Double] {
    output(indices.count * columns) {
      unfold_gather_rows_f64(Int64(indices.count), Int64(columns), x, indices, $0)
    }
  }
  static func scatterAdd(_ columns: Int, _ x: [Double], _ indices: [Int32], to y: inout [Double]) {
    unfold_scatter_add_rows_f64(Int64(indices.count), Int64(columns), x, indices, &y)
  }
  static func pick(_ columns: Int, _ x: [Double], _ indices: [Int32]) -> [Double] {
    output(indices.count) { unfold_pick_f64(Int64(indices.count), Int64(columns), x, indices, $0) }
  }
  static func copyBlock(
    _ rows: Int, _ columns: Int, _ x: [Double], _ inputStride: Int, to y: inout [Double],
    _ outputStride: Int,
    accumulate: Bool
  ) {
    unfold_copy_block_f64(
      Int64(rows), Int64(columns), x, Int64(inputStride), &y, Int64(outputStride),
      accumulate ? 1 : 0)
  }
  static func transpose(_ rows: Int, _ columns: Int, _ x: [Double]) -> [Double] {
    output(rows * columns) { unfold_transpose_f64(Int64(rows), Int64(columns), x, $0) }
  }

  static func uniform(_ key: UInt64, _ first: UInt64, _ count: Int) -> [Double] {
    output(count) { unfold_uniform_f64(key, first, Int64(count), $0) }
  }
  static func normal(_ key: UInt64, _ first: UInt64, _ count: Int) -> [Double] {
    output(count) { unfold_normal_f64(key, first, Int64(count), $0) }
  }
  static func mask(
    _ key: UInt64, _ columns: Int, _ sequences: [UInt64], _ steps: [UInt32], _ keep: Double,
    _ kept: Double
  ) -> [Double] {
    output(steps.count * columns) {
      unfold_mask_f64(key, Int64(steps.count), Int64(columns), sequences, steps, keep, kept, $0)
    }
  }

  static func tile(
    _ program: inout unfold_tile_program, _ views: [UnsafeMutablePointer<Double>?], _ rows: Int,
    _ first: Int, _ end: Int, plain: Bool
  ) {
    let run = plain ? unfold_tile_run_plain_f64 : unfold_tile_run_f64
    run(&program, views, Int64(rows), Int64(first), Int64(end))
  }

  /// What `write` leaves in `count` elements that held NaN, with a guard behind them that it must not touch.
  private static func output(_ count: Int, _ write: (UnsafeMutablePointer<Double>) -> Void)
    -> [Double]
  {
    let guards = 32
    var values = [Double](repeating: .nan, count: count + guards)
    for i in 0..<guards { values[count + i] = Double(i) + 0.25 }
    write(&values)
    for i in 0..<guards where values[count + i] != Double(i) + 0.25 {
      fatalError("a kernel wrote \(i + 1) elements past its output of \(count)")
    }
    return Array(values[..<count])
  }
}
