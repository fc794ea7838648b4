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
  /// Products of operands rounded to bfloat16, or taken apart into three such numbers.
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
          var shape = MatmulCase<Float>(rows: values.count, columns: 1, inner: 1).shape
          var output = [Float](repeating: 7, count: values.count)
          unfold_matmul_bf16(UNFOLD_BF16_ROUNDED, &shape, values, [1], &output)
          #expect(output == expected, "left, \(way.name)")
          shape = MatmulCase<Float>(rows: 1, columns: values.count, inner: 1).shape
          unfold_matmul_bf16(UNFOLD_BF16_ROUNDED, &shape, [1], values, &output)
          #expect(output == expected, "right, \(way.name)")

          for parts in bf16Parts {
            shape = MatmulCase<Float>(rows: 1, columns: values.count, inner: 1).shape
            unfold_matmul_bf16(parts, &shape, [.nan], values, &output)
            #expect(output.allSatisfy { $0.isNaN } == true, "NaN, \(way.name)")
          }
        }
      }
    }

    @Test func `three parts are the whole operand`() {
      let values: [Float] = [
        1, -1, 0x1.fffffep0, -0x1.000002p0, 3.14159265, 0x1.fffffep127, -0x1.abcdeep-100, 0,
      ]
      for way in Bf16Way.available {
        way {
          var shape = MatmulCase<Float>(rows: values.count, columns: 1, inner: 1).shape
          var output = [Float](repeating: 7, count: values.count)
          unfold_matmul_bf16(UNFOLD_BF16_SPLIT, &shape, values, [1], &output)
          #expect(output == values, "left, \(way.name)")
          shape = MatmulCase<Float>(rows: 1, columns: values.count, inner: 1).shape
          unfold_matmul_bf16(UNFOLD_BF16_SPLIT, &shape, [1], values, &output)
          #expect(output == values, "right, \(way.name)")
        }
      }
    }

    @Test func `products of split operands err no more than those of floats`() {
      for inner in [31, 200, 650, 2000] {
        let product = MatmulCase<Float>(rows: 33, columns: 40, inner: inner)
        let exact = (0..<33 * 40).map { index in
          (0..<inner).reduce(0) {
            $0 + Double(product.left(index / 40, $1)) * Double(product.right($1, index % 40))
          }
        }
        func error(_ output: [Float]) -> Double {
          zip(output, exact).reduce(0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
        }
        let ofFloats = error(product.chainedProduct(fused: true))
        let ofParts = error(product.bf16MatmulProduct(UNFOLD_BF16_SPLIT))
        #expect(ofParts < ofFloats, "\(inner) steps")
      }
    }

    @Test(arguments: [false, true], bf16Parts.map(\.rawValue))
    func `panels hold pairs of k, column by column, then zeros, on every set`(
      transposed: Bool, count: UInt32
    ) {
      let parts = unfold_bf16_parts(count)
      for columns in columnCounts {
        for inner in innerCounts {
          let product = MatmulCase<Float>(
            rows: 0, columns: columns, inner: inner, transposeRight: transposed, padding: 3)
          var expected: [UInt16] = []
          for panel in 0..<(columns + 15) / 16 {
            for first in stride(from: 0, to: inner, by: 32) {
              for part in 0..<Int(count) {
                for pair in 0..<16 {
                  for column in panel * 16..<panel * 16 + 16 {
                    for k in [first + 2 * pair, first + 2 * pair + 1] {
                      let inside = column < columns && k < inner
                      let value = inside ? bf16Parts(product.right(k, column), parts)[part] : 0
                      expected.append(UInt16(value.bitPattern >> 16))
                    }
                  }
                }
              }
            }
          }
          #expect(expected.count == unfold_packed_size_bf16(parts, Int64(inner), Int64(columns)))
          expected += [UInt16](repeating: 0x7FEE, count: 32)
          for set in availableInstructionSets {
            let packed = withInstructionSet(set) { product.bf16PackedRight(parts) }
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
        for parts in bf16Parts {
          #expect(failures(of: product, parts) == [])
          #expect(failures(of: flipped, parts) == [])
        }
      }
    }

    private func failures(
      of product: MatmulCase<Float>, _ parts: unfold_bf16_parts
    ) -> [String] {
      let name =
        "\(parts.rawValue) parts, \(product.rows)×\(product.inner)×\(product.columns)"
        + " transposed \(product.transposeLeft) \(product.transposeRight)"
        + " accumulate \(product.accumulate)"
      let defined = product.bf16Product(parts)
      let middle = product.columns / 2 / 16 * 16
      var failures: [String] = []
      for way in Bf16Way.available {
        let output = way { product.bf16MatmulProduct(parts) }
        if way.isDefinedToTheBit(parts) && !sameBits(output, defined) {
          failures.append("\(way.name): \(name)")
        }
        if product.bf16Error(of: output, parts) > 1 { failures.append("\(way.name) errs: \(name)") }
        // What is not the output's is left alone, whoever defines the sums.
        if product.padding > 0 && !sameBits(gaps(output, product), gaps(defined, product)) {
          failures.append("\(way.name) writes between rows: \(name)")
        }
        if product.transposeLeft { continue }
        let packed = way {
          product.bf16PackedProduct(parts, columns: [middle..<product.columns, 0..<middle])
        }
        if !sameBits(packed, output) { failures.append("\(way.name) packed: \(name)") }
      }
      return failures
    }

    private func gaps(_ output: [Float], _ product: MatmulCase<Float>) -> [Float] {
      output.indices.filter { $0 % product.outputStride >= product.columns }.map { output[$0] }
    }

    @Test(arguments: bf16Parts.map(\.rawValue))
    func `infinities and NaN go where they belong and nowhere else`(count: UInt32) {
      let parts = unfold_bf16_parts(count)
      // 33 steps and 19 columns: both are filled up with zeros.
      for way in Bf16Way.available {
        way {
          var shape = MatmulCase<Float>(rows: 17, columns: 19, inner: 33).shape
          var left = [Float](repeating: 1, count: 17 * 33)
          var right = [Float](repeating: 0, count: 33 * 19)
          left[16 * 33 + 32] = .infinity
          right[0 * 19 + 18] = .nan
          var output = [Float](repeating: 7, count: 17 * 19)
          unfold_matmul_bf16(parts, &shape, left, right, &output)
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

    @Test(arguments: bf16Parts.map(\.rawValue))
    func `right operands of one left operand have the bits that each has alone`(count: UInt32) {
      let parts = unfold_bf16_parts(count)
      for (index, inner) in [0, 1, 33, 400].enumerated() {
        // More columns than are packed at a time, none, and rows that three threads part within a tile.
        for (rows, widths) in [
          (0, [3]), (1, [17, 1]), (75, [5, 0, 300, 16, 33]), (150, [20, 64]),
        ] {
          let products = widths.map { columns in
            MatmulCase<Float>(
              rows: rows, columns: columns, inner: inner, transposeLeft: index & 1 != 0,
              transposeRight: index & 2 != 0, accumulate: index == 3, padding: 2, seed: 5)
          }
          for way in Bf16Way.available {
            way {
              let alone = products.map { $0.bf16MatmulProduct(parts) }
              let together = MatmulCase.bf16MatmulProducts(products, parts)
              #expect(
                zip(together, alone).allSatisfy { sameBits($0, $1) },
                "\(way.name), \(rows) rows, \(inner) steps, columns \(widths)")
            }
          }
        }
      }
    }

    @Test(arguments: bf16Parts.map(\.rawValue))
    func `a part writes its own columns alone`(count: UInt32) {
      let parts = unfold_bf16_parts(count)
      let product = MatmulCase<Float>(rows: 35, columns: 75, inner: 30, padding: 4)
      for way in Bf16Way.available {
        way {
          let whole = product.bf16MatmulProduct(parts)
          for range in [0..<16, 16..<75, 32..<33, 48..<70, 0..<64, 16..<16] {
            let output = product.bf16PackedProduct(parts, columns: [range])
            let expected = whole.indices.map { index in
              range.contains(index % product.outputStride)
                ? whole[index] : product.initialOutput[index]
            }
            #expect(sameBits(output, expected), "columns \(range), \(way.name)")
          }
        }
      }
    }
  }
}
