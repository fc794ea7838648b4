import CKernels
import Testing

extension KernelTests {
  @Suite("Products of rows")
  struct RowProductTests {
    static let sizes: [(Int, Int, Int)] = [
      (1, 1, 1), (3, 1, 5), (1, 17, 1), (5, 33, 1), (1, 15, 17), (2, 16, 3), (17, 1, 16),
      (4, 31, 7),
    ]

    /// Numbers that have few bits, so that sums of products are exact in any order.
    private static func numbers(_ count: Int, _ seed: Int) -> [Double] {
      (0..<count).map { Double(($0 * 7 + seed * 13) % 23 - 11) / 8 }
    }

    @Test(arguments: sizes)
    func eachRowIsTheProductOfItsMatrices(_ rows: Int, _ inner: Int, _ columns: Int) {
      let count = 3
      for (transposeLeft, transposeRight) in [
        (false, false), (false, true), (true, false), (true, true),
      ] {
        for (isShared, adds) in [(false, false), (true, false), (false, true)] {
          let left = Self.numbers(count * (rows * inner + 2), 1)
          let right = Self.numbers(count * inner * columns, 2)
          let shape = unfold_row_product_shape(
            rows: Int64(rows), columns: Int64(columns), inner: Int64(inner),
            transpose_left: transposeLeft, transpose_right: transposeRight, accumulate: adds)
          let leftStride = rows * inner + 2, rightStride = isShared ? 0 : inner * columns
          let outputStride = rows * columns + 1
          var expected = Array(repeating: 9.0, count: count * outputStride)
          for c in 0..<count {
            for i in 0..<rows {
              for j in 0..<columns {
                let start = adds ? 9.0 : 0
                expected[c * outputStride + i * columns + j] = (0..<inner).reduce(start) { sum, k in
                  let a = left[c * leftStride + (transposeLeft ? k * rows + i : i * inner + k)]
                  let b =
                    right[c * rightStride + (transposeRight ? j * inner + k : k * columns + j)]
                  return sum + a * b
                }
              }
            }
          }
          var doubles = Array(repeating: 9.0, count: expected.count)
          unfold_row_product_f64(
            shape, Int64(count), left, Int64(leftStride), right, Int64(rightStride), &doubles,
            Int64(outputStride))
          #expect(doubles == expected)
          var floats = Array(repeating: Float(9), count: expected.count)
          unfold_row_products_f32(
            shape, Int64(count), left.map(Float.init), Int64(leftStride), right.map(Float.init),
            Int64(rightStride), &floats, Int64(outputStride))
          #expect(floats.map(Double.init) == expected)
        }
      }
    }

    @Test func bitsAreTheSameOnEveryInstructionSet() {
      let count = 5, inner = 37, columns = 19
      let left = (0..<count * inner).map { Float($0 % 13) / 7 - 0.83 }
      let right = (0..<count * inner * columns).map { Float($0 % 29) / 11 - 1.3 }
      for transposes in [false, true] {
        let shape = unfold_row_product_shape(
          rows: 1, columns: Int64(columns), inner: Int64(inner), transpose_left: transposes,
          transpose_right: transposes, accumulate: false)
        var found: [[Float]] = []
        withEachInstructionSet { _ in
          var output = Array(repeating: Float(0), count: count * columns)
          unfold_row_product_f32(
            shape, Int64(count), left, Int64(inner), right, Int64(inner * columns), &output,
            Int64(columns))
          found.append(output)
        }
        for output in found.dropFirst() { #expect(output == found[0]) }
      }
    }
  }
}
