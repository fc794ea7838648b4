import CKernels
import Testing

/// Sizes around the widths and heights of tiles and blocks.
private let sizes = [0, 1, 2, 15, 16, 17, 31, 33, 65, 130]

/// Every third triple of different sizes.
private let triples: [(rows: Int, columns: Int, inner: Int)] = {
  var all: [(Int, Int, Int)] = []
  for rows in sizes {
    for columns in sizes where columns != rows {
      for inner in sizes where inner != rows && inner != columns {
        all.append((rows, columns, inner))
      }
    }
  }
  return all.enumerated().filter { $0.offset % 3 == 0 }.map(\.element)
}()

/// Checks one product on every available set against its definition, to the bit, and returns what went wrong.
private func failures<Scalar: KernelScalar>(of product: MatmulCase<Scalar>) -> [String] {
  let name =
    "\(Scalar.self) \(product.rows)×\(product.columns)×\(product.inner)"
    + " transposed \(product.transposeLeft) \(product.transposeRight)"
    + " accumulate \(product.accumulate) padding \(product.padding)"
  let plain = product.plainProduct()
  let fused = product.chainedProduct(fused: true)
  var failures: [String] = []
  if !sameBits(plain, product.chainedProduct(fused: false)) {
    failures.append("plain loops: \(name)")
  }
  if product.error(of: plain) > 1 { failures.append("plain loops against double: \(name)") }
  for set in availableInstructionSets {
    let output = withInstructionSet(set) { product.product() }
    if !sameBits(output, set == UNFOLD_PLAIN ? plain : fused) {
      failures.append("set \(set.rawValue): \(name)")
    }
    if product.error(of: output) > 1 {
      failures.append("set \(set.rawValue) against double: \(name)")
    }
  }
  return failures
}

extension KernelTests {
  @Suite struct MatmulTests {
    @Test func `a product of small whole numbers is exact`() {
      // [[1, 2, 3], [4, 5, 6]] · [[1, 2], [3, 4], [5, 6]]
      let left: [Float] = [1, 2, 3, 4, 5, 6]
      let right: [Float] = [1, 2, 3, 4, 5, 6]
      var output: [Float] = [100, 200, 300, 400]
      var shape = MatmulCase<Float>(rows: 2, columns: 2, inner: 3).shape
      unfold_matmul_f32(&shape, left, right, &output)
      #expect(output == [22, 28, 49, 64])
      shape.accumulate = true
      unfold_matmul_f32(&shape, left, right, &output)
      #expect(output == [44, 56, 98, 128])
    }

    @Test func `every set computes the defined sums at all sizes, layouts and strides`() {
      for (index, size) in triples.enumerated() {
        for turn in 0..<2 {
          // All sixteen variants come up, at different sizes.
          let variant = (index * 2 + turn) % 16
          let transposeLeft = variant & 1 != 0
          let transposeRight = variant & 2 != 0
          let accumulate = variant & 4 != 0
          let padding = variant & 8 != 0 ? 5 : 0
          let single = MatmulCase<Float>(
            rows: size.rows, columns: size.columns, inner: size.inner,
            transposeLeft: transposeLeft, transposeRight: transposeRight, accumulate: accumulate,
            padding: padding, seed: UInt64(index))
          #expect(failures(of: single) == [])
          let double = MatmulCase<Double>(
            rows: size.rows, columns: size.columns, inner: size.inner,
            transposeLeft: transposeLeft, transposeRight: transposeRight, accumulate: accumulate,
            padding: padding, seed: UInt64(index))
          #expect(failures(of: double) == [])
        }
      }
    }

    @Test(arguments: [false, true], [false, true])
    func `sums longer and operands larger than a block are the defined sums`(
      transposeLeft: Bool, transposeRight: Bool
    ) {
      // Several blocks of k; several blocks of rows; a large right operand under few rows; a tall thin product.
      for (rows, columns, inner) in [
        (40, 50, 700), (1050, 35, 20), (20, 1100, 260), (1, 1100, 270), (3, 600, 530), (600, 3, 40),
      ] {
        let product = MatmulCase<Float>(
          rows: rows, columns: columns, inner: inner, transposeLeft: transposeLeft,
          transposeRight: transposeRight, padding: 3)
        #expect(failures(of: product) == [])
      }
    }

    @Test func `no steps give zeros, or leave an accumulated output as it is`() {
      let zeros = MatmulCase<Float>(rows: 3, columns: 5, inner: 0)
      #expect(zeros.product() == [Float](repeating: 0, count: 15))
      let kept = MatmulCase<Double>(rows: 3, columns: 5, inner: 0, accumulate: true)
      #expect(kept.product() == kept.initialOutput)
    }

    @Test func `infinities and NaN go where they belong and nowhere else`() {
      for set in availableInstructionSets {
        withInstructionSet(set) {
          var shape = MatmulCase<Float>(rows: 17, columns: 19, inner: 18).shape
          var left = [Float](repeating: 1, count: 17 * 18)
          var right = [Float](repeating: 0, count: 18 * 19)
          left[16 * 18 + 17] = .infinity
          right[0 * 19 + 18] = .nan
          var output = [Float](repeating: 7, count: 17 * 19)
          unfold_matmul_f32(&shape, left, right, &output)
          for i in 0..<17 {
            for j in 0..<19 {
              let undefined = i == 16 || j == 18
              #expect(output[i * 19 + j].isNaN == undefined)
              if !undefined { #expect(output[i * 19 + j] == 0) }
            }
          }
        }
      }
    }
  }
}
