import TestSupport
import Testing

@testable import Tensors

@Suite("Broadcast") struct BroadcastTests {
  @Test("axes of size 1 and missing ones stretch")
  func values() {
    let x = Tensor([1, 2], shape: [2, 1])
    expectClose(x.broadcast(to: [2, 3]), Tensor([1, 1, 1, 2, 2, 2], shape: [2, 3]))
    expectClose(
      x.broadcast(to: [2, 2, 2]), Tensor([1, 1, 2, 2, 1, 1, 2, 2], shape: [2, 2, 2]))
    expectClose(Tensor(7).broadcast(to: [2, 1]), Tensor([7, 7], shape: [2, 1]))
    expectClose(Tensor.ones([1]).broadcast(to: [0]), Tensor.zeros([0]))
    expectClose(Tensor.ones([0, 1]).broadcast(to: [2, 0, 3]), Tensor.zeros([2, 0, 3]))
  }

  @Test("every number is copied as it is: the sign of zero, infinities, NaN, the smallest")
  func exactCopy() {
    for type in ScalarType.allCases {
      let tiny = type == .float32 ? Double(Float.leastNonzeroMagnitude) : .leastNonzeroMagnitude
      let x = Tensor([-0.0, 0, -.infinity, .nan, tiny], shape: [5, 1], scalarType: type)
      let stretched = x.broadcast(to: [5, 3]).scalars
      #expect(stretched[..<3].allSatisfy { $0 == 0 && $0.sign == .minus })
      #expect(stretched[3..<6].allSatisfy { $0 == 0 && $0.sign == .plus })
      #expect(stretched[6..<9].allSatisfy { $0 == -.infinity })
      #expect(stretched[9..<12].allSatisfy { $0.isNaN })
      #expect(stretched[12...].allSatisfy { $0 == tiny })
    }
  }

  @Test(
    "gradients match finite differences",
    arguments: [
      GradientCase("scalar", at: .scattered([])) { $0[0].broadcast(to: [2, 3]) },
      GradientCase("row", at: .scattered([3])) { $0[0].broadcast(to: [2, 3]) },
      GradientCase("column", at: .scattered([2, 1])) { $0[0].broadcast(to: [4, 2, 3]) },
      GradientCase("inner and outer", at: .scattered([1, 3, 1])) {
        $0[0].broadcast(to: [2, 3, 4])
      },
    ])
  func gradients(function: GradientCase) {
    checkGradient(at: function.points, of: function.function)
    checkSecondDerivative(at: function.points) { function.function($0).squared() }
  }

  @Test("values and gradients are PyTorch's")
  func fixture() throws { try FixtureCase("broadcast") { $0[0].broadcast(to: [2, 3, 4]) }.check() }

  @Test("a shape that cannot be stretched to traps")
  func doesNotStretch() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Tensor.ones([2, 3]).broadcast(to: [2, 1])
    }
    expectMessage(result, "broadcast: [2, 3] does not stretch to [2, 1]")
  }
}
