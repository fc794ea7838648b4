import CKernels
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

extension KernelTests {
  /// The bounds that elementwise.h states, against references of more digits.
  @Suite("Vector mathematics")
  struct VectorMathTests {
    static let functions = ElementwiseTests.mathUnary

    /// What elementwise.h promises; math.h promises nothing, and one common tanh is 2.2 ulp off.
    private static func bound(_ set: unfold_instruction_set) -> Double {
      set == UNFOLD_PLAIN ? 2.5 : 2
    }

    @Test("float functions stay within 2 ulp over all bit patterns", arguments: functions)
    func floatAccuracy(function: unfold_unary) {
      #if DEBUG
        let stride = 16_381
      #else
        let stride = 1021
      #endif
      var worst: [UInt32: (set: unfold_instruction_set, ulps: Double, at: Float)] = [:]
      func measure(_ x: [Float]) {
        let reference = Double.unaryPlain(function, x.map { Double($0) })
        withEachInstructionSet { set in
          let y = Float.unary(function, x)
          var (_, most, place) = worst[set.rawValue] ?? (set, 0, 0)
          for i in x.indices {
            let error = ulps(y[i], reference[i])
            if error > most { (most, place) = (error, x[i]) }
          }
          worst[set.rawValue] = (set, most, place)
        }
      }
      var pattern = 0
      while pattern < 1 << 32 {
        let end = min(pattern + (1 << 17) * stride, 1 << 32)
        measure(
          Swift.stride(from: pattern, to: end, by: stride).map { Float(bitPattern: UInt32($0)) })
        pattern += (1 << 17) * stride
      }
      measure(neighbourhoods())
      for (set, most, place) in worst.values {
        #expect(most <= Self.bound(set), "set \(set): \(most) ulp at \(place)")
      }
    }

    @Test("double functions stay within 2 ulp", arguments: functions)
    func doubleAccuracy(function: unfold_unary) {
      var generator = SplitMix(state: 11)
      var x: [Double] = neighbourhoods()
      x += (0..<100_000).map { _ in Double(bitPattern: generator.next()) }
      for range in [0.5, 2, 20, 750] {
        x += (0..<40_000).map { _ in Double.random(in: -range...range, using: &generator) }
      }
      if function == UNFOLD_LOG {
        x += (0..<100_000).map { _ in Double.random(in: 0.3...3, using: &generator) }
      }
      #if arch(x86_64)
        let reference = x.map { extended(function, Float80($0)) }
        withEachInstructionSet { set in
          let y = Double.unary(function, x)
          var (most, place) = (0.0, 0.0)
          for i in x.indices {
            let error = ulps(y[i], reference[i])
            if error > most { (most, place) = (error, x[i]) }
          }
          #expect(most <= Self.bound(set), "\(set): \(most) ulp at \(place)")
        }
      #else
        // No wider format here: math.h is itself within 1 ulp.
        let reference = Double.unaryPlain(function, x)
        withEachInstructionSet { set in
          let y = Double.unary(function, x)
          for i in x.indices {
            #expect(ulps(y[i], reference[i]) <= Self.bound(set) + 1, "\(set) at \(x[i])")
          }
        }
      #endif
    }

