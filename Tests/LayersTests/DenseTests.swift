import Layers
import Tensors
import TestSupport
import Testing

@Suite("Dense")
struct DenseTests {
  static func layer(bias: Bool = true) -> Dense {
    var generator = RandomGenerator(seed: 8)
    return Dense(3, 2, bias: bias, using: &generator, scalarType: .float64)
  }

  @Test func itIsTheAffineMap() {
    var dense = Self.layer()
    dense.weight = Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3], scalarType: .float64)
    dense.bias = Tensor([10, 20], shape: [2], scalarType: .float64)
    let x = Tensor([1, 0, -1, 1, 1, 1], shape: [2, 3], scalarType: .float64)
    #expect(dense(x).scalars == [8, 18, 16, 35])
    dense.bias = nil
    #expect(dense(x).scalars == [-2, -2, 6, 15])
    #expect(dense(x.reshaped(to: [1, 2, 3])).shape == [1, 2, 2])
  }

  @Test func derivativesAreThoseOfFiniteDifferences() {
    let points: [Tensor] = [
      .scattered([2, 3], seed: 1), .scattered([2], seed: 2), .scattered([4, 3], seed: 3),
    ]
    func y(_ p: [Tensor]) -> Tensor {
      Self.layer().replacingParameters([p[0], p[1]])(p[2]).tanh()
    }
    checkGradient(at: points, of: y)
    checkSecondDerivative(at: points, of: y)
  }

  @Test func parametersHavePyTorchsNames() {
    #expect(Self.layer().parameters.map(\.name) == ["weight", "bias"])
    #expect(Self.layer().bias?.scalars == [0, 0])
    #expect(Self.layer(bias: false).parameters.map(\.name) == ["weight"])
    checkParameters(Self.layer())
    checkParameters(Self.layer(bias: false))
  }
}
