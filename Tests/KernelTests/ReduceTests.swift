import CKernels
import Testing

extension KernelTests {
  @Suite("Reductions")
  struct ReduceTests {
    static let kinds = [UNFOLD_SUM, UNFOLD_MAX, UNFOLD_MIN]

    @Test("a reduction has the bits of its plain loop, in any shape, on any team")
    func reduceMatchesPlain() {
      func check<Real: KernelReal>(_: Real.Type) {
        for kind in Self.kinds {
          for (outer, count, inner) in shapes {
            let x: [Real] = numbers(outer * count * inner)
            let expected = Real.reducePlain(kind, outer, count, inner, x)
            for threads in [1, 2, 3] {
              withEachInstructionSet(threads: threads) { set in
                #expect(
                  equalBits(Real.reduce(kind, outer, count, inner, x), expected),
                  "\(Real.self), \(set), \(kind), [\(outer), \(count), \(inner)], \(threads) threads"
                )
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("a sum is close to the exact sum, a maximum and a minimum are exact")
    func reduceMatchesDefinition() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (outer, count, inner) in shapes {
          let x: [Real] = numbers(outer * count * inner)
          for kind in Self.kinds {
            let result = Real.reduce(kind, outer, count, inner, x)
            for i in 0..<outer {
              for k in 0..<inner {
                let values = (0..<count).map { Double(x[(i * count + $0) * inner + k]) }
                let found = Double(result[i * inner + k])
                switch kind {
                case UNFOLD_SUM:
                  let bound =
                    Double(Real.ulpOfOne) * values.reduce(0) { $0 + abs($1) }
                    * Double(max(count, 1))
                  let sum = values.reduce(0, +)
                  #expect(abs(found - sum) <= bound)
                case UNFOLD_MAX: #expect(found == values.max() ?? -.infinity)
                default: #expect(found == values.min() ?? .infinity)
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("sums of products over rows have the bits of their plain loop, on any team")
    func sumsOfProductsMatchPlain() {
      func check<Real: KernelReal>(_: Real.Type) {
        // Rows are taken in by 32, columns by vectors and by four of them.
        for rows in [0, 1, 2, 31, 32, 33, 65, 300] {
          for columns in [1, 7, 15, 16, 17, 33, 64, 65, 200, 1000] {
            let left: [Real] = numbers(rows * (columns + 3))
            let right: [Real] = numbers(rows * (columns + 1)).reversed()
            for scale in [nil, numbers(rows)] as [[Real]?] {
              let expected = Real.sumOfProductsPlain(
                rows, columns, left, columns + 3, right, columns + 1, scale)
              if rows == 1 {
                #expect(
                  expected == (0..<columns).map { left[$0] * right[$0] * (scale?[0] ?? 1) })
              }
              for threads in [1, 2, 3] {
                withEachInstructionSet(threads: threads) { set in
                  #expect(
                    equalBits(
                      Real.sumOfProducts(
                        rows, columns, left, columns + 3, right, columns + 1, scale), expected),
                    "\(Real.self), \(set), [\(rows), \(columns)], \(threads) threads")
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("one NaN makes its own sum, maximum and minimum NaN, and no other")
    func reduceNaN() {
      func check<Real: KernelReal>(_: Real.Type) {
        withEachInstructionSet { set in
          for kind in Self.kinds {
            for (count, inner) in [(1, 1), (17, 1), (200, 1), (9, 5), (9, 40)] {
              for place in Set([0, count / 2, count - 1]) {
                var x: [Real] = numbers(3 * count * inner)
                x[(count + place) * inner + inner / 2] = .nan
                let result = Real.reduce(kind, 3, count, inner, x)
                let isNaN = result.map(\.isNaN)
                let expected = (0..<3 * inner).map { $0 == inner + inner / 2 }
                #expect(
                  isNaN == expected,
                  "\(Real.self), \(set), \(kind), [3, \(count), \(inner)], at \(place)")
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test(
      "the sum of squares is accurate, and independent of threads and instruction set to the bit")
    func sumOfSquares() {
      func check<Real: KernelReal>(_: Real.Type) {
        for count in lengths + [40_000, 300_001] {
          let x: [Real] = numbers(count)
          let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
          var bits: Set<UInt64> = []
          for threads in [1, 2, 3] {
            withEachInstructionSet(threads: threads) { set in
              let sum = Real.sumOfSquares(x)
              bits.insert(sum.bitPattern)
              #expect(abs(sum - expected) <= 1e-12 * expected, "\(Real.self), \(set), \(count)")
            }
          }
          #expect(bits.count == 1, "\(Real.self), \(count)")
        }
      }
      check(Float.self)
      check(Double.self)
      #expect(Float.sumOfSquares([3e38, 3e38]) > 1e76, "no overflow in float")
    }

    @Test("argmax gives the first of the largest, and the first NaN before all")
    func argmax() {
      func check<Real: KernelReal>(_: Real.Type) {
        for columns in lengths where columns > 0 {
          let rows = 6
          var x: [Real] = numbers(rows * columns)
          x.replaceSubrange(0..<columns, with: repeatElement(-.infinity, count: columns))
          x[columns + columns / 2] = 9
          x[2 * columns - 1] = 9
          x[2 * columns + columns - 1] = .nan
          x[3 * columns + columns / 3] = .nan
          x[3 * columns + columns / 2] = .infinity
          x[4 * columns + columns / 2] = .infinity
          let last = x[(5 * columns)...]
          let place = last.firstIndex(of: last.max() ?? 0) ?? 0
          let expected = [
            0, columns / 2, columns - 1, columns / 3, columns / 2, place - 5 * columns,
          ]
          // With few columns the marks of a row fall together, and NaN is the one that stays.
          if columns / 2 == columns / 3 { x[3 * columns + columns / 3] = .nan }
          for threads in [1, 2] {
            withEachInstructionSet(threads: threads) { set in
              #expect(
                Real.argmax(rows, columns, x) == expected.map { Int32($0) },
                "\(Real.self), \(set), \(columns)")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("softmax and its logarithm are close to the definition in double")
    func softmaxAccuracy() {
      func check<Real: KernelReal>(_: Real.Type) {
        let epsilon = Double(Real.ulpOfOne)
        for columns in lengths where columns > 0 {
          let rows = 3
          let x: [Real] = numbers(rows * columns, range: 20)
          withEachInstructionSet { set in
            let soft = Real.softmax(rows, columns, x).map { Double($0) }
            let log = Real.logSoftmax(rows, columns, x).map { Double($0) }
            let sums = Real.logSumExp(rows, columns, x).map { Double($0) }
            let plain = Double.softmaxPlain(rows, columns, x.map { Double($0) })
            let plainLog = Double.logSoftmaxPlain(rows, columns, x.map { Double($0) })
            for i in soft.indices {
              #expect(
                abs(soft[i] - plain[i]) <= 48 * epsilon * plain[i],
                "\(Real.self), \(set), \(columns)")
              #expect(
                abs(log[i] - plainLog[i]) <= 4 * epsilon * (40 + abs(plainLog[i])),
                "\(Real.self), \(set), \(columns)")
            }
            for i in 0..<rows {
              let expected = Double(x[i * columns]) - plainLog[i * columns]
              #expect(
                abs(sums[i] - expected) <= 4 * epsilon * 40, "\(Real.self), \(set), \(columns)")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("softmax in place, of a row in any company and on any team has the same bits")
    func softmaxIndependence() {
      func check<Real: KernelReal>(_: Real.Type) {
        for (rows, columns) in [(1, 5), (4, 33), (40, 1000), (6, 10_000)] {
          let x: [Real] = numbers(rows * columns, range: 10)
          withEachInstructionSet { set in
            let soft = Real.softmax(rows, columns, x)
            let log = Real.logSoftmax(rows, columns, x)
            let sums = Real.logSumExp(rows, columns, x)
            var inPlace = x
            Real.softmaxInPlace(rows, columns, &inPlace)
            #expect(equalBits(inPlace, soft), "\(Real.self), \(set)")
            inPlace = x
            Real.logSoftmaxInPlace(rows, columns, &inPlace)
            #expect(equalBits(inPlace, log), "\(Real.self), \(set)")
            let last = (rows - 1) * columns
            #expect(equalBits(Real.softmax(1, columns, Array(x[last...])), Array(soft[last...])))
            #expect(equalBits(Real.logSoftmax(1, columns, Array(x[last...])), Array(log[last...])))
            for threads in [2, 3] {
              unfold_team_resize(Int32(threads))
              #expect(
                equalBits(Real.softmax(rows, columns, x), soft), "\(Real.self), \(set), \(threads)")
              #expect(
                equalBits(Real.logSoftmax(rows, columns, x), log),
                "\(Real.self), \(set), \(threads)"
              )
              #expect(
                equalBits(Real.logSumExp(rows, columns, x), sums),
                "\(Real.self), \(set), \(threads)"
              )
            }
            unfold_team_resize(1)
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("softmax of huge, infinite and missing values")
    func softmaxExtremes() {
      func check<Real: KernelReal>(_: Real.Type) {
        let big = Real.greatestFiniteMagnitude
        withEachInstructionSet { set in
          #expect(Real.softmax(1, 3, [big, big, -big]) == [0.5, 0.5, 0], "\(Real.self), \(set)")
          #expect(Real.softmax(1, 3, [1, -.infinity, 1]) == [0.5, 0, 0.5], "\(Real.self), \(set)")
          #expect(
            Real.logSoftmax(1, 2, [0, -.infinity]) == [0, -.infinity], "\(Real.self), \(set)")
          #expect(allNaN(Real.softmax(1, 3, [1, .nan, 1])), "\(Real.self), \(set)")
          #expect(allNaN(Real.logSoftmax(1, 3, [1, .nan, 1])), "\(Real.self), \(set)")
          #expect(allNaN(Real.softmax(1, 2, [1, .infinity])), "\(Real.self), \(set)")
          #expect(allNaN(Real.softmax(1, 2, [-.infinity, -.infinity])), "\(Real.self), \(set)")
          #expect(
            Real.logSumExp(1, 2, [-.infinity, -.infinity]) == [-.infinity], "\(Real.self), \(set)")
          #expect(Real.logSumExp(1, 2, [.infinity, 1]) == [.infinity], "\(Real.self), \(set)")
          #expect(Real.logSumExp(1, 2, [.infinity, .nan])[0].isNaN, "\(Real.self), \(set)")
          #expect(Real.logSumExp(2, 0, []) == [-.infinity, -.infinity], "\(Real.self), \(set)")
          #expect(Real.logSumExp(1, 1, [big]) == [big], "\(Real.self), \(set)")
          #expect(
            Real.softmax(0, 4, []) == [] && Real.softmax(4, 0, []) == [], "\(Real.self), \(set)")
        }
      }
      check(Float.self)
      check(Double.self)
    }

    private var shapes: [(Int, Int, Int)] {
      lengths.map { (3, $0, 1) }
        + lengths.map { (2, 5, $0) }
        + [
          (0, 4, 4), (4, 0, 1), (4, 0, 3), (4, 4, 0), (1, 1000, 3), (500, 300, 1), (1, 400, 700),
          (600, 3, 120),
        ]
    }
  }
}
