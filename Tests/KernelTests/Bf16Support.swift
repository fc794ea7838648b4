import CKernels

/// A value rounded to bfloat16: to the nearer neighbour, of two as near to the even one.
func roundedToBf16(_ value: Float) -> Float {
  if !value.isFinite { return value }
  let below = Float(bitPattern: value.bitPattern & 0xFFFF_0000)
  let above = Float(bitPattern: below.bitPattern + 0x1_0000)
  let distanceBelow = Double(value.magnitude) - Double(below.magnitude)
  // Past the largest number lies what would be the next power of two.
  let next = above.isFinite ? Double(above.magnitude) : 0x1p128
  let distanceAbove = next - Double(value.magnitude)
  if distanceBelow != distanceAbove { return distanceBelow < distanceAbove ? below : above }
  return below.bitPattern & 0x1_0000 == 0 ? below : above
}

/// The bfloat16 numbers that stand for a value: the nearest one, or three, each the first 8 bits of what is left.
func bf16Parts(_ value: Float, _ parts: unfold_bf16_parts) -> [Float] {
  if parts == UNFOLD_BF16_ROUNDED { return [roundedToBf16(value)] }
  var rest = value
  return (0..<3).map { _ in
    let part = Float(bitPattern: rest.bitPattern & 0xFFFF_0000)
    rest -= part
    return part
  }
}

/// All ways to take operands apart.
let bf16Parts = [UNFOLD_BF16_ROUNDED, UNFOLD_BF16_SPLIT]

/// A unit for products of bfloat16 operands, under an instruction set.
struct Bf16Way: Sendable {
  let set: unfold_instruction_set
  let unit: unfold_bf16_unit

  /// Every unit that this machine has under every instruction set that it has.
  static let available: [Bf16Way] = availableInstructionSets.flatMap { set in
    [UNFOLD_BF16_CONVERTED, UNFOLD_BF16_PAIRS, UNFOLD_BF16_TILES]
      .filter {
        $0 == UNFOLD_BF16_CONVERTED
          || (set == UNFOLD_AVX512 && unfold_bf16_unit_available($0) == 1)
      }
      .map { Bf16Way(set: set, unit: $0) }
  }

  var name: String { "set \(set.rawValue) unit \(unit.rawValue)" }

  /// Whether the sums are defined to the bit by ``MatmulCase/bf16Product(_:)``.
  func isDefinedToTheBit(_ parts: unfold_bf16_parts) -> Bool {
    unit != UNFOLD_BF16_PAIRS || parts == UNFOLD_BF16_SPLIT
  }

  /// Runs `body` this way, and puts the old one back.
  func callAsFunction<Result>(_ body: () throws -> Result) rethrows -> Result {
    try withInstructionSet(set) {
      guard set == UNFOLD_AVX512 else { return try body() }
      let previous = unfold_bf16_unit_current()
      _ = unfold_bf16_unit_select(unit)
      defer { _ = unfold_bf16_unit_select(previous) }
      return try body()
    }
  }
}

extension UnsafeMutableBufferPointer<Float> {
  /// Memory of its own with the same elements, to be deallocated.
  fileprivate static func copy(of elements: [Float]) -> Self {
    let copy = Self.allocate(capacity: Swift.max(elements.count, 1))
    copy.initialize(repeating: 0)
    for (index, element) in elements.enumerated() { copy[index] = element }
    return Self(rebasing: copy[..<elements.count])
  }
}

extension MatmulCase where Scalar == Float {
  /// The right operand packed the way in use, with marks before packing and in the room behind it.
  func bf16PackedRight(_ parts: unfold_bf16_parts) -> [UInt16] {
    let size = Int(unfold_packed_size_bf16(parts, Int64(inner), Int64(columns)))
    var packed = [UInt16](repeating: 0x7FEE, count: size + 32)
    unfold_pack_bf16(
      parts, transposeRight, Int64(inner), Int64(columns), right, shape.right_stride, &packed)
    return packed
  }

