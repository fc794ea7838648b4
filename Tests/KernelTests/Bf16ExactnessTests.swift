import CKernels
import Testing

extension KernelTests {
  /// The bits of an element depend on its row, its column and the unit, on nothing else.
  @Suite struct Bf16ExactnessTests {
    @Test(arguments: [false, true], [false, true])
    func `any number of threads, and packing, give the same bits`(
      transposeLeft: Bool, transposeRight: Bool
    ) {
      // Several blocks of k, of rows and of columns.
      for (rows, columns, inner) in [(40, 600, 1600), (800, 70, 750), (150, 300, 90)] {
        let product = MatmulCase<Float>(
          rows: rows, columns: columns, inner: inner, transposeLeft: transposeLeft,
          transposeRight: transposeRight, accumulate: transposeLeft != transposeRight, padding: 1)
        let defined = product.bf16Product()
        for way in Bf16Way.available where way.set != UNFOLD_PLAIN {
          way {
            let alone = withTeam(of: 1) { product.bf16MatmulProduct() }
            if way.isDefinedToTheBit { #expect(sameBits(alone, defined), "\(way.name)") }
            for threads in [2, 3] {
              let shared = withTeam(of: threads) { product.bf16MatmulProduct() }
              #expect(sameBits(shared, alone), "\(threads) threads, \(way.name)")
            }
            if !transposeLeft {
              let packed = product.bf16PackedProduct(parts: [0..<columns])
              #expect(sameBits(packed, alone), "packed, \(way.name)")
            }
          }
        }
      }
    }

    @Test func `all units but the pairs agree to the bit`() {
      let product = MatmulCase<Float>(rows: 37, columns: 90, inner: 650, accumulate: true)
      let defined = product.bf16Product()
      for way in Bf16Way.available where way.isDefinedToTheBit {
        let output = way { product.bf16PackedProduct(parts: [0..<90]) }
        #expect(sameBits(output, defined), "\(way.name)")
      }
    }

    @Test func `a row is the same alone and in any company`() {
      let (columns, inner) = (75, 410)
      let full = MatmulCase<Float>(rows: 300, columns: columns, inner: inner)
      let packed = full.bf16PackedRight()
      for way in Bf16Way.available {
        way {
          let whole = full.bf16MatmulProduct()
          for (first, rows) in [(0, 1), (299, 1), (7, 2), (30, 3), (101, 16), (40, 20), (99, 201)] {
            var output = [Float](repeating: 0, count: rows * columns)
            unfold_packed_multiply_bf16(
              Int64(rows), Int64(inner), Array(full.left[(first * inner)...]), Int64(inner), packed,
              Int64(columns), 0, Int64(columns), &output, Int64(columns), false)
            let same = sameBits(
              output, Array(whole[(first * columns)..<((first + rows) * columns)]))
            #expect(same, "rows \(first) to \(first + rows - 1), \(way.name)")
          }
        }
      }
    }
  }
}
