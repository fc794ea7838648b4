internal import CKernels

/// A seeded, counter-based source of random numbers.
///
/// Every draw is a pure function of the key and a counter (Philox4x32-10; Salmon et al. 2011, "Parallel random numbers:
/// as easy as 1, 2, 3", §3.3): the same seed gives the same numbers on every machine and number of threads.
/// A generator is a value; its whole state is ``key`` and ``position``.
public struct RandomGenerator: Sendable, Hashable, Codable {
  /// Which stream of numbers.
  public let key: UInt64
  /// How many numbers of the stream have been drawn.
  public private(set) var position: UInt64 = 0

  /// The stream of a seed.
  public init(seed: UInt64) { key = seed }

  /// A generator of its own for a named purpose: its draws do not depend on how many others were made.
  public func stream(_ label: UInt64) -> RandomGenerator {
    RandomGenerator(seed: Self.mix(key, label))
  }

  /// A key that differs in all bits for pairs that differ in one.
  public static func mix(_ key: UInt64, _ label: UInt64) -> UInt64 {
    let keyWords = [UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)]
    let counter = [
      UInt32(truncatingIfNeeded: label), UInt32(truncatingIfNeeded: label >> 32), 0, 1,
    ]
    var words: [UInt32] = [0, 0, 0, 0]
    unfold_philox(keyWords, counter, &words)
    return UInt64(words[0]) | UInt64(words[1]) << 32
  }

  /// What is drawn. The kinds cut a stream's words up differently, so each has a key of its own: under one key, numbers
  /// of two kinds at different positions would be made of the same words.
  private enum Draw: UInt64 {
    case bits = 0x6e65_7874
    case single = 0x756e_6933
    case double = 0x756e_6936
    case normal = 0x6e6f_726d
  }

  private func key(for draw: Draw) -> UInt64 { Self.mix(key, draw.rawValue) }

  /// Numbers spread evenly over `range`, its upper bound left out.
  public mutating func uniform(
    _ shape: Shape, in range: Range<Double> = 0..<1, scalarType: ScalarType = .float32
  ) -> Tensor {
    let first = advance(by: shape.count)
    let key = key(for: scalarType == .float32 ? .single : .double)
    func draw<S: KernelScalar>(_ type: S.Type) -> Tensor {
      let unit = Tensor.filled(shape, S.self) { S.uniform(key, first, shape.count, $0) }
      if range == 0..<1 { return unit }
      // Rounding may reach the upper bound.
      let last = Tensor(Double(S(range.upperBound).nextDown), scalarType: scalarType)
      let scaled = unit * (range.upperBound - range.lowerBound) + range.lowerBound
      return Tensor.minimum(scaled, last)
    }
    return draw(scalarType.kernels)
  }

  /// Numbers of the normal distribution.
  public mutating func normal(
    _ shape: Shape, mean: Double = 0, standardDeviation: Double = 1,
    scalarType: ScalarType = .float32
  ) -> Tensor {
    let first = advance(by: shape.count)
    let key = key(for: .normal)
    func draw<S: KernelScalar>(_ type: S.Type) -> Tensor {
      .filled(shape, S.self) { S.normal(key, first, shape.count, $0) }
    }
    return draw(scalarType.kernels) * standardDeviation + mean
  }

  /// One number in [0, 1) with 53 random bits.
  public mutating func nextUniform() -> Double {
    var value = 0.0
    unfold_uniform_f64(key(for: .double), advance(by: 1), 1, &value)
    return value
  }

  private mutating func advance(by count: Int) -> UInt64 {
    defer { position += UInt64(count) }
    return position
  }
}

extension RandomGenerator: RandomNumberGenerator {
  /// The next 64 random bits, for what takes any generator.
  public mutating func next() -> UInt64 {
    let number = advance(by: 1)
    return Self.mix(key(for: .bits), number)
  }
}