  /// The output, padding included, after the product of each range of columns.
  func bf16PackedProduct(_ parts: unfold_bf16_parts, columns ranges: [Range<Int>]) -> [Float] {
    let packed = bf16PackedRight(parts)
    var output = initialOutput
    for range in ranges {
      output.withUnsafeMutableBufferPointer { output in
        packed.withUnsafeBufferPointer { packed in
          var product = unfold_bf16_product(
            packed: packed.baseAddress, output: output.baseAddress,
            output_stride: Int64(outputStride), accumulate: accumulate)
          unfold_packed_multiply_bf16(
            parts, Int64(rows), Int64(inner), left, shape.left_stride, Int64(range.lowerBound),
            Int64(range.count), 1, &product)
        }
      }
    }
    return output
  }

  /// The output, padding included, of the product of unpacked operands.
  func bf16MatmulProduct(_ parts: unfold_bf16_parts) -> [Float] {
    var shape = shape
    var output = initialOutput
    unfold_matmul_bf16(parts, &shape, left, right, &output)
    return output
  }

  /// The outputs of the products of the first one's left operand with the right operand of each.
  static func bf16MatmulProducts(_ products: [Self], _ parts: unfold_bf16_parts) -> [[Float]] {
    guard let first = products.first else { return [] }
    var shape = first.shape
    let values = products.map { UnsafeMutableBufferPointer.copy(of: $0.right) }
    let outputs = products.map { UnsafeMutableBufferPointer.copy(of: $0.initialOutput) }
    defer { for buffer in values + outputs { buffer.deallocate() } }
    let rights = products.indices.map { index in
      unfold_matmul_right(
        columns: Int64(products[index].columns), values: values[index].baseAddress,
        stride: products[index].shape.right_stride, output: outputs[index].baseAddress,
        output_stride: products[index].shape.output_stride)
    }
    unfold_matmul_each_bf16(parts, &shape, first.left, Int64(rights.count), rights)
    return outputs.map(Array.init)
  }

  /// The output as the interface defines it: for each 32 steps, for each pair of parts, one chain over even k and one
  /// over odd k.
  func bf16Product(_ parts: unfold_bf16_parts) -> [Float] {
    var output = initialOutput
    let left = (0..<rows).map { i in (0..<inner).map { bf16Parts(self.left(i, $0), parts) } }
    let right = (0..<columns).map { j in (0..<inner).map { bf16Parts(self.right($0, j), parts) } }
    let pairs =
      parts == UNFOLD_BF16_ROUNDED
      ? [(0, 0)] : [(0, 2), (0, 1), (1, 1), (1, 0), (0, 0), (2, 0)]
    for i in 0..<rows {
      for j in 0..<columns {
        var sum: Float = accumulate ? output[i * outputStride + j] : 0
        for first in stride(from: 0, to: inner, by: 32) {
          for (a, b) in pairs {
            var even: Float = 0
            var odd: Float = 0
            for k in first..<min(first + 32, inner) {
              let (x, y) = (left[i][k][a], right[j][k][b])
              if k % 2 == 0 { even.addProduct(x, y) } else { odd.addProduct(x, y) }
            }
            sum += even + odd
          }
        }
        output[i * outputStride + j] = sum
      }
    }
    return output
  }

  /// The largest difference of `output` from the sums of the operands as they are taken apart, in double width, where
  /// their products and nearly their sums are exact, in units of what rounding may do. An element is the sum of
  /// inner + 1 terms, of split operands of six times as many, and each goes through no more additions than that and one,
  /// each of which errs by half an ulp of at most the sum of magnitudes. What six of nine products leave out of a term
  /// is less than four ulps.
  func bf16Error(of output: [Float], _ parts: unfold_bf16_parts) -> Double {
    var worst = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = accumulate ? Double(initialOutput[i * outputStride + j]) : 0
        var magnitude = abs(sum)
        for k in 0..<inner {
          let x = bf16Parts(left(i, k), parts).reduce(0) { $0 + Double($1) }
          let y = bf16Parts(right(k, j), parts).reduce(0) { $0 + Double($1) }
          sum += x * y
          magnitude += abs(x * y)
        }
        let terms = parts == UNFOLD_BF16_ROUNDED ? inner : 6 * inner + 8
        let bound = Double(terms + 2) * Double(Float.ulpOfOne) / 2 * magnitude
        let difference = abs(Double(output[i * outputStride + j]) - sum)
        if difference.isNaN { return .infinity }
        if difference > 0 { worst = max(worst, difference / bound) }
      }
    }
    return worst
  }
}
