import CKernels
import Dispatch
import Synchronization
import Testing

extension KernelTests {
  /// The bits of an element depend on its row, its column and the instruction set, on nothing else.
  @Suite struct MatmulExactnessTests {
    @Test(arguments: [false, true])
    func `a row is the same alone and in any company`(transposeRight: Bool) {
      checkRows(of: Float.self, transposeRight: transposeRight)
      checkRows(of: Double.self, transposeRight: transposeRight)
    }

    private func checkRows<Scalar: KernelScalar>(of type: Scalar.Type, transposeRight: Bool) {
      let (columns, inner) = (75, 410)
      let full = MatmulCase<Scalar>(
        rows: 1000, columns: columns, inner: inner, transposeRight: transposeRight)
      for set in availableInstructionSets {
        withInstructionSet(set) {
          let whole = full.product()
          for (first, rows) in [
            (0, 1), (500, 1), (999, 1), (7, 2), (30, 3), (101, 5), (40, 20), (333, 29), (600, 64),
          ] {
            var shape = full.shape
            shape.rows = Int64(rows)
            var output = [Scalar](repeating: 0, count: rows * columns)
            Scalar.matmul(
              &shape, Array(full.left[(first * inner)...]), full.right, &output)
            let same = sameBits(
              output, Array(whole[(first * columns)..<((first + rows) * columns)]))
            #expect(same, "rows \(first) to \(first + rows - 1), set \(set.rawValue)")
          }
        }
      }
    }

    @Test(arguments: [1, 20, 90])
    func `a column is the same alone and in any company`(rows: Int) {
      let (columns, inner) = (300, 210)
      // Rows of the stored [N, K] operand are the columns of the product.
      let full = MatmulCase<Float>(
        rows: rows, columns: columns, inner: inner, transposeRight: true)
      for set in availableInstructionSets {
        withInstructionSet(set) {
          let whole = full.product()
          for (first, count) in [(0, 1), (299, 1), (13, 7), (16, 16), (5, 33), (100, 140)] {
            var shape = full.shape
            shape.columns = Int64(count)
            shape.output_stride = Int64(count)
            var output = [Float](repeating: 0, count: rows * count)
            unfold_matmul_f32(
              &shape, full.left, Array(full.right[(first * inner)...]), &output)
            let expected = (0..<rows).flatMap { i in
              whole[(i * columns + first)..<(i * columns + first + count)]
            }
            #expect(sameBits(output, expected), "columns from \(first), set \(set.rawValue)")
          }
        }
      }
    }

    @Test(arguments: [false, true], [false, true])
    func `any number of threads gives the same bits`(transposeLeft: Bool, transposeRight: Bool) {
      // Wide, tall, square and long, all large enough for several threads.
      for (rows, columns, inner) in [
        (20, 900, 300), (1500, 33, 90), (250, 260, 120), (3, 700, 999),
      ] {
        let product = MatmulCase<Float>(
          rows: rows, columns: columns, inner: inner, transposeLeft: transposeLeft,
          transposeRight: transposeRight, accumulate: true)
        for set in availableInstructionSets {
          withInstructionSet(set) {
            let alone = withTeam(of: 1) { product.product() }
            for threads in [2, 3, 4, 7] {
              let shared = withTeam(of: threads) { product.product() }
              #expect(
                sameBits(alone, shared),
                "\(rows)×\(columns)×\(inner), \(threads) threads, set \(set.rawValue)")
            }
          }
        }
      }
    }

    @Test func `accumulating the second half of the sum onto the first is the whole sum`() {
      let (rows, columns, inner, half) = (23, 41, 330, 117)
      let full = MatmulCase<Double>(rows: rows, columns: columns, inner: inner)
      for set in availableInstructionSets {
        withInstructionSet(set) {
          var output = [Double](repeating: 0, count: rows * columns)
          var shape = full.shape
          shape.inner = Int64(half)
          unfold_matmul_f64(&shape, full.left, full.right, &output)
          shape.inner = Int64(inner - half)
          shape.accumulate = true
          unfold_matmul_f64(
            &shape, Array(full.left[half...]), Array(full.right[(half * columns)...]), &output)
          #expect(sameBits(output, full.product()), "set \(set.rawValue)")
        }
      }
    }

    @Test func `products from several threads at once are right`() {
      withTeam(of: 2) {
        let products = (0..<6).map {
          MatmulCase<Float>(
            rows: 60, columns: 110 + $0, inner: 100, transposeRight: $0 % 2 == 1, seed: UInt64($0))
        }
        let expected = products.map { $0.product() }
        let wrong = Mutex(0)
        DispatchQueue.concurrentPerform(iterations: 60) { turn in
          let index = turn % products.count
          if !sameBits(products[index].product(), expected[index]) { wrong.withLock { $0 += 1 } }
        }
        #expect(wrong.withLock { $0 } == 0)
      }
    }
  }
}
