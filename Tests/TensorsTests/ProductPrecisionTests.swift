import Tensors
import TestSupport
import Testing

/// Products of operands rounded to bfloat16.
@Suite("Product precision")
struct ProductPrecisionTests {
  /// The nearest number with 8 bits of fraction, ties to even.
  static func rounded(_ x: Double) -> Double {
    let bits = Float(x).bitPattern
    let up = (bits & 0xFFFF) > 0x8000 || ((bits & 0xFFFF) == 0x8000 && bits & 0x10000 != 0)
    return Double(Float(bitPattern: (bits & 0xFFFF_0000) &+ (up ? 0x10000 : 0)))
  }

  @Test(arguments: [(1, 1, 1), (3, 17, 5), (20, 33, 47), (64, 256, 40)])
  func aProductIsThatOfTheRoundedOperands(rows: Int, inner: Int, columns: Int) {
    var generator = RandomGenerator(seed: 4)
    let left = generator.normal([rows, inner]), right = generator.normal([columns, inner])
    let found = withProductPrecision(.bfloat16) { left.matmulTransposed(right) }
    func exact(_ tensor: Tensor) -> Tensor {
      Tensor(tensor.scalars.map(Self.rounded), shape: tensor.shape, scalarType: .float64)
    }
    let expected = exact(left).matmulTransposed(exact(right))
    // Sums of float32: about inner · 2⁻²⁴ of the sum of sizes, which is about inner.
    let bound = Double(inner * inner) * 0x1p-24 + 0x1p-20
    for (l, r) in zip(found.scalars, expected.scalars) { #expect(abs(l - r) <= bound) }
    if inner > 1 { #expect(found.scalars != left.matmulTransposed(right).scalars) }
  }

  @Test func gradientsOfProductsAreRoundedToo() {
    let x = Tensor.scattered([5, 33], seed: 1).converted(to: .float32)
    let w = Tensor.scattered([7, 33], seed: 2).converted(to: .float32)
    func gradient(_ precision: ProductPrecision) -> [Double] {
      withProductPrecision(precision) {
        valueWithGradient(at: w) { x.matmulTransposed($0).squared().sum() }.gradient.scalars
      }
    }
    let full = gradient(.full), half = gradient(.bfloat16)
    #expect(full != half)
    let largest = full.map(abs).max() ?? 0
    for (l, r) in zip(full, half) { #expect(abs(l - r) < largest * 0x1p-6) }
  }

  @Test func doublesStayAsTheyAre() {
    let x = Tensor.scattered([5, 33], seed: 1), w = Tensor.scattered([7, 33], seed: 2)
    let full = x.matmulTransposed(w)
    let half = withProductPrecision(.bfloat16) { x.matmulTransposed(w) }
    #expect(full.scalars == half.scalars)
  }
}
