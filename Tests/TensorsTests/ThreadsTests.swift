import TestSupport
import Testing

@testable import Tensors

@Suite("Threads") struct ThreadsTests {
  @Test("results are the same to the bit on any number of threads")
  func sameBits() async {
    await #expect(processExitsWith: .success) {
      func results() -> [[Float]] {
        let x = Tensor.scattered([257, 130], seed: 1, scalarType: .float32)
        let weight = Tensor.scattered([140, 130], seed: 2, scalarType: .float32)
        let found = valueWithGradient(at: [x, weight]) { points in
          let h = points[0].matmulTransposed(points[1]).tanh()
          return (h.softmax() * h).sum() + h.sum(axis: 0).squared().mean()
        }
        return ([found.value] + found.gradients).map(\.floats)
      }
      Threads.use(1)
      demand(Threads.count == 1, "not one thread")
      let one = results()
      for count in [2, 3, 7] {
        Threads.use(count)
        demand(Threads.count == count, "not \(count) threads")
        demand(results() == one, "other bits on \(count) threads")
      }
    }
  }

  @Test("no threads at all trap")
  func none() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      Threads.use(0)
    }
    expectMessage(result, "Threads: needs at least one, got 0")
  }
}