    @Test("signs of zero, infinities, NaN and the ends of the range are right")
    func corners() {
      func check<Real: KernelReal>(_: Real.Type) {
        let tiny = Real.leastNonzeroMagnitude
        let cases: [(unfold_unary, Real, Real)] = [
          (UNFOLD_EXP, 0, 1), (UNFOLD_EXP, -0.0, 1), (UNFOLD_EXP, .infinity, .infinity),
          (UNFOLD_EXP, -.infinity, 0),
          (UNFOLD_EXP, 1e4, .infinity), (UNFOLD_EXP, -1e4, 0), (UNFOLD_EXP, tiny, 1),
          (UNFOLD_LOG, 1, 0), (UNFOLD_LOG, 0, -.infinity), (UNFOLD_LOG, -0.0, -.infinity),
          (UNFOLD_LOG, .infinity, .infinity), (UNFOLD_LOG, -1, .nan),
          (UNFOLD_LOG, -.infinity, .nan),
          (UNFOLD_LOG, -tiny, .nan),
          (UNFOLD_TANH, 0, 0), (UNFOLD_TANH, -0.0, -0.0), (UNFOLD_TANH, .infinity, 1),
          (UNFOLD_TANH, -.infinity, -1),
          (UNFOLD_TANH, tiny, tiny), (UNFOLD_TANH, -tiny, -tiny),
          (UNFOLD_SIGMOID, 0, 0.5), (UNFOLD_SIGMOID, .infinity, 1), (UNFOLD_SIGMOID, -.infinity, 0),
          (UNFOLD_SIGMOID, 1e4, 1), (UNFOLD_SIGMOID, -1e4, 0),
          (UNFOLD_SOFTPLUS, .infinity, .infinity), (UNFOLD_SOFTPLUS, -.infinity, 0),
          (UNFOLD_SOFTPLUS, 1e4, 1e4),
          (UNFOLD_SOFTPLUS, .greatestFiniteMagnitude, .greatestFiniteMagnitude),
          (UNFOLD_SOFTPLUS, -1e4, 0),
          (UNFOLD_ERF, 0, 0), (UNFOLD_ERF, -0.0, -0.0), (UNFOLD_ERF, .infinity, 1),
          (UNFOLD_ERF, -.infinity, -1),
          (UNFOLD_ERF, 30, 1), (UNFOLD_ERF, -30, -1), (UNFOLD_ERF, -tiny, -tiny),
          (UNFOLD_EXPM1, 0, 0), (UNFOLD_EXPM1, -0.0, -0.0), (UNFOLD_EXPM1, .infinity, .infinity),
          (UNFOLD_EXPM1, -.infinity, -1), (UNFOLD_EXPM1, 1e4, .infinity), (UNFOLD_EXPM1, -1e4, -1),
          (UNFOLD_EXPM1, tiny, tiny), (UNFOLD_EXPM1, -tiny, -tiny),
        ]
        withEachInstructionSet { set in
          for (function, x, expected) in cases {
            #expect(
              equalBits(Real.unary(function, [x]), [expected]),
              "\(Real.self), \(set), \(function) at \(x)")
          }
          for function in Self.functions {
            #expect(
              allNaN(Real.unary(function, [.nan, -.nan])), "\(Real.self), \(set), \(function)")
          }
        }
      }
      check(Float.self)
      check(Double.self)
    }

    @Test("exp underflows through the denormals, and log reads them")
    func denormals() {
      withEachInstructionSet { set in
        let x: [Float] = [-87.5, -95, -100, -103.5]
        let y = Float.unary(UNFOLD_EXP, x)
        #expect(y.filter(\.isSubnormal) == y, "\(set)")
        let z = Float.unary(UNFOLD_SIGMOID, x)
        #expect(z.filter(\.isSubnormal) == z, "\(set)")
        #expect(Float.unary(UNFOLD_LOG, [Float.leastNonzeroMagnitude])[0] == -103.27893, "\(set)")
        let w = Double.unary(UNFOLD_EXP, [-710, -740])
        #expect(w.filter(\.isSubnormal) == w, "\(set)")
      }
    }

    /// A few hundred numbers on either side of each point at which a function or its program may change course.
    private func neighbourhoods<Real: KernelReal>() -> [Real] {
      let points: [Double] = [
        0, 1e-30, 1e-5, 0.25, 0.346_573_59, 0.5, 0.549_306_14, 0.625, 0.693_147_18, 0.707_106_78,
        0.875, 0.92, 1, 1.039_720_77,
        1.414_213_56, 2, 3.9, 4, 5.9, 8.3, 9, 10, 16.6, 17.3, 18.7, 19.1, 22, 36, 37.4, 87.33,
        88.02,
        88.722, 88.73, 89,
        103.27, 103.97, 104, 708.39, 709.78, 710, 744.44, 745.13, 746,
      ]
      return points.flatMap { point in
        [Real(point), -Real(point)].flatMap { centre in
          (-200...200).map { centre + Real($0) * centre.ulp }
        }
      }
    }
  }
}

/// |found − reference| in units of the last place that `reference` has as a float.
func ulps(_ found: Float, _ reference: Double) -> Double {
  if reference.isNaN || found.isNaN { return reference.isNaN && found.isNaN ? 0 : .infinity }
  let rounded = Float(reference)
  if found.isInfinite && found == rounded { return 0 }
  if reference.isInfinite { return .infinity }
  let value = found.isInfinite ? (found > 0 ? 0x1p128 : -0x1p128) : Double(found)
  return abs(value - reference) / Double(unit(rounded))
}

private func unit(_ x: Float) -> Float {
  x.isInfinite ? Float.greatestFiniteMagnitude.ulp : x.ulp
}

#if arch(x86_64)
  /// |found − reference| in units of the last place that `reference` has as a double.
  func ulps(_ found: Double, _ reference: Float80) -> Double {
    if reference.isNaN || found.isNaN { return reference.isNaN && found.isNaN ? 0 : .infinity }
    let rounded = Double(reference)
    if found.isInfinite && found == rounded { return 0 }
    if reference.isInfinite { return .infinity }
    let unit = rounded.isInfinite ? Double.greatestFiniteMagnitude.ulp : rounded.ulp
    let overflow = Float80(sign: found.sign, exponent: 1024, significand: 1)
    let value = found.isInfinite ? overflow : Float80(found)
    return Double(abs(value - reference) / Float80(unit))
  }

  private func extended(_ function: unfold_unary, _ x: Float80) -> Float80 {
    switch function {
    case UNFOLD_EXP: expl(x)
    case UNFOLD_LOG: logl(x)
    case UNFOLD_TANH: tanhl(x)
    case UNFOLD_SIGMOID: x < 0 ? expl(x) / (1 + expl(x)) : 1 / (1 + expl(-x))
    case UNFOLD_SOFTPLUS: x > 0 ? x + log1pl(expl(-x)) : log1pl(expl(x))
    case UNFOLD_ERF: erfl(x)
    default: expm1l(x)
    }
  }
#endif

/// |found − reference| in units of the last place.
func ulps(_ found: Double, _ reference: Double) -> Double {
  if reference.isNaN || found.isNaN { return reference.isNaN && found.isNaN ? 0 : .infinity }
  return found == reference ? 0 : abs(found - reference) / reference.ulp
}
