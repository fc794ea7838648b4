package import CKernels

/// Ties each element type to its C kernels, so that an operation is written once for both.
package protocol KernelScalar: BinaryFloatingPoint, Sendable {
  static var scalarType: ScalarType { get }

  static func unary(
    _ function: unfold_unary, _ count: Int, _ input: UnsafePointer<Self>,
    _ output: UnsafeMutablePointer<Self>)
  static func binary(
    _ function: unfold_binary, _ rows: Int, _ columns: Int, _ left: UnsafePointer<Self>,
    _ leftStrides: unfold_operand_strides, _ right: UnsafePointer<Self>,
    _ rightStrides: unfold_operand_strides, _ output: UnsafeMutablePointer<Self>)
  static func select(
    _ count: Int, _ condition: UnsafePointer<Self>, _ yes: UnsafePointer<Self>,
    _ no: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  static func addScaled(
    _ count: Int, _ scale: Double, _ input: UnsafePointer<Self>,
    _ output: UnsafeMutablePointer<Self>)
  static func fill(_ count: Int, _ value: Double, _ output: UnsafeMutablePointer<Self>)
  static func matmul(
    _ shape: unfold_matmul_shape, _ left: UnsafePointer<Self>, _ right: UnsafePointer<Self>,
    _ output: UnsafeMutablePointer<Self>, _ precision: ProductPrecision, isChained: Bool)
  /// Products of one left operand with several right ones, none of them chained; of the shape the columns and the
  /// strides of right and output count for nothing.
  static func matmul(
    _ shape: unfold_matmul_shape, _ left: UnsafePointer<Self>, _ rights: [RightOperand<Self>],
    _ precision: ProductPrecision)
  /// What stands for an element of a product's operand; `nil` when it stands for itself, as it does in full precision
  /// when it is to be summed in one chain.
  static func bfloat16Parts(
    _ precision: ProductPrecision, isChained: Bool
  ) -> unfold_bf16_parts?
  /// Bytes of a packed right operand.
  static func packedByteCount(
    _ inner: Int, _ columns: Int, _ precision: ProductPrecision, isChained: Bool
  ) -> Int
  static func reduce(
    _ kind: unfold_reduction, _ outer: Int, _ count: Int, _ inner: Int,
    _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  /// Over rows, for each column; the rows' scales may be `nil`.
  static func sumOfProducts(
    _ rows: Int, _ columns: Int, _ left: UnsafePointer<Self>, _ leftStride: Int,
    _ right: UnsafePointer<Self>, _ rightStride: Int, _ scale: UnsafePointer<Self>?,
    _ scaleStride: Int, _ output: UnsafeMutablePointer<Self>)
  static func sumOfSquares(_ count: Int, _ input: UnsafePointer<Self>) -> Double
  static func argmax(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Int32>
  )
  static func largest(
    _ rows: Int, _ columns: Int, _ count: Int, _ input: UnsafePointer<Self>,
    _ values: UnsafeMutablePointer<Self>, _ indices: UnsafeMutablePointer<Int32>)
  static func softmax(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  static func logSoftmax(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  static func logSumExp(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  static func crossEntropyScan(
    _ block: LogitBlock<Self>, _ targets: UnsafePointer<Int32>,
    _ maximum: UnsafeMutablePointer<Self>,
    _ sum: UnsafeMutablePointer<Self>, _ target: UnsafeMutablePointer<Self>)
  static func crossEntropy(
    _ rows: Int, _ maximum: UnsafePointer<Self>, _ sum: UnsafePointer<Self>,
    _ target: UnsafePointer<Self>, _ losses: UnsafeMutablePointer<Self>)
  static func crossEntropyGradient(
    _ block: LogitBlock<Self>, _ targets: UnsafePointer<Int32>, _ maximum: UnsafePointer<Self>,
    _ sum: UnsafePointer<Self>, _ upstream: UnsafePointer<Self>,
    _ gradient: UnsafeMutablePointer<Self>, _ biasGradient: UnsafeMutablePointer<Self>?)
  static func gatherRows(
    _ count: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ indices: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Self>)
  static func rowProducts(
    _ shape: unfold_row_product_shape, _ count: Int, _ left: UnsafePointer<Self>,
    _ leftStride: Int, _ right: UnsafePointer<Self>, _ rightStride: Int,
    _ output: UnsafeMutablePointer<Self>, _ outputStride: Int)
  static func scatterAddRows(
    _ count: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ indices: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Self>)
  static func pick(
    _ count: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ indices: UnsafePointer<Int32>,
    _ output: UnsafeMutablePointer<Self>)
  static func copyBlock(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ inputStride: Int,
    _ output: UnsafeMutablePointer<Self>, _ outputStride: Int, accumulate: Bool)
  static func transpose(
    _ rows: Int, _ columns: Int, _ input: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  static func uniform(
    _ key: UInt64, _ first: UInt64, _ count: Int, _ output: UnsafeMutablePointer<Self>)
  static func normal(
    _ key: UInt64, _ first: UInt64, _ count: Int, _ output: UnsafeMutablePointer<Self>)
  static func mask(
    _ key: UInt64, _ rows: Int, _ columns: Int, _ sequences: UnsafePointer<UInt64>,
    _ steps: UnsafePointer<UInt32>, _ keep: Double, _ kept: Double,
    _ output: UnsafeMutablePointer<Self>)
  static func walk(_ walk: inout unfold_walk)
  static func tileRows(
    _ program: unfold_tile_program, _ views: [UnsafeMutablePointer<Self>?], _ rows: Int,
    _ columns: Int)
}

/// Some columns of a matrix of logits, without their bias.
package struct LogitBlock<Scalar> {
  let rows: Int
  let columns: Int
  /// Which of all columns the block starts with.
  let first: Int
  let logits: UnsafePointer<Scalar>
  /// The block's part of the bias.
  let bias: UnsafePointer<Scalar>?
}
