import CKernels
import COneDNN

/// A float32 product to time: its sizes, how its operands are stored, and the operands.
struct Product {
  /// How the operands are stored: N as the product reads them, T transposed; left first.
  enum Layout: String {
    case nn = "NN"
    case nt = "NT"
    case tn = "TN"
  }

  let rows: Int
  let columns: Int
  let inner: Int
  let layout: Layout

  private let left: [Float]
  private let right: [Float]

  init(_ rows: Int, _ columns: Int, _ inner: Int, _ layout: Layout) {
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.layout = layout
    left = (0..<(rows * inner)).map { _ in Float.random(in: -1..<1) }
    right = (0..<(inner * columns)).map { _ in Float.random(in: -1..<1) }
  }

  var name: String { "\(rows)×\(columns)×\(inner) \(layout.rawValue)" }
  var operations: Double { 2 * Double(rows) * Double(columns) * Double(inner) }

  private var leftStride: Int { layout == .tn ? rows : inner }
  private var rightStride: Int { layout == .nt ? inner : columns }

  /// Into output[rows, columns], by Unfold.
  func runUnfold(_ output: inout [Float]) {
    var shape = unfold_matmul_shape()
    shape.rows = Int64(rows)
    shape.columns = Int64(columns)
    shape.inner = Int64(inner)
    shape.left_stride = Int64(leftStride)
    shape.right_stride = Int64(rightStride)
    shape.output_stride = Int64(columns)
    shape.transpose_left = layout == .tn
    shape.transpose_right = layout == .nt
    unfold_matmul_f32(&shape, left, right, &output)
  }

  /// Into output[rows, columns], by oneDNN.
  func runOneDNN(_ output: inout [Float]) {
    func letter(_ transposed: Bool) -> CChar { CChar(UInt8(ascii: transposed ? "T" : "N")) }
    let status = dnnl_sgemm(
      letter(layout == .tn), letter(layout == .nt), dnnl_dim_t(rows), dnnl_dim_t(columns),
      dnnl_dim_t(inner), 1, left, dnnl_dim_t(leftStride), right, dnnl_dim_t(rightStride), 0,
      &output, dnnl_dim_t(columns))
    if status != dnnl_success { fatalError("dnnl_sgemm \(name): status \(status)") }
  }

  /// Whether both compute the same product, up to rounding.
  func agrees() -> Bool {
    var ours = [Float](repeating: 0, count: rows * columns)
    var theirs = ours
    runUnfold(&ours)
    runOneDNN(&theirs)
    return zip(ours, theirs).allSatisfy { abs($0 - $1) < 1e-5 * Float(inner) }
  }
}
