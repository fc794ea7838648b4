import TestSupport
import Testing

@testable import Tensors

@Suite("Tape") struct TapeTests {
  static let million = 1_000_000

  @Test("the gradient of a chain of a million operations")
  func longGradient() {
    let found = valueWithGradient(at: Tensor(1, scalarType: .float64)) { x in
      let step = x * 1e-6
      return (0..<Self.million).reduce(x) { y, _ in y + step }
    }
    #expect(abs(found.value.item - 2) < 1e-9)
    #expect(abs(found.gradient.item - 2) < 1e-9)
  }

  @Test("a chain of a million operations is let go without a gradient")
  func longRelease() {
    struct Refusal: Error {}
    var length = 0
    #expect(throws: Refusal.self) {
      try valueWithGradient(at: Tensor(1)) { x in
        var y = x
        for _ in 0..<Self.million {
          y = -y
          length += 1
        }
        throw Refusal()
      }
    }
    #expect(length == Self.million)
  }

  @Test("a long chain shared by tasks is let go by all of them at once")
  func sharedRelease() async {
    await withTaskGroup { group in
      _ = valueWithGradient(at: Tensor(1)) { x in
        let deep = (0..<200_000).reduce(x) { y, _ in -y }
        for _ in 0..<4 { group.addTask { _ = -deep } }
        return x
      }
    }
  }

  @Test("memory goes as the pass does: gradients take the place of what they were computed from")
  func releaseInPass() async {
    await #expect(processExitsWith: .success) {
      let size = 1 << 16, layers = 64, bytes = 4 * size
      let points = (0..<layers).map { Tensor.full([size], 0.01 * Double($0)) }
      let start = MemoryPool.shared.bytesInUse
      let (found, peak) = MemoryPool.shared.peak {
        // Each layer's tanh keeps its result for the way back.
        valueWithGradient(at: points) { points in
          points.reduce(Tensor.zeros([size])) { ($0 + $1).tanh() }.sum()
        }
      }
      demand(found.gradients.count == layers, "gradients are missing")
      demand(peak - start > layers * bytes, "the layers kept nothing: \((peak - start) / bytes)")
      demand(peak - start < (layers + 8) * bytes, "\((peak - start) / bytes) of \(layers) layers")
    }
  }

  @Test("nothing stays behind, neither of gradients nor of gradients of gradients")
  func nothingLeft() async {
    await #expect(processExitsWith: .success) {
      let point = Tensor.full([1000], 0.5)
      let start = MemoryPool.shared.bytesInUse
      for _ in 0..<3 {
        let second = valueWithGradient(at: point) { x in
          valueWithGradient(at: x) { ($0.tanh() * $0).sum() }.gradient.squared().sum()
        }
        demand(second.gradient.isFinite, "not finite")
      }
      demand(
        MemoryPool.shared.bytesInUse == start, "\(MemoryPool.shared.bytesInUse - start) bytes left")
    }
  }

  @Test("a weight used at every step gets its gradient in place, not one a step")
  func accumulationInPlace() async {
    await #expect(processExitsWith: .success) {
      let size = 128, steps = 50
      let weight = Tensor.identity(size) * 0.5, start = Tensor.ones([1, size])
      let (found, peak) = MemoryPool.shared.peak {
        valueWithGradient(at: weight) { weight in
          (0..<steps).reduce(start) { h, _ in h.matmulTransposed(weight).tanh() }.sum()
        }
      }
      demand(found.gradient.isFinite, "not finite")
      let weights = (peak - start.count * 4 * 3 * steps) / (4 * size * size)
      demand(weights < 6, "\(weights) matrices at once")
    }
  }

  @Test("tasks take gradients at once, and get what one alone gets")
  func concurrency() async {
    let weight = Tensor.scattered([20, 20], seed: 1, scalarType: .float32)
    @Sendable func gradient(_ seed: Int) -> [Float] {
      let x = Tensor.scattered([5, 20], seed: UInt64(seed), scalarType: .float32)
      return valueWithGradient(at: weight) { weight in
        let h = (0..<20).reduce(x) { h, _ in h.matmulTransposed(weight).tanh() }
        let inner = valueWithGradient(at: h) { $0.matmul(weight).squared().sum() }
        return (inner.value + inner.gradient.sum()) * 1e-3
      }.gradient.floats
    }
    let alone = (0..<8).map(gradient)
    let together = await withTaskGroup(of: (Int, [Float]).self) { group in
      for seed in 0..<8 { group.addTask { (seed, gradient(seed)) } }
      return await group.reduce(into: Array(repeating: [Float](), count: 8)) { $0[$1.0] = $1.1 }
    }
    #expect(together == alone)
  }
}
