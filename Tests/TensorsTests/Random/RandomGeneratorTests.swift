import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("RandomGenerator") struct RandomGeneratorTests {
  @Test("the same seed gives the same numbers, another seed others")
  func reproducible() {
    func draw(_ seed: UInt64) -> [[Double]] {
      var generator = RandomGenerator(seed: seed)
      return [
        generator.uniform([5]).scalars, generator.normal([4]).scalars, [generator.nextUniform()],
        [Double(generator.next())], generator.uniform([3], scalarType: .float64).scalars,
      ]
    }
    #expect(draw(1) == draw(1))
    for (a, b) in zip(draw(1), draw(2)) { #expect(a != b) }
  }

  // The order by the same draws and Durstenfeld's method, written again with arithmetic of 128 bits.
  @Test("an order is of the seed alone", arguments: [0, 1, 3, 17, 1000])
  func order(count: Int) {
    var generator = RandomGenerator(seed: 7)
    var draws = generator
    let found = generator.shuffled(0..<count)
    #expect(found.sorted() == Array(0..<count))
    var expected = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      let place = Int((UInt128(draws.next()) * UInt128(last + 1)) >> 64)
      (expected[place], expected[last]) = (expected[last], expected[place])
    }
    #expect(found == expected && generator == draws)
  }

  @Test func everyOrderIsAsProbable() {
    var counts: [[Int]: Int] = [:]
    var generator = RandomGenerator(seed: 11)
    for _ in 0..<6000 { counts[generator.shuffled([4, 5, 6]), default: 0] += 1 }
    // χ² of five degrees of freedom is below 20.5 in 999 of 1000 cases.
    #expect(counts.count == 6)
    #expect(counts.values.reduce(0) { $0 + ($1 - 1000) * ($1 - 1000) } < 20_500)
  }

  // What a run was trained by must not change with a version of Swift. The numbers are those of Philox4x32-10 written
  // again in Python.
  @Test func anOrderIsTheSameForEver() {
    var generator = RandomGenerator(seed: 1)
    #expect(generator.shuffled(0..<9) == [4, 0, 6, 3, 5, 8, 1, 7, 2])
  }

  @Test("draws do not depend on how they are divided among calls", arguments: ScalarType.allCases)
  func divided(type: ScalarType) {
    var whole = RandomGenerator(seed: 3)
    var parts = RandomGenerator(seed: 3)
    let all = whole.uniform([37], scalarType: type).scalars
    let pieces = [1, 0, 15, 5, 16].map { parts.uniform([$0], scalarType: type).scalars }
    #expect(Array(pieces.joined()) == all)
    #expect(whole == parts)
    let normals = whole.normal([37], scalarType: type).scalars
    #expect([2, 34, 1].flatMap { parts.normal([$0], scalarType: type).scalars } == normals)
    #expect(whole.position == 74)
  }

  @Test("single numbers are those of a tensor in double precision")
  func singleNumbers() {
    var one = RandomGenerator(seed: 4)
    var many = RandomGenerator(seed: 4)
    let singles = (0..<9).map { _ in one.nextUniform() }
    #expect(singles == many.uniform([9], scalarType: .float64).scalars)
  }

  @Test("the state goes through a file and draws go on where they were")
  func codable() throws {
    var generator = RandomGenerator(seed: .max).stream(7)
    _ = generator.normal([5])
    let data = try JSONEncoder().encode(generator)
    var restored = try JSONDecoder().decode(RandomGenerator.self, from: data)
    #expect(restored == generator)
    #expect(restored.uniform([8]).scalars == generator.uniform([8]).scalars)
  }

  @Test("streams depend on their label and seed only, and differ from one another")
  func streams() {
    var generator = RandomGenerator(seed: 5)
    let before = generator.stream(1)
    _ = generator.uniform([100])
    #expect(generator.stream(1) == before)
    let keys = Set((0..<1000).map { generator.stream($0).key })
    #expect(keys.count == 1000)
    #expect(RandomGenerator(seed: 6).stream(1) != before)
  }

  @Test("keys that differ in a bit mix to keys that differ in about half of theirs")
  func mixing() {
    let base = RandomGenerator.mix(1, 2)
    let distances = (0..<64).flatMap { bit in
      [RandomGenerator.mix(1 ^ 1 << bit, 2), RandomGenerator.mix(1, 2 ^ 1 << bit)].map {
        ($0 ^ base).nonzeroBitCount
      }
    }
    #expect(distances.allSatisfy { (12...52).contains($0) })
    let mean = Double(distances.reduce(0, +)) / Double(distances.count)
    #expect((30...34).contains(mean))
  }

  /// Sample correlation, of standard deviation 1/√n for independent numbers.
  private static func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count)
    let (meanA, meanB) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - meanA) * (y - meanB)
      aa += (x - meanA) * (x - meanA)
      bb += (y - meanB) * (y - meanB)
    }
    return ab / (aa * bb).squareRoot()
  }

  @Test("uniform numbers are even over [0, 1), without correlation", arguments: ScalarType.allCases)
  func uniformStatistics(type: ScalarType) {
    var generator = RandomGenerator(seed: 8)
    let n = 100_000
    let x = generator.uniform([n], scalarType: type).scalars
    #expect(x.allSatisfy { (0..<1).contains($0) })
    // Chi-squared over 100 bins: 99 degrees of freedom, 99.99% below 161.
    var bins = Array(repeating: 0.0, count: 100)
    for value in x { bins[Int(value * 100)] += 1 }
    let expected = Double(n) / 100
    #expect(bins.reduce(0) { $0 + ($1 - expected) * ($1 - expected) / expected } < 161)
    // Neighbours, and numbers of another stream and seed: 4.5 standard deviations.
    let limit = 4.5 / Double(n).squareRoot()
    for lag in [1, 2, 3, 4, 8] {
      #expect(abs(Self.correlation(Array(x.dropLast(lag)), Array(x.dropFirst(lag)))) < limit)
    }
    var stream = RandomGenerator(seed: 8).stream(1)
    var neighbour = RandomGenerator(seed: 9)
    #expect(abs(Self.correlation(x, stream.uniform([n], scalarType: type).scalars)) < limit)
    #expect(abs(Self.correlation(x, neighbour.uniform([n], scalarType: type).scalars)) < limit)
  }

  @Test("normal numbers have the moments and tails of their distribution")
  func normalStatistics() {
    var generator = RandomGenerator(seed: 10)
    let n = 100_000
    let x = generator.normal([n], scalarType: .float64).scalars
    func moment(_ power: Double) -> Double { x.reduce(0) { $0 + pow($1, power) } / Double(n) }
    // Five standard deviations of each sample moment: √(1, 2, 15, 96)/√n.
    let unit = 5 / Double(n).squareRoot()
    #expect(abs(moment(1)) < unit)
    #expect(abs(moment(2) - 1) < unit * 2.0.squareRoot())
    #expect(abs(moment(3)) < unit * 15.0.squareRoot())
    #expect(abs(moment(4) - 3) < unit * 96.0.squareRoot())
    // 270 of 100,000 are expected beyond 3, and 0.06 beyond 5.
    #expect((190...350).contains(x.count { abs($0) > 3 }))
    #expect(x.allSatisfy { abs($0) < 6 })
  }

  @Test("mean and standard deviation scale normal numbers")
  func normalScale() {
    var a = RandomGenerator(seed: 11)
    var b = a
    let unit = a.normal([9], scalarType: .float64)
    expectClose(
      b.normal([9], mean: 2, standardDeviation: 0.5, scalarType: .float64), unit * 0.5 + 2)
  }

  @Test(
    "a range scales uniform numbers and its bound is never reached", arguments: ScalarType.allCases)
  func range(type: ScalarType) {
    var generator = RandomGenerator(seed: 12)
    let x = generator.uniform([200_000], in: 1000..<1001, scalarType: type).scalars
    // In single precision one number in 33,000 would round up to 1001.
    #expect(x.allSatisfy { (1000..<1001).contains($0) })
    #expect(abs(x.reduce(0, +) / 200_000 - 1000.5) < 0.004)
    let negative = generator.uniform([1000], in: -3 ..< -1, scalarType: type).scalars
    #expect(negative.allSatisfy { (-3 ..< -1).contains($0) })
  }

  @Test("numbers of different kinds are not made of the same random words")
  func kindsAreIndependent() {
    // By Box and Muller |z| ≤ √(−2 ln u). Were the draws of one key's words, the first word of the counter that makes
    // normal number n would be single-precision uniform number 4n.
    var normal = RandomGenerator(seed: 13)
    let z = normal.normal([400], scalarType: .float64).scalars
    var uniform = RandomGenerator(seed: 13)
    let u = uniform.uniform([1600]).scalars
    let below = z.indices.count { abs(z[$0]) <= (-2 * log(u[4 * $0] + 1e-7)).squareRoot() }
    let above = z.indices.count { abs(z[$0]) <= (-2 * log(1 - u[4 * $0] + 1e-7)).squareRoot() }
    #expect(below < 360 && above < 360)
    var double = RandomGenerator(seed: 13)
    let d = double.uniform([800], scalarType: .float64).scalars
    #expect(
      !d.indices.allSatisfy { abs(d[$0] - u[2 * $0]) < 1e-6 || abs(d[$0] - u[2 * $0 + 1]) < 1e-6 })
  }

  @Test("Swift's own shuffles and ranges draw from it, reproducibly")
  func standardLibrary() {
    var a = RandomGenerator(seed: 14)
    var b = a
    let shuffled = (0..<100).shuffled(using: &a)
    #expect(shuffled == (0..<100).shuffled(using: &b))
    #expect(shuffled.sorted() == Array(0..<100) && shuffled != Array(0..<100))
    let dice = (0..<6000).map { _ in Int.random(in: 1...6, using: &a) }
    for face in 1...6 { #expect((870...1130).contains(dice.count { $0 == face })) }
  }
}
