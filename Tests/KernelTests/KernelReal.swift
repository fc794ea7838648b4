import CKernels

/// A width the kernels exist for: their functions on arrays, so that one test body covers float and double.
protocol KernelReal: BinaryFloatingPoint, Sendable {
  associatedtype Pattern: FixedWidthInteger & Sendable
  var bits: Pattern { get }
  /// The lanes in which a dense row is summed.
  static var lanes: Int { get }

  static func unary(_ function: unfold_unary, _ x: [Self]) -> [Self]
  static func unaryPlain(_ function: unfold_unary, _ x: [Self]) -> [Self]
  static func unaryInPlace(_ function: unfold_unary, _ x: inout [Self])
  static func binary(
    _ function: unfold_binary, _ rows: Int, _ columns: Int, _ left: Operand<Self>,
    _ right: Operand<Self>
  ) -> [Self]
  static func binaryPlain(
    _ function: unfold_binary, _ rows: Int, _ columns: Int, _ left: Operand<Self>,
    _ right: Operand<Self>
  ) -> [Self]
  static func binaryInPlace(_ function: unfold_binary, _ left: inout [Self], _ right: [Self])
  static func select(_ condition: [Self], _ yes: [Self], _ no: [Self]) -> [Self]
  static func addScaled(_ scale: Self, _ x: [Self], to y: inout [Self])
  static func fill(_ value: Self, _ count: Int) -> [Self]

  static func reduce(
    _ kind: unfold_reduction, _ outer: Int, _ count: Int, _ inner: Int, _ x: [Self]
  ) -> [Self]
  static func reducePlain(
    _ kind: unfold_reduction, _ outer: Int, _ count: Int, _ inner: Int, _ x: [Self]
  ) -> [Self]
  static func sumOfProducts(
    _ rows: Int, _ columns: Int, _ left: [Self], _ leftStride: Int, _ right: [Self],
    _ rightStride: Int, _ scale: [Self]?
  ) -> [Self]
  static func sumOfProductsPlain(
    _ rows: Int, _ columns: Int, _ left: [Self], _ leftStride: Int, _ right: [Self],
    _ rightStride: Int, _ scale: [Self]?
  ) -> [Self]
  static func sumOfSquares(_ x: [Self]) -> Double
  static func argmax(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Int32]
  static func largest(
    _ rows: Int, _ columns: Int, _ count: Int, _ x: [Self]
  ) -> (values: [Self], indices: [Int32])
  static func softmax(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Self]
  static func softmaxPlain(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Self]
  static func softmaxInPlace(_ rows: Int, _ columns: Int, _ x: inout [Self])
  static func logSoftmax(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Self]
  static func logSoftmaxPlain(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Self]
  static func logSoftmaxInPlace(_ rows: Int, _ columns: Int, _ x: inout [Self])
  static func logSumExp(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Self]

  static func gather(_ columns: Int, _ x: [Self], _ indices: [Int32]) -> [Self]
  static func scatterAdd(_ columns: Int, _ x: [Self], _ indices: [Int32], to y: inout [Self])
  static func pick(_ columns: Int, _ x: [Self], _ indices: [Int32]) -> [Self]
  static func copyBlock(
    _ rows: Int, _ columns: Int, _ x: [Self], _ inputStride: Int, to y: inout [Self],
    _ outputStride: Int, accumulate: Bool)
  static func transpose(_ rows: Int, _ columns: Int, _ x: [Self]) -> [Self]

  static func uniform(_ key: UInt64, _ first: UInt64, _ count: Int) -> [Self]
  static func normal(_ key: UInt64, _ first: UInt64, _ count: Int) -> [Self]
  static func mask(
    _ key: UInt64, _ columns: Int, _ sequences: [UInt64], _ steps: [UInt32], _ keep: Double,
    _ kept: Self
  ) -> [Self]

  static func tile(
    _ program: inout unfold_tile_program, _ views: [UnsafeMutablePointer<Self>?], _ rows: Int,
    _ first: Int, _ end: Int, plain: Bool)
}

/// An operand of a binary kernel and its broadcasting strides.
struct Operand<Real: KernelReal> {
  var values: [Real]
  var strides: unfold_operand_strides

  init(_ values: [Real], row: Int, column: Int) {
    self.values = values
    strides = unfold_operand_strides(row: Int64(row), column: Int64(column))
  }
}
