import CKernels
import Testing

private let rowCounts = [0, 1, 2, 3, 5, 14, 15, 16, 17, 31, 33, 50]
private let columnCounts = [0, 1, 15, 16, 17, 33, 64, 130, 200]
private let innerCounts = [0, 1, 2, 15, 31, 32, 33, 100, 200]

/// Rows, columns and steps, every fifth triple of them.
private let triples: [(rows: Int, columns: Int, inner: Int)] = rowCounts.flatMap { rows in
  columnCounts.flatMap { columns in innerCounts.map { (rows, columns, $0) } }
}
.enumerated().filter { $0.offset % 5 == 0 }.map(\.element)

extension KernelTests {
  /// Products of operands rounded to bfloat16.
  @Suite struct Bf16Tests {
    @Test func `operands are rounded to the nearest, ties to even`() {
      // One step, times one: the output is the rounded operand. 1 + 2⁻⁸ lies between 1 and 1 + 2⁻⁷.
      let values: [Float] = [
        1, -1, 0x1.01p0, 0x1.03p0, 0x1.01_0002p0, 0x1.02_fffep0, -0x1.01p0, -0x1.03p0, 3.14159265,
        0x1.fffffep127, -0x1.fep127, 0x1.fefffep127, 0x1.ffp127, 0x1p-126, .infinity, -.infinity, 0,
      ]
      let expected = values.map(roundedToBf16)
      #expect(Array(expected[1...5]) == [-1, 1, 0x1.04p0, 0x1.02p0, 0x1.02p0])
      #expect(Array(expected[9...12]) == [.infinity, -0x1.fep127, 0x1.fep127, .infinity])
      for way in Bf16Way.available {
        way {
          let count = Int64(values.count)
          var shape = MatmulCase<Float>(rows: values.count, columns: 1, inner: 1).shape
          var output = [Float](repeating: 7, count: values.count)
          unfold_matmul_bf16(&shape, values, [1], &output)
          #expect(output == expected, "left, \(way.name)")
          shape = MatmulCase<Float>(rows: 1, columns: values.count, inner: 1).shape
          unfold_matmul_bf16(&shape, [1], values, &output)
          #expect(output == expected, "right, \(way.name)")

          var packed = [UInt16](
            repeating: 0, count: Int(unfold_packed_size_bf16(1, count)))
          unfold_pack_bf16(false, 1, count, values + [.nan], count, &packed)
          unfold_packed_multiply_bf16(
            1, 1, [.nan], 1, packed, count, 0, count, &output, count, false)
          #expect(output.allSatisfy { $0.isNaN } == true, "NaN, \(way.name)")
        }
      }
    }

    @Test(arguments: [false, true])
    func `panels hold pairs of k, column by column, then zeros, on every set`(transposed: Bool) {
      for columns in columnCounts {
        for inner in innerCounts {
          let product = MatmulCase<Float>(
            rows: 0, columns: columns, inner: inner, transposeRight: transposed, padding: 3)
          var expected: [UInt16] = []
          for panel in 0..<(columns + 15) / 16 {
            for pair in 0..<(inner + 31) / 32 * 16 {
              for column in panel * 16..<panel * 16 + 16 {
                for k in [2 * pair, 2 * pair + 1] {
                  let inside = column < columns && k < inner
                  let value = inside ? roundedToBf16(product.right(k, column)) : 0
                  expected.append(UInt16(value.bitPattern >> 16))
                }
              }
            }
          }
          #expect(expected.count == unfold_packed_size_bf16(Int64(inner), Int64(columns)))
          expected += [UInt16](repeating: 0x7FEE, count: 32)
          for set in availableInstructionSets {
            let packed = withInstructionSet(set) { product.bf16PackedRight() }
            #expect(packed == expected, "\(inner)×\(columns), set \(set.rawValue)")
          }
        }
      }
    }

    @Test func `every unit computes its sums at all sizes, layouts and strides, in parts`() {
      for (index, size) in triples.enumerated() {
        let accumulate = index & 2 != 0
        let padding = index & 4 != 0 ? 5 : 0
        let product = MatmulCase<Float>(
          rows: size.rows, columns: size.columns, inner: size.inner,
          transposeRight: index & 1 != 0, accumulate: accumulate, padding: padding,
          seed: UInt64(index))
        let flipped = MatmulCase<Float>(
          rows: size.rows, columns: size.columns, inner: size.inner, transposeLeft: true,
          transposeRight: index & 1 != 0, accumulate: accumulate, padding: padding,
          seed: UInt64(index))
        #expect(failures(of: product) == [])
        #expect(failures(of: flipped) == [])
      }
    }

    private func failures(of product: MatmulCase<Float>) -> [String] {
      let name =
        "\(product.rows)×\(product.inner)×\(product.columns)"
        + " transposed \(product.transposeLeft) \(product.transposeRight)"
        + " accumulate \(product.accumulate)"
      let defined = product.bf16Product()
      let middle = product.columns / 2 / 16 * 16
      var failures: [String] = []
      for way in Bf16Way.available {
        let output = way { product.bf16MatmulProduct() }
        if way.isDefinedToTheBit && !sameBits(output, defined) {
          failures.append("\(way.name): \(name)")
        }
        if product.bf16Error(of: output) > 1 { failures.append("\(way.name) errs: \(name)") }
        // What is not the output's is left alone, whoever defines the sums.
        if product.padding > 0 && !sameBits(gaps(output, product), gaps(defined, product)) {
          failures.append("\(way.name) writes between rows: \(name)")
        }
        if product.transposeLeft { continue }
        let parts = way {
          product.bf16PackedProduct(parts: [middle..<product.columns, 0..<middle])
        }
        if !sameBits(parts, output) { failures.append("\(way.name) packed: \(name)") }
      }
      return failures
    }

    private func gaps(_ output: [Float], _ product: MatmulCase<Float>) -> [Float] {
      output.indices.filter { $0 % product.outputStride >= product.columns }.map { output[$0] }
    }

    @Test func `infinities and NaN go where they belong and nowhere else`() {
      // 33 steps and 19 columns: both are filled up with zeros.
      for way in Bf16Way.available {
        way {
          var shape = MatmulCase<Float>(rows: 17, columns: 19, inner: 33).shape
          var left = [Float](repeating: 1, count: 17 * 33)
          var right = [Float](repeating: 0, count: 33 * 19)
          left[16 * 33 + 32] = .infinity
          right[0 * 19 + 18] = .nan
          var output = [Float](repeating: 7, count: 17 * 19)
          unfold_matmul_bf16(&shape, left, right, &output)
          for i in 0..<17 {
            for j in 0..<19 {
              let undefined = i == 16 || j == 18
              #expect(output[i * 19 + j].isNaN == undefined, "\(way.name)")
              if !undefined { #expect(output[i * 19 + j] == 0, "\(way.name)") }
            }
          }
        }
      }
    }

    @Test func `a part writes its own columns alone`() {
      let product = MatmulCase<Float>(rows: 35, columns: 75, inner: 30, padding: 4)
      for way in Bf16Way.available {
        way {
          let whole = product.bf16MatmulProduct()
          for part in [0..<16, 16..<75, 32..<33, 48..<70, 0..<64, 16..<16] {
            let output = product.bf16PackedProduct(parts: [part])
            let expected = whole.indices.map { index in
              part.contains(index % product.outputStride)
                ? whole[index] : product.initialOutput[index]
            }
            #expect(sameBits(output, expected), "columns \(part), \(way.name)")
          }
        }
      }
    }
  }
}
