import Foundation
import TestSupport
import Testing

@testable import Tensors

@Suite("Activation") struct ActivationTests {
  static func fixtureName(_ activation: Activation) -> String {
    switch activation {
    case .hardSigmoid: "hard_sigmoid"
    case .leakyReLU: "leaky_relu"
    default: activation.rawValue
    }
  }

  @Test("values and two derivatives are PyTorch's from −40 to 40", arguments: Activation.allCases)
  func fixture(activation: Activation) throws {
    let fixture = try Fixture("operations/activations")
    let name = Self.fixtureName(activation)
    let x = try fixture.tensor("x")
    expectClose(
      activation(x), try fixture.tensor("\(name).value"), relative: 1e-12, absolute: 1e-14)
    expectClose(
      valueWithGradient(at: x) { activation($0).sum() }.gradient,
      try fixture.tensor("\(name).first"), relative: 1e-12, absolute: 1e-14, "first derivative")
    let second = valueWithGradient(at: x) { x in
      valueWithGradient(at: x) { activation($0).sum() }.gradient.sum()
    }
    expectClose(
      second.gradient, try fixture.tensor("\(name).second"), relative: 1e-11, absolute: 1e-13,
      "second derivative")
  }

  @Test("values in single precision are PyTorch's", arguments: Activation.allCases)
  func single(activation: Activation) throws {
    let fixture = try Fixture("operations/activations")
    let x = try fixture.tensor("x").converted(to: .float32)
    let expected = try fixture.tensor("\(Self.fixtureName(activation)).value")
    expectClose(activation(x), expected.converted(to: .float32), relative: 2e-6, absolute: 2e-6)
  }

  @Test("at a kink PyTorch's side is taken", arguments: Activation.allCases)
  func kinks(activation: Activation) throws {
    let fixture = try Fixture("operations/activations")
    let name = Self.fixtureName(activation)
    let kinks = try fixture.tensor("kinks")
    expectClose(activation(kinks), try fixture.tensor("\(name).at_kinks"), relative: 1e-12)
    expectClose(
      valueWithGradient(at: kinks) { activation($0).sum() }.gradient,
      try fixture.tensor("\(name).first_at_kinks"), relative: 1e-12, "first derivative")
  }

  @Test("gradients match finite differences away from the kinks", arguments: Activation.allCases)
  func gradients(activation: Activation) {
    let x = Tensor(
      [-7.5, -2.9, -1.1, -0.3, 0.2, 0.9, 2.8, 6.5], shape: [2, 4], scalarType: .float64)
    checkGradient(at: [x]) { activation($0[0]) }
    checkSecondDerivative(at: [x]) { activation($0[0]) * $0[0] }
  }

  @Test("NaN stays NaN", arguments: Activation.allCases)
  func notANumber(activation: Activation) {
    for type in ScalarType.allCases {
      #expect(activation(Tensor(.nan, scalarType: type)).item.isNaN)
    }
  }

  @Test(
    "no activation overflows to NaN far out, nor does its gradient", arguments: Activation.allCases)
  func tails(activation: Activation) {
    for type in ScalarType.allCases {
      let x = Tensor([-1e4, -800, -100, 100, 800, 1e4], shape: [6], scalarType: type)
      let found = valueWithGradient(at: x) { activation($0).sum() }
      #expect(activation(x).isFinite)
      #expect(found.gradient.isFinite)
    }
  }

  @Test("softsign is ±1 at ±∞, and flat", arguments: ScalarType.allCases)
  func softsignAtInfinity(type: ScalarType) {
    let x = Tensor([-.infinity, .infinity, 1], shape: [3], scalarType: type)
    let found = valueWithGradient(at: x) { Activation.softsign($0).sum() }
    #expect(Activation.softsign(x).scalars == [-1, 1, 0.5])
    #expect(found.gradient.scalars == [0, 0, 0.25])
  }

  @Test("names are those of configuration files")
  func names() {
    #expect(Activation(rawValue: "leaky-relu") == .leakyReLU)
    #expect(Activation(rawValue: "hard-sigmoid") == .hardSigmoid)
    #expect(Activation.allCases.count == 10)
  }
}
