public import Tensors

extension Tensor {
  /// A tensor whose element number i, in row-major order, is `value(i)`; in double precision unless told otherwise.
  public static func ramp(
    _ shape: Shape, scalarType: ScalarType = .float64, _ value: (Double) -> Double = { $0 }
  ) -> Tensor {
    generate(shape, scalarType: scalarType) { value(Double($0)) }
  }

  /// Numbers scattered evenly over `range`, the same for the same seed on every machine, in double precision unless
  /// told otherwise.
  ///
  /// By SplitMix64 (Steele, Lea and Flood 2014, "Fast splittable pseudorandom number generators", fig. 17), not by the
  /// library's own generator, which is itself under test.
  public static func scattered(
    _ shape: Shape, seed: UInt64 = 1, in range: ClosedRange<Double> = -1...1,
    scalarType: ScalarType = .float64
  ) -> Tensor {
    var state = seed &* 0x2545_F491_4F6C_DD1D
    return generate(shape, scalarType: scalarType) { _ in
      state &+= 0x9E37_79B9_7F4A_7C15
      var bits = state
      bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
      bits ^= bits >> 31
      let unit = Double(bits >> 11) / Double(1 << 53)
      return range.lowerBound + unit * (range.upperBound - range.lowerBound)
    }
  }
}
