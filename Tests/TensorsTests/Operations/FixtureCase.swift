import TestSupport
import Tensors
import Testing

/// An operation of `Tests/Fixtures/operations/tensors.safetensors`, in our words.
struct FixtureCase: Sendable, CustomTestStringConvertible {
  let name: String
  let operands: [String]
  let function: @Sendable ([Tensor]) -> Tensor

  init(
    _ name: String, _ operands: [String] = ["a"],
    _ function: @escaping @Sendable ([Tensor]) -> Tensor
  ) {
    self.name = name
    self.operands = operands
    self.function = function
  }

  var testDescription: String { name }

  /// Compares the result and the gradients with PyTorch's: in double precision to 1e-12, in single precision to 1e-5.
  func check(sourceLocation: SourceLocation = #_sourceLocation) throws {
    let fixture = try Fixture("operations/tensors")
    for type in ScalarType.allCases {
      let tolerance = type == .float64 ? 1e-12 : 1e-5
      func read(_ what: String) throws -> Tensor {
        try fixture.tensor("\(name).\(what)").converted(to: type)
      }
      let points = try operands.map(read)
      let weight = try read("weight")
      var result: Tensor?
      let found = valueWithGradient(at: points) { points in
        let output = function(points)
        result = output.detached
        return (output * weight).sum()
      }
      if let result {
        expectClose(
          result, try read("result"), relative: tolerance, absolute: tolerance, "\(type) result",
          sourceLocation: sourceLocation)
      }
      for (operand, gradient) in zip(operands, found.gradients) {
        expectClose(
          gradient, try read("grad.\(operand)"), relative: tolerance, absolute: tolerance,
          "\(type) gradient of \(operand)", sourceLocation: sourceLocation)
      }
    }
  }
}

/// Integer operands of an operation of the fixture.
func fixtureIndices(_ name: String) throws -> IndexTensor {
  try Fixture("operations/tensors").indices(name)
}
