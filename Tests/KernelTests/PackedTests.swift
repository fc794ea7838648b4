import CKernels
import Testing

private let rowCounts = [0, 1, 2, 3, 4, 5, 7, 8, 13, 14, 15, 20, 29, 33]
private let columnCounts = [0, 1, 7, 15, 16, 17, 31, 33, 48, 65, 130, 200]
private let innerCounts = [0, 1, 5, 15, 16, 17, 33, 200]

/// Rows, columns and steps, every fourth triple of them.
private let triples: [(rows: Int, columns: Int, inner: Int)] = rowCounts.flatMap { rows in
  columnCounts.flatMap { columns in innerCounts.map { (rows, columns, $0) } }
}
.enumerated().filter { $0.offset % 4 == 0 }.map(\.element)

/// Columns 0 ..< `count` in up to three parts that start at panels, in no order.
private func parts(of count: Int) -> [Range<Int>] {
  let panels = (count + 15) / 16
  let borders = [0, panels / 3 * 16, (panels + 1) / 2 * 16, count]
  return [1, 2, 0].map { borders[$0]..<max(borders[$0], borders[$0 + 1]) }
}

/// Checks one product on every available set against the unpacked one, to the bit, and returns what went wrong.
private func failures<Scalar: PackedScalar>(of product: MatmulCase<Scalar>) -> [String] {
  let name =
    "\(Scalar.self) \(product.rows)×\(product.inner)×\(product.columns)"
    + " transposed \(product.transposeRight) accumulate \(product.accumulate)"
  return availableInstructionSets.filter { set in
    withInstructionSet(set) {
      !sameBits(product.packedProduct(parts: parts(of: product.columns)), product.product())
    }
  }.map { "set \($0.rawValue): \(name)" }
}

extension KernelTests {
  @Suite struct PackedTests {
    @Test(arguments: [false, true])
    func
      `panels hold sixteen columns each, k by k, then zeros, an odd number of steps apart, on every set`(
        transposed: Bool
      )
    {
      for columns in columnCounts {
        for inner in innerCounts {
          checkPanels(
            MatmulCase<Float>(
              rows: 0, columns: columns, inner: inner, transposeRight: transposed, padding: 3))
          checkPanels(
            MatmulCase<Double>(
              rows: 0, columns: columns, inner: inner, transposeRight: transposed, padding: 3))
        }
      }
    }

    private func checkPanels<Scalar: PackedScalar>(_ product: MatmulCase<Scalar>) {
      let panels = (product.columns + 15) / 16
      // A panel has room for an odd number of steps, of which the last may be nobody's: NaN before packing and after it.
      let room = product.inner == 0 ? 0 : (1 - product.inner % 2) * 16
      var expected: [Scalar] = []
      for panel in 0..<panels {
        for k in 0..<product.inner {
          for column in panel * 16..<panel * 16 + 16 {
            expected.append(column < product.columns ? product.right(k, column) : 0)
          }
        }
        expected += Array(repeating: .nan, count: room)
      }
      #expect(
        expected.count == unfold_packed_size(Int64(product.inner), Int64(product.columns)))
      for set in availableInstructionSets {
        let packed = withInstructionSet(set) { product.packedRight() }
        #expect(sameBits(Array(packed.prefix(expected.count)), expected), "set \(set.rawValue)")
        let behind = packed.dropFirst(expected.count).filter { !$0.isNaN }
        #expect(behind.isEmpty, "set \(set.rawValue) writes behind the operand")
      }
    }

    @Test func `every set gives the bits of the unpacked product at all sizes, in parts`() {
      for (index, size) in triples.enumerated() {
        let single = MatmulCase<Float>(
          rows: size.rows, columns: size.columns, inner: size.inner,
          transposeRight: index & 1 != 0, accumulate: index & 2 != 0,
          padding: index & 4 != 0 ? 5 : 0, seed: UInt64(index))
        #expect(failures(of: single) == [])
        let double = MatmulCase<Double>(
          rows: size.rows, columns: size.columns, inner: size.inner,
          transposeRight: index & 2 != 0, accumulate: index & 1 != 0,
          padding: index & 4 != 0 ? 5 : 0, seed: UInt64(index))
        #expect(failures(of: double) == [])
      }
    }

    @Test(arguments: [false, true])
    func `blocks of k and of rows leave the bits as they are`(accumulate: Bool) {
      for (rows, columns, inner) in [(20, 70, 650), (64, 40, 1100), (130, 33, 410), (300, 20, 40)] {
        let single = MatmulCase<Float>(
          rows: rows, columns: columns, inner: inner, accumulate: accumulate, padding: 1)
        #expect(failures(of: single) == [])
        let double = MatmulCase<Double>(
          rows: rows, columns: columns, inner: inner, accumulate: accumulate, padding: 1)
        #expect(failures(of: double) == [])
      }
    }

    @Test func `a part writes its own columns alone`() {
      let product = MatmulCase<Float>(rows: 21, columns: 75, inner: 30, padding: 4)
      for set in availableInstructionSets {
        withInstructionSet(set) {
          let whole = product.product()
          for part in [0..<16, 16..<75, 32..<33, 48..<70, 64..<75, 16..<16] {
            let output = product.packedProduct(parts: [part])
            let expected = whole.indices.map { index in
              part.contains(index % product.outputStride)
                ? whole[index] : product.initialOutput[index]
            }
            #expect(sameBits(output, expected), "columns \(part), set \(set.rawValue)")
          }
        }
      }
    }
  }
}
