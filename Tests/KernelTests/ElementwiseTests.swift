import CKernels
import Testing

extension KernelTests {
  @Suite("Element-wise kernels")
  struct ElementwiseTests {
    static let exactUnary = [
      UNFOLD_NEGATE, UNFOLD_ABSOLUTE, UNFOLD_SIGN, UNFOLD_SQUARE, UNFOLD_SQUARE_ROOT,
      UNFOLD_RECIPROCAL, UNFOLD_RELU,
    ]
    static let mathUnary = [
      UNFOLD_EXP, UNFOLD_LOG, UNFOLD_TANH, UNFOLD_SIGMOID, UNFOLD_SOFTPLUS, UNFOLD_ERF,
      UNFOLD_EXPM1,
    ]
    static let binary = [
      UNFOLD_ADD, UNFOLD_SUBTRACT, UNFOLD_MULTIPLY, UNFOLD_DIVIDE, UNFOLD_MAXIMUM, UNFOLD_MINIMUM,
      UNFOLD_POWER,
      UNFOLD_EQUAL, UNFOLD_LESS, UNFOLD_LESS_EQUAL,
    ]

    @Test("unary arithmetic has the bits of the plain loop at every size")
    func unaryArithmetic() {
      func check<Real: KernelReal>(_: Real.Type) {
        for function in Self.exactUnary {
          for size in lengths {
            let x = specials() + numbers(size) as [Real]
            for count in [size, x.count] {
              let part = Array(x[..<count])
              let expected = Real.unaryPlain(function, part)
              withEachInstructionSet { set in
                #expect(
                  equalBits(Real.unary(function, part), expected),
                  "\(Real.self), \(set), \(function), \(count)")
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("sign, rectifier and absolute value at zeros and NaN")
    func unaryCorners() {
      func check<Real: KernelReal>(_: Real.Type) {
        withEachInstructionSet { set in
          #expect(Real.unary(UNFOLD_SIGN, [-0.0, 0, 7, -3]) == [0, 0, 1, -1], "\(set)")
          #expect(Real.unary(UNFOLD_SIGN, [.nan])[0].isNaN, "\(set)")
          #expect(Real.unary(UNFOLD_RELU, [-1, 0, 2, -.infinity]) == [0, 0, 2, 0], "\(set)")
          #expect(Real.unary(UNFOLD_RELU, [.nan])[0].isNaN, "\(set)")
          #expect(equalBits(Real.unary(UNFOLD_ABSOLUTE, [-0.0]), [0]), "\(set)")
          #expect(equalBits(Real.unary(UNFOLD_NEGATE, [0]), [-0.0]), "\(set)")
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("an element has the same bits at every place, in place, and on any team")
    func unaryIndependence() {
      func check<Real: KernelReal>(_: Real.Type) {
        let x = numbers(67, range: 12) + specials() as [Real]
        let large: [Real] = numbers(300_001, range: 12)
        for function in Self.exactUnary + Self.mathUnary {
          withEachInstructionSet { set in
            let whole = Real.unary(function, x)
            let alone = x.flatMap { Real.unary(function, [$0]) }
            #expect(equalBits(whole, alone), "\(Real.self), \(set), \(function)")
            for start in 1..<20 {
              let shifted = Real.unary(function, Array(x[start...]))
              #expect(
                equalBits(shifted, Array(whole[start...])),
                "\(Real.self), \(set), \(function), from \(start)")
            }
            var inPlace = x
            Real.unaryInPlace(function, &inPlace)
            #expect(equalBits(inPlace, whole), "\(Real.self), \(set), \(function)")
            let one = Real.unary(function, large)
            for threads in [2, 3] {
              unfold_team_resize(Int32(threads))
              #expect(
                equalBits(Real.unary(function, large), one),
                "\(Real.self), \(set), \(function), \(threads) threads")
            }
            unfold_team_resize(1)
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("vectors of any width give the same bits")
    func vectorWidths() {
      func check<Real: KernelReal>(_: Real.Type) {
        let x = specials() + numbers(10_000, range: 100) as [Real]
        for function in Self.mathUnary {
          var first: [Real]?
          withEachInstructionSet { set in
            guard set != UNFOLD_PLAIN else { return }
            let here = Real.unary(function, x)
            #expect(equalBits(first ?? here, here), "\(Real.self), \(function)")
            first = here
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("binary functions have the bits of the plain loop under every broadcast")
    func binaryBroadcast() {
      func check<Real: KernelReal>(_: Real.Type) {
        for function in Self.binary {
          for (rows, columns) in [
            (0, 3), (3, 0), (1, 1), (9, 1), (1, 33), (3, 5), (4, 16), (5, 17), (3, 65), (7, 100),
          ] {
            let left = operands(rows, columns, seed: 1) as [Operand<Real>]
            let right = operands(rows, columns, seed: 2) as [Operand<Real>]
            for a in left {
              for b in right {
                let expected = Real.binaryPlain(function, rows, columns, a, b)
                withEachInstructionSet { set in
                  #expect(
                    equalBits(Real.binary(function, rows, columns, a, b), expected),
                    "\(Real.self), \(set), \(function), [\(rows), \(columns)], \(a.strides), \(b.strides)"
                  )
                }
              }
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("binary functions of special values have the bits of the plain loop")
    func binarySpecials() {
      func check<Real: KernelReal>(_: Real.Type) {
        let values: [Real] = specials()
        let n = values.count
        let (left, right) = (Operand(values, row: 1, column: 0), Operand(values, row: 0, column: 1))
        for function in Self.binary {
          let expected = Real.binaryPlain(function, n, n, left, right)
          withEachInstructionSet { set in
            #expect(
              equalBits(Real.binary(function, n, n, left, right), expected),
              "\(Real.self), \(set), \(function)")
          }
        }
        let (one, nan) = (
          Operand<Real>([1], row: 0, column: 0), Operand<Real>([.nan], row: 0, column: 0)
        )
        withEachInstructionSet { set in
          for function in [UNFOLD_MAXIMUM, UNFOLD_MINIMUM] {
            #expect(Real.binary(function, 1, 1, one, nan)[0].isNaN, "\(Real.self), \(set)")
            #expect(Real.binary(function, 1, 1, nan, one)[0].isNaN, "\(Real.self), \(set)")
          }
          for function in [UNFOLD_EQUAL, UNFOLD_LESS, UNFOLD_LESS_EQUAL] {
            #expect(Real.binary(function, 1, 1, nan, nan) == [0], "\(Real.self), \(set)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("a large binary pass is the same in place and on any team")
    func binaryLarge() {
      func check<Real: KernelReal>(_: Real.Type) {
        let (rows, columns) = (1001, 301)
        let x: [Real] = numbers(rows * columns, seed: 1),
          y: [Real] = numbers(rows * columns, seed: 2)
        let row: [Real] = numbers(columns, seed: 3), column: [Real] = numbers(rows, seed: 4)
        let dense = Operand(x, row: columns, column: 1)
        for other in [
          Operand(y, row: columns, column: 1), Operand(row, row: 0, column: 1),
          Operand(column, row: 1, column: 0),
        ] {
          let expected = Real.binaryPlain(UNFOLD_MULTIPLY, rows, columns, dense, other)
          for threads in [1, 2, 3] {
            withEachInstructionSet(threads: threads) { set in
              #expect(
                equalBits(Real.binary(UNFOLD_MULTIPLY, rows, columns, dense, other), expected),
                "\(Real.self), \(set), \(threads) threads")
            }
          }
        }
        for threads in [1, 2] {
          withEachInstructionSet(threads: threads) { set in
            var z = x
            Real.binaryInPlace(UNFOLD_SUBTRACT, &z, y)
            #expect(
              equalBits(z, zip(x, y).map { $0 - $1 }), "\(Real.self), \(set), \(threads) threads")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("select takes yes wherever the condition is not zero, NaN included")
    func select() {
      func check<Real: KernelReal>(_: Real.Type) {
        for size in lengths + [200_001] {
          var condition: [Real] = numbers(size)
          for i in condition.indices { condition[i].round(.towardZero) }
          if size > 3 {
            (condition[0], condition[1], condition[2]) = (.nan, -0.0, .leastNonzeroMagnitude)
          }
          let yes: [Real] = numbers(size, seed: 2), no: [Real] = numbers(size, seed: 3)
          let expected = (0..<size).map { condition[$0] != 0 ? yes[$0] : no[$0] }
          for threads in [1, 2] {
            withEachInstructionSet(threads: threads) { set in
              #expect(Real.select(condition, yes, no) == expected, "\(Real.self), \(set), \(size)")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("adding a scaled array rounds product and sum, at every place")
    func addScaled() {
      func check<Real: KernelReal>(_: Real.Type) {
        for size in lengths + [200_001] {
          let x: [Real] = numbers(size, seed: 2), start: [Real] = numbers(size, seed: 3)
          let expected = (0..<size).map { start[$0] + 0.3 * x[$0] }
          for threads in [1, 2] {
            withEachInstructionSet(threads: threads) { set in
              var y = start
              Real.addScaled(0.3, x, to: &y)
              #expect(
                equalBits(y, expected), "\(Real.self), \(set), \(size)")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("fill writes every element")
    func fill() {
      func check<Real: KernelReal>(_: Real.Type) {
        for size in lengths {
          withEachInstructionSet { set in
            #expect(
              Real.fill(2.5, size) == Array(repeating: 2.5, count: size),
              "\(Real.self), \(set), \(size)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("widening is exact and narrowing rounds to nearest")
    func widths() {
      let doubles = specials() + numbers(777, range: 1e3) as [Double]
      for size in lengths + [doubles.count] {
        let wide = Array(doubles[..<min(size, doubles.count)])
        let narrow = wide.map { Float($0) }
        withEachInstructionSet { set in
          var narrowed = [Float](repeating: 0, count: wide.count)
          unfold_narrow(Int64(wide.count), wide, &narrowed)
          #expect(equalBits(narrowed, narrow), "\(set)")
          var widened = [Double](repeating: 0, count: wide.count)
          unfold_widen(Int64(wide.count), narrow, &widened)
          #expect(equalBits(widened, narrow.map { Double($0) }), "\(set)")
        }
      }
    }

    /// Operands of every stride that the kernels take: dense, one row, one column, a scalar, rows with a gap.
    private func operands<Real: KernelReal>(_ rows: Int, _ columns: Int, seed: UInt64) -> [Operand<
      Real
    >] {
      var values: [Real] = numbers(max(1, rows * (columns + 3)), seed: seed)
      // Few different values, so that some are equal.
      for i in values.indices { values[i] = (values[i] * 2).rounded() / 2 }
      let strides = [(columns, 1), (0, 1), (1, 0), (0, 0), (columns + 3, 1), (3, 0)]
      return strides.map { Operand(values, row: $0.0, column: $0.1) }
    }
  }
}

/// Values at which functions and formats change.
func specials<Real: KernelReal>() -> [Real] {
  let positive: [Real] = [
    0, .leastNonzeroMagnitude, .leastNormalMagnitude, .leastNormalMagnitude.nextDown, .ulpOfOne,
    0.5, 1, 2, 3,
    .greatestFiniteMagnitude, .infinity, 0.625, 1.5, 17, 88.5, 104, 709.5, 745, 1000,
  ]
  return positive + positive.map { -$0 } + [.nan]
}
