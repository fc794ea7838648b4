import CKernels

/// An element type of the kernels.
protocol KernelScalar: BinaryFloatingPoint, Sendable where RawSignificand: FixedWidthInteger {
  associatedtype Bits: FixedWidthInteger & Sendable
  var bitPattern: Bits { get }

  static func matmul(
    _ shape: UnsafePointer<unfold_matmul_shape>, _ left: UnsafePointer<Self>,
    _ right: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
  static func plainMatmul(
    _ shape: UnsafePointer<unfold_matmul_shape>, _ left: UnsafePointer<Self>,
    _ right: UnsafePointer<Self>, _ output: UnsafeMutablePointer<Self>)
}

extension Float: KernelScalar {
  static func matmul(
    _ shape: UnsafePointer<unfold_matmul_shape>, _ left: UnsafePointer<Float>,
    _ right: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) { unfold_matmul_f32(shape, left, right, output) }

  static func plainMatmul(
    _ shape: UnsafePointer<unfold_matmul_shape>, _ left: UnsafePointer<Float>,
    _ right: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>
  ) { unfold_matmul_plain_f32(shape, left, right, output) }
}

extension Double: KernelScalar {
  static func matmul(
    _ shape: UnsafePointer<unfold_matmul_shape>, _ left: UnsafePointer<Double>,
    _ right: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>
  ) { unfold_matmul_f64(shape, left, right, output) }

  static func plainMatmul(
    _ shape: UnsafePointer<unfold_matmul_shape>, _ left: UnsafePointer<Double>,
    _ right: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Double>
  ) { unfold_matmul_plain_f64(shape, left, right, output) }
}

/// A small generator (Steele, Lea and Flood 2014, splitmix64), so that every run tests the same numbers.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// One product with its operands. Padding between stored rows is NaN in the inputs, so that a kernel that reads it shows,
/// and a mark in the output, so that one that writes it shows.
struct MatmulCase<Scalar: KernelScalar> {
  let rows: Int
  let columns: Int
  let inner: Int
  let transposeLeft: Bool
  let transposeRight: Bool
  let accumulate: Bool
  /// Elements between the stored rows.
  let padding: Int

  private(set) var left: [Scalar] = []
  private(set) var right: [Scalar] = []
  private(set) var initialOutput: [Scalar] = []

  private let mark: Scalar = 12345

  init(
    rows: Int, columns: Int, inner: Int, transposeLeft: Bool = false, transposeRight: Bool = false,
    accumulate: Bool = false, padding: Int = 0, seed: UInt64 = 1
  ) {
    self.rows = rows
    self.columns = columns
    self.inner = inner
    self.transposeLeft = transposeLeft
    self.transposeRight = transposeRight
    self.accumulate = accumulate
    self.padding = padding
    var generator = SplitMix(state: seed)
    left = stored(
      transposeLeft ? inner : rows, transposeLeft ? rows : inner, gap: .nan, using: &generator)
    right = stored(
      transposeRight ? columns : inner, transposeRight ? inner : columns, gap: .nan,
      using: &generator)
    initialOutput = stored(rows, columns, gap: mark, using: &generator)
  }

  var shape: unfold_matmul_shape {
    var shape = unfold_matmul_shape()
    shape.rows = Int64(rows)
    shape.columns = Int64(columns)
    shape.inner = Int64(inner)
    shape.left_stride = Int64((transposeLeft ? rows : inner) + padding)
    shape.right_stride = Int64((transposeRight ? inner : columns) + padding)
    shape.output_stride = Int64(outputStride)
    shape.transpose_left = transposeLeft
    shape.transpose_right = transposeRight
    shape.accumulate = accumulate
    return shape
  }

  /// The product of some rows of a left operand that is stored by rows.
  func rows(_ range: Range<Int>) -> Self {
    var part = Self(
      rows: range.count, columns: columns, inner: inner, transposeRight: transposeRight,
      accumulate: accumulate, padding: padding)
    part.left = Array(
      left[range.lowerBound * (inner + padding)..<range.upperBound * (inner + padding)])
    part.right = right
    let stride = columns + padding
    part.initialOutput = Array(initialOutput[range.lowerBound * stride..<range.upperBound * stride])
    return part
  }

  var outputStride: Int { columns + padding }

  func left(_ i: Int, _ k: Int) -> Scalar {
    transposeLeft ? left[k * (rows + padding) + i] : left[i * (inner + padding) + k]
  }

  func right(_ k: Int, _ j: Int) -> Scalar {
    transposeRight ? right[j * (inner + padding) + k] : right[k * (columns + padding) + j]
  }

  /// The output, padding included, by the kernel in use.
  func product() -> [Scalar] {
    var shape = shape
    var output = initialOutput
    Scalar.matmul(&shape, left, right, &output)
    return output
  }

  /// The output by the plain loops.
  func plainProduct() -> [Scalar] {
    var shape = shape
    var output = initialOutput
    Scalar.plainMatmul(&shape, left, right, &output)
    return output
  }

  /// The output as the interface defines it: one chain over k an element, fused or rounded twice a step.
  func chainedProduct(fused: Bool) -> [Scalar] {
    var output = initialOutput
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = accumulate ? output[i * outputStride + j] : 0
        for k in 0..<inner {
          if fused {
            sum.addProduct(left(i, k), right(k, j))
          } else {
            sum += left(i, k) * right(k, j)
          }
        }
        output[i * outputStride + j] = sum
      }
    }
    return output
  }

  /// The largest difference of `output` from the sums in double width, in units of what rounding may do: inner + 1
  /// roundings of sums of absolute values.
  func error(of output: [Scalar]) -> Double {
    var worst = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = accumulate ? Double(initialOutput[i * outputStride + j]) : 0
        var magnitude = abs(sum)
        for k in 0..<inner {
          let product = Double(left(i, k)) * Double(right(k, j))
          sum += product
          magnitude += abs(product)
        }
        let bound = Double(inner + 1) * Double(Scalar.ulpOfOne) * magnitude
        let difference = abs(Double(output[i * outputStride + j]) - sum)
        if difference > 0 { worst = max(worst, difference / bound) }
        if difference.isNaN { return .infinity }
      }
    }
    return worst
  }

  private func stored(
    _ rows: Int, _ columns: Int, gap: Scalar, using generator: inout SplitMix
  ) -> [Scalar] {
    var elements: [Scalar] = []
    elements.reserveCapacity(rows * (columns + padding))
    for _ in 0..<rows {
      for _ in 0..<columns { elements.append(Scalar.random(in: -1..<1, using: &generator)) }
      for _ in 0..<padding { elements.append(gap) }
    }
    return elements
  }
}

/// Whether two outputs are the same to the bit.
func sameBits<Scalar: KernelScalar>(_ a: [Scalar], _ b: [Scalar]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0.bitPattern == $1.bitPattern }
}
