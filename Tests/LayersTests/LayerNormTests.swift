import Layers
import Tensors
import TestSupport
import Testing

@Suite("LayerNorm")
struct LayerNormTests {
  @Test func rowsGetMeanZeroAndVarianceOne() {
    var norm = LayerNorm(4, epsilon: 0, scalarType: .float64)
    let y = norm(Tensor([1, 2, 3, 4, -5, -5, 5, 5], shape: [2, 4], scalarType: .float64))
    let third = 1.25.squareRoot()
    expectClose(
      y, [-1.5 / third, -0.5 / third, 0.5 / third, 1.5 / third, -1, -1, 1, 1], relative: 0,
      absolute: 1e-14)
    norm.weight = Tensor([1, 2, 3, 4], shape: [4], scalarType: .float64)
    norm.bias = Tensor([0, 0, 10, 0], shape: [4], scalarType: .float64)
    expectClose(
      norm(Tensor([-5, -5, 5, 5], shape: [1, 4], scalarType: .float64)), [-1, -2, 13, 4],
      relative: 0, absolute: 1e-13)
  }

  @Test func aConstantRowGivesTheBias() {
    let y = LayerNorm(3)(.full([2, 3], 7))
    #expect(y.scalars == [0, 0, 0, 0, 0, 0])
  }

  @Test func derivativesAreThoseOfFiniteDifferences() {
    let points: [Tensor] = [
      .scattered([2, 3, 4], seed: 1), .scattered([4], seed: 2), .scattered([4], seed: 3),
    ]
    func y(_ p: [Tensor]) -> Tensor {
      LayerNorm(4, scalarType: .float64).replacingParameters([p[1], p[2]])(p[0])
    }
    checkGradient(at: points, of: y)
    checkSecondDerivative(at: points, of: y)
  }

  @Test func parametersHavePyTorchsNames() {
    let norm = LayerNorm(4)
    #expect(norm.parameters.map(\.name) == ["weight", "bias"])
    #expect(norm.weight.scalars == [1, 1, 1, 1])
    #expect(norm.bias.scalars == [0, 0, 0, 0])
    checkParameters(norm)
  }
}
