import CKernels
import Foundation
import Testing

extension KernelTests {
  @Suite("Cross-entropy")
  struct CrossEntropyTests {
    static let chunk = Int(UNFOLD_CROSS_ENTROPY_CHUNK)

    private func makeCase<Real: CrossEntropyReal>(
      _: Real.Type, _ rows: Int, _ columns: Int, bias: Bool = true
    ) -> CrossEntropyCase<Real> {
      .init(
        rows: rows, columns: columns, logits: numbers(rows * columns, range: 8),
        bias: bias ? numbers(columns, range: 2, seed: 2) : nil,
        targets: (0..<rows).map { Int32(($0 * 7919 + columns - 1) % columns) },
        upstream: numbers(rows, range: 2, seed: 3))
    }

    /// The definition, in double.
    private func definition<Real: CrossEntropyReal>(_ x: CrossEntropyCase<Real>)
      -> CrossEntropyResult<Double>
    {
      var result = CrossEntropyResult<Double>(
        losses: [], gradient: [], biasGradient: Array(repeating: 0, count: x.columns))
      for i in 0..<x.rows {
        let z = (0..<x.columns).map { (j: Int) -> Double in
          let logit = Double(x.logits[i * x.columns + j])
          guard let bias = x.bias else { return logit }
          return logit + Double(bias[j])
        }
        let maximum = z.max() ?? 0
        let sum = z.reduce(0) { $0 + exp($1 - maximum) }
        let target = Int(x.targets[i])
        result.losses.append(maximum + log(sum) - z[target])
        for j in 0..<x.columns {
          let gradient =
            (exp(z[j] - maximum) / sum - (j == target ? 1 : 0)) * Double(x.upstream[i])
          result.gradient.append(gradient)
          result.biasGradient[j] += gradient
        }
      }
      return result
    }

    @Test("losses and gradients are close to the definition in double, for any number of columns")
    func accuracy() {
      func check<Real: CrossEntropyReal>(_: Real.Type) {
        let epsilon = Double(Real.ulpOfOne)
        for columns in lengths + [255, 256, 257, 511, 513, 10_000] where columns > 0 {
          for hasBias in [false, true] {
            let rows = columns > 1000 ? 3 : 6
            let x = makeCase(Real.self, rows, columns, bias: hasBias)
            let expected = definition(x)
            withEachInstructionSet { set in
              let what = "\(Real.self), \(set), \(columns) columns, bias \(hasBias)"
              let found = Real.crossEntropy(x)
              func isClose(_ found: [Real], _ expected: [Double], _ relative: Double) -> Bool {
                found.count == expected.count
                  && zip(found, expected).allSatisfy {
                    abs(Double($0) - $1) <= relative * epsilon * (1 + abs($1))
                  }
              }
              #expect(isClose(found.losses, expected.losses, 40), "\(what): losses")
              #expect(isClose(found.gradient, expected.gradient, 40), "\(what): gradient")
              #expect(isClose(found.biasGradient, expected.biasGradient, 80), "\(what): bias")
            }
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("the bits do not depend on blocks, on the rows beside, on threads, or on being in place")
    func independence() {
      func check<Real: CrossEntropyReal>(_: Real.Type) {
        for (rows, columns) in [(1, 3), (5, 65), (7, 256), (9, 700), (64, 1500)] {
          let x = makeCase(Real.self, rows, columns)
          withEachInstructionSet { set in
            let whole = Real.crossEntropy(x)
            func expectSame(_ found: CrossEntropyResult<Real>, _ what: String) {
              let what = "\(Real.self), \(set), [\(rows), \(columns)], \(what)"
              #expect(equalBits(found.losses, whole.losses), "\(what)")
              #expect(equalBits(found.gradient, whole.gradient), "\(what)")
              #expect(equalBits(found.biasGradient, whole.biasGradient), "\(what)")
            }
            expectSame(Real.crossEntropy(x, inPlace: true), "in place")
            for width in [1, 2, 3] {
              var cut = x
              cut.blocks = Array(stride(from: 0, to: columns, by: width * Self.chunk))
              expectSame(Real.crossEntropy(cut), "blocks of \(width) chunks")
            }
            for threads in [2, 3] {
              withTeam(of: threads) { expectSame(Real.crossEntropy(x), "\(threads) threads") }
            }
            let last = (rows - 1) * columns
            var alone = x
            alone.rows = 1
            alone.logits = Array(x.logits[last...])
            alone.targets = [x.targets[rows - 1]]
            alone.upstream = [x.upstream[rows - 1]]
            let found = Real.crossEntropy(alone)
            #expect(equalBits(found.losses, [whole.losses[rows - 1]]), "\(Real.self), \(set)")
            #expect(
              equalBits(found.gradient, Array(whole.gradient[last...])), "\(Real.self), \(set)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("huge, infinite and missing logits, in the first chunk or a later one")
    func extremes() {
      func check<Real: CrossEntropyReal>(_: Real.Type) {
        func losses(_ values: [Int: Real], target: Int, rest: Real = -.infinity) -> Real {
          let columns = 2 * Self.chunk + 3
          var logits = [Real](repeating: rest, count: columns)
          for (place, value) in values { logits[place] = value }
          let x = CrossEntropyCase(
            rows: 1, columns: columns, logits: logits, bias: nil, targets: [Int32(target)],
            upstream: [1])
          return Real.crossEntropy(x).losses[0]
        }
        let late = 2 * Self.chunk + 1
        let big = Real.greatestFiniteMagnitude
        withEachInstructionSet { set in
          let what = "\(Real.self), \(set)"
          #expect(abs(losses([0: 5000, late: 5000], target: 0) - 0.6931) < 1e-2, "\(what)")
          #expect(losses([late: 7], target: late) == 0, "\(what)")
          #expect(losses([0: 7], target: 0) == 0, "\(what)")
          #expect(losses([0: big], target: 0) == 0, "\(what)")
          #expect(losses([0: 1], target: late) == .infinity, "\(what)")
          #expect(losses([late: .infinity, 0: 1], target: 0) == .infinity, "\(what)")
          #expect(losses([0: .infinity, late: 1], target: late) == .infinity, "\(what)")
          #expect(losses([0: .nan, late: 1], target: late).isNaN, "\(what)")
          #expect(losses([0: 1, late: .nan], target: 0).isNaN, "\(what)")
          #expect(losses([0: .infinity, late: .nan], target: late).isNaN, "\(what)")
          #expect(losses([:], target: 0).isNaN, "\(what)")
          let none = CrossEntropyCase<Real>(
            rows: 0, columns: 3, logits: [], bias: [1, 2, 3], targets: [], upstream: [])
          #expect(Real.crossEntropy(none).losses.isEmpty, "\(what)")
          #expect(Real.crossEntropy(none).biasGradient.allSatisfy { $0 == 0 }, "\(what)")
        }
      }
      check(Float.self)
      check(Double.self)
    }
  }
}
