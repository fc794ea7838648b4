import CKernels
import Testing

extension KernelTests {
  @Suite("Random kernels")
  struct RandomTests {
    @Test(
      "Philox gives the published words",
      arguments: [
        ([0, 0], [0, 0, 0, 0], [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]),
        (
          [.max, .max], [.max, .max, .max, .max],
          [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]
        ),
        (
          [0xa409_3822, 0x299f_31d0], [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344],
          [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        ),
      ] as [([UInt32], [UInt32], [UInt32])])
    func publishedWords(key: [UInt32], counter: [UInt32], expected: [UInt32]) {
      #expect(philox(key, counter) == expected)
    }

    @Test("uniform draws are the top bits of the words of their counters")
    func uniformFromWords() {
      let key: UInt64 = 0x0123_4567_89ab_cdef
      let first: UInt64 = 0x1_ffff_ffff  // the counter's low word overflows on the way
      withEachInstructionSet { set in
        let single = Float.uniform(key, first &* 4 &+ 3, 700)
        for (i, value) in single.enumerated() {
          let draw = first &* 4 &+ 3 &+ UInt64(i)
          #expect(
            value == Float(words(key, draw / 4)[Int(draw % 4)] >> 8) * 0x1p-24, "\(set) draw \(i)")
        }
        let double = Double.uniform(key, first &* 2 &+ 1, 700)
        for (i, value) in double.enumerated() {
          let draw = first &* 2 &+ 1 &+ UInt64(i)
          let (low, high) = (
            words(key, draw / 2)[Int(draw % 2) * 2], words(key, draw / 2)[Int(draw % 2) * 2 + 1]
          )
          #expect(
            value == Double((UInt64(high) << 32 | UInt64(low)) >> 11) * 0x1p-53, "\(set) draw \(i)")
        }
      }
    }

    @Test("a range of draws does not depend on how it is split, nor on the instruction set")
    func splitting() {
      func check<Real: KernelReal>(_: Real.Type) {
        for draw in [Real.uniform, Real.normal] {
          var whole: [Real] = []
          withEachInstructionSet { set in
            let here = draw(42, 5, 1000)
            if whole.isEmpty { whole = here }
            #expect(equalBits(whole, here), "\(Real.self), \(set)")
            for cut in [0, 1, 3, 17, 64, 333, 999] {
              let parts = draw(42, 5, cut) + draw(42, 5 + UInt64(cut), 1000 - cut)
              #expect(equalBits(whole, parts), "\(Real.self), \(set), cut at \(cut)")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("uniform draws fill [0, 1) evenly")
    func uniformStatistics() {
      func check<Real: KernelReal>(_: Real.Type) {
        let draws = Real.uniform(7, 0, 1 << 20).map { Double($0) }
        let outside = draws.filter { $0 < 0 || $0 >= 1 }
        #expect(outside.isEmpty)
        let (mean, variance) = moments(draws)
        // Five standard errors: √(1/12n), and √(1/180n) for the variance.
        #expect(abs(mean - 0.5) < 5 * 2.82e-4)
        #expect(abs(variance - 1 / 12.0) < 5 * 7.3e-5)
        var counts = [Double](repeating: 0, count: 64)
        for draw in draws { counts[Int(draw * 64)] += 1 }
        let expected = Double(draws.count) / 64
        let chiSquare = counts.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected }
        #expect(chiSquare > 25 && chiSquare < 125)  // 63 degrees of freedom, about 5.5 deviations
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("normal draws have the moments of the standard normal distribution")
    func normalStatistics() {
      func check<Real: KernelReal>(_: Real.Type) {
        let draws = Real.normal(7, 0, 1 << 19).map { Double($0) }
        let (mean, variance) = moments(draws)
        let n = Double(draws.count)
        let skew = draws.reduce(0) { $0 + $1 * $1 * $1 } / n
        let fourth = draws.reduce(0) { $0 + $1 * $1 * $1 * $1 } / n
        #expect(abs(mean) < 5 / n.squareRoot())
        #expect(abs(variance - 1) < 5 * (2 / n).squareRoot())
        #expect(abs(skew) < 5 * (15 / n).squareRoot())
        #expect(abs(fourth - 3) < 5 * (96 / n).squareRoot())
        let outside = Double(draws.count { abs($0) > 2 }) / n
        #expect(abs(outside - 0.0455) < 5 * (0.0455 * 0.9545 / n).squareRoot())
        let neighbours = zip(draws, draws.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / n
        #expect(abs(neighbours) < 5 / n.squareRoot())
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("a mask's element depends on its key, step, sequence and unit alone")
    func maskFromWords() {
      func check<Real: KernelReal>(_: Real.Type) {
        let sequences: [UInt64] = [3, 0xffff_ffff_0000_0001, 3], steps: [UInt32] = [9, 0, 10]
        withEachInstructionSet { set in
          for columns in lengths {
            let mask = Real.mask(99, columns, sequences, steps, 0.7, 1.25)
            let expected = (0..<3).flatMap { i in
              (0..<columns).map { j in
                let counter = [
                  UInt32(j / 4), steps[i], UInt32(truncatingIfNeeded: sequences[i]),
                  UInt32(sequences[i] >> 32),
                ]
                return Double(philox([99, 0], counter)[j % 4]) < 0.7 * 0x1p32 ? Real(1.25) : 0
              }
            }
            #expect(mask == expected, "\(Real.self), \(set), \(columns) columns")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("a mask keeps the share it is asked for, all at 1 and none at 0")
    func maskShare() {
      func check<Real: KernelReal>(_: Real.Type) {
        let rows = 512, columns = 257
        let sequences = (0..<rows).map { UInt64($0) }, steps = [UInt32](repeating: 1, count: rows)
        for keep in [0, 0.1, 0.5, 0.9, 1] {
          let mask = Real.mask(5, columns, sequences, steps, keep, 2)
          let share = Double(mask.count { $0 == 2 }) / Double(mask.count)
          let others = mask.filter { $0 != 0 && $0 != 2 }
          #expect(others.isEmpty)
          #expect(abs(share - keep) <= 5 * (keep * (1 - keep) / Double(mask.count)).squareRoot())
        }
      }
      check(Float.self)
      check(Double.self)
    }

    private func words(_ key: UInt64, _ number: UInt64) -> [UInt32] {
      philox(
        [UInt32(truncatingIfNeeded: key), UInt32(key >> 32)],
        [UInt32(truncatingIfNeeded: number), UInt32(number >> 32), 0, 0])
    }

    private func philox(_ key: [UInt32], _ counter: [UInt32]) -> [UInt32] {
      var words: [UInt32] = [0, 0, 0, 0]
      unfold_philox(key, counter, &words)
      return words
    }

    private func moments(_ x: [Double]) -> (mean: Double, variance: Double) {
      let mean = x.reduce(0, +) / Double(x.count)
      return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count))
    }
  }
}
