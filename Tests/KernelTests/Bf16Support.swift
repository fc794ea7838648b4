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

  /// Whether the sums are defined to the bit by ``MatmulCase/bf16Product()``.
  var isDefinedToTheBit: Bool { unit != UNFOLD_BF16_PAIRS }

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

extension MatmulCase where Scalar == Float {
  /// The right operand packed the way in use, with marks before packing and in the room behind it.
  func bf16PackedRight() -> [UInt16] {
    let size = Int(unfold_packed_size_bf16(Int64(inner), Int64(columns)))
    var packed = [UInt16](repeating: 0x7FEE, count: size + 32)
    unfold_pack_bf16(
      transposeRight, Int64(inner), Int64(columns), right, shape.right_stride, &packed)
    return packed
  }

  /// The output, padding included, after the product of each of `parts`.
  func bf16PackedProduct(parts: [Range<Int>]) -> [Float] {
    let packed = bf16PackedRight()
    var output = initialOutput
    for part in parts {
      unfold_packed_multiply_bf16(
        Int64(rows), Int64(inner), left, shape.left_stride, packed, Int64(columns),
        Int64(part.lowerBound), Int64(part.count), &output, Int64(outputStride), accumulate)
    }
    return output
  }

  /// The output, padding included, of the product of unpacked operands.
  func bf16MatmulProduct() -> [Float] {
    var shape = shape
    var output = initialOutput
    unfold_matmul_bf16(&shape, left, right, &output)
    return output
  }

  /// The output as the interface defines it: for each 32 steps one chain over even k and one over odd k.
  func bf16Product() -> [Float] {
    var output = initialOutput
    let left = (0..<rows).map { i in (0..<inner).map { roundedToBf16(self.left(i, $0)) } }
    let right = (0..<columns).map { j in (0..<inner).map { roundedToBf16(self.right($0, j)) } }
    for i in 0..<rows {
      for j in 0..<columns {
        var sum: Float = accumulate ? output[i * outputStride + j] : 0
        for first in stride(from: 0, to: inner, by: 32) {
          var even: Float = 0
          var odd: Float = 0
          for k in first..<min(first + 32, inner) {
            if k % 2 == 0 {
              even += left[i][k] * right[j][k]
            } else {
              odd += left[i][k] * right[j][k]
            }
          }
          sum += even + odd
        }
        output[i * outputStride + j] = sum
      }
    }
    return output
  }

  /// The largest difference of `output` from the sums of the rounded operands in double width, where their products and
  /// nearly their sums are exact, in units of what rounding may do. An element is the sum of inner + 1 terms, and each
  /// term goes through at most inner + 2 additions, each of which errs by half an ulp of at most the sum of magnitudes.
  func bf16Error(of output: [Float]) -> Double {
    var worst = 0.0
    for i in 0..<rows {
      for j in 0..<columns {
        var sum = accumulate ? Double(initialOutput[i * outputStride + j]) : 0
        var magnitude = abs(sum)
        for k in 0..<inner {
          let product = Double(roundedToBf16(left(i, k))) * Double(roundedToBf16(right(k, j)))
          sum += product
          magnitude += abs(product)
        }
        let bound = Double(inner + 2) * Double(Float.ulpOfOne) / 2 * magnitude
        let difference = abs(Double(output[i * outputStride + j]) - sum)
        if difference.isNaN { return .infinity }
        if difference > 0 { worst = max(worst, difference / bound) }
      }
    }
    return worst
  }
}
