import CKernels
import Testing

extension KernelTests {
  @Suite("Row kernels")
  struct RowsTests {
    @Test("gather takes the rows that the indices name, repeats included")
    func gather() {
      func check<Real: KernelReal>(_: Real.Type) {
        for columns in lengths {
          let x: [Real] = numbers(7 * columns)
          let indices: [Int32] = [6, 0, 3, 3, 1]
          let expected = indices.flatMap { x[Int($0) * columns..<(Int($0) + 1) * columns] }
          withEachInstructionSet { set in
            #expect(
              Real.gather(columns, x, indices) == expected, "\(Real.self), \(set), \(columns)")
          }
        }
        #expect(Real.gather(3, numbers(9), []) == [])
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("scatter-add adds in the order of the indices, whatever the threads")
    func scatterAdd() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (count, columns) in [(5, 3), (40, 17), (1000, 1), (1000, 33), (3000, 200), (20_000, 5)]
        {
          let rows = 19
          var generator = SplitMix(state: 3)
          let indices = (0..<count).map { _ in Int32.random(in: 0..<Int32(rows), using: &generator)
          }
          let x: [Real] = numbers(count * columns, seed: 2)
          let start: [Real] = numbers(rows * columns, seed: 4)
          var expected = start
          for i in 0..<count {
            for j in 0..<columns { expected[Int(indices[i]) * columns + j] += x[i * columns + j] }
          }
          for threads in [1, 2, 3] {
            withEachInstructionSet(threads: threads) { set in
              var y = start
              Real.scatterAdd(columns, x, indices, to: &y)
              #expect(
                equalBits(y, expected),
                "\(Real.self), \(set), [\(count), \(columns)], \(threads) threads")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("pick takes one element of each row")
    func pick() {
      func check<Real: KernelReal>(_: Real.Type) {
        let x: [Real] = numbers(5 * 11)
        let indices: [Int32] = [10, 0, 4, 7, 7]
        #expect(Real.pick(11, x, indices) == (0..<5).map { x[$0 * 11 + Int(indices[$0])] })
        #expect(Real.pick(11, [], []) == [])
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("copying a block touches the block only", arguments: [false, true])
    func copyBlock(accumulate: Bool) {
      func check<Real: KernelReal>(_: Real.Type) {
        for columns in lengths {
          let rows = 3, inputStride = columns + 2, outputStride = columns + 5
          let x: [Real] = numbers(rows * inputStride)
          let start: [Real] = numbers(rows * outputStride, seed: 2)
          var expected = start
          for i in 0..<rows {
            for j in 0..<columns {
              let old = accumulate ? expected[i * outputStride + j] : 0
              expected[i * outputStride + j] = old + x[i * inputStride + j]
            }
          }
          withEachInstructionSet { set in
            var y = start
            Real.copyBlock(
              rows, columns, x, inputStride, to: &y, outputStride, accumulate: accumulate)
            #expect(equalBits(y, expected), "\(Real.self), \(set), \(columns)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("a large block is copied alike by one thread and by several", arguments: [false, true])
    func copyLargeBlock(accumulate: Bool) {
      let rows = 700, columns = 301
      let x: [Float] = numbers(rows * columns)
      let start: [Float] = numbers(rows * columns, seed: 2)
      let expected = accumulate ? zip(start, x).map { $0 + $1 } : x
      for threads in [1, 2, 3] {
        withEachInstructionSet(threads: threads) { set in
          var y = start
          Float.copyBlock(rows, columns, x, columns, to: &y, columns, accumulate: accumulate)
          #expect(equalBits(y, expected), "\(set), \(threads) threads")
        }
      }
    }

    @Test("transpose swaps the axes")
    func transpose() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (rows, columns) in [
          (0, 3), (3, 0), (1, 1), (1, 9), (9, 1), (3, 5), (16, 16), (17, 33), (64, 65), (300, 701),
        ] {
          let x: [Real] = numbers(rows * columns)
          let expected = (0..<columns).flatMap { j in (0..<rows).map { i in x[i * columns + j] } }
          for threads in [1, 2, 3] {
            withEachInstructionSet(threads: threads) { set in
              #expect(
                Real.transpose(rows, columns, x) == expected,
                "\(Real.self), \(set), [\(rows), \(columns)], \(threads) threads")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
