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
        let defined = Dictionary(
          uniqueKeysWithValues: bf16Parts.map { ($0.rawValue, product.bf16Product($0)) })
        for (way, parts) in waysAndParts where way.set != UNFOLD_PLAIN {
          way {
            let alone = withTeam(of: 1) { product.bf16MatmulProduct(parts) }
            if way.isDefinedToTheBit(parts) {
              #expect(sameBits(alone, defined[parts.rawValue] ?? []), "\(way.name)")
            }
            for threads in [2, 3] {
              let shared = withTeam(of: threads) { product.bf16MatmulProduct(parts) }
              #expect(sameBits(shared, alone), "\(threads) threads, \(way.name)")
            }
            if !transposeLeft {
              let packed = product.bf16PackedProduct(parts, columns: [0..<columns])
              #expect(sameBits(packed, alone), "packed, \(way.name)")
            }
          }
        }
      }
    }

    @Test func `all units but the pairs agree to the bit`() {
      let product = MatmulCase<Float>(rows: 37, columns: 90, inner: 650, accumulate: true)
      for parts in bf16Parts {
        let defined = product.bf16Product(parts)
        for way in Bf16Way.available where way.isDefinedToTheBit(parts) {
          let output = way { product.bf16PackedProduct(parts, columns: [0..<90]) }
          #expect(sameBits(output, defined), "\(way.name)")
        }
      }
    }

    @Test func `sums are the same in one piece and in several`() {
      // More steps of k than any unit takes between visits to the output, and a last visit of few.
      let inner = 1801
      for transposeLeft in [false, true] {
        let product = MatmulCase<Float>(
          rows: 75, columns: 33, inner: inner, transposeLeft: transposeLeft, accumulate: true)
        for (way, parts) in waysAndParts {
          way {
            let whole = product.bf16MatmulProduct(parts)
            let shared = withTeam(of: 3) { product.bf16MatmulProduct(parts) }
            #expect(sameBits(whole, shared), "\(way.name)")
            if !transposeLeft {
              let packed = product.bf16PackedProduct(parts, columns: [0..<33])
              #expect(sameBits(packed, whole), "packed, \(way.name)")
            }
          }
        }
      }
    }

    @Test func `a row is the same alone and in any company`() {
      let (columns, inner) = (75, 410)
      let full = MatmulCase<Float>(rows: 300, columns: columns, inner: inner)
      for (way, parts) in waysAndParts {
        way {
          let whole = full.bf16MatmulProduct(parts)
          for (first, rows) in [
            (0, 1), (299, 1), (7, 2), (30, 3), (101, 16), (40, 20), (59, 40), (99, 201),
          ] {
            let part = full.rows(first..<first + rows)
            let expected = Array(whole[(first * columns)..<((first + rows) * columns)])
            let name = "rows \(first) to \(first + rows - 1), \(way.name)"
            #expect(sameBits(part.bf16MatmulProduct(parts), expected), "\(name)")
            let packed = part.bf16PackedProduct(parts, columns: [0..<columns])
            #expect(sameBits(packed, expected), "packed, \(name)")
          }
        }
      }
    }

    private var waysAndParts: [(Bf16Way, unfold_bf16_parts)] {
      Bf16Way.available.flatMap { way in bf16Parts.map { (way, $0) } }
    }
  }
}
