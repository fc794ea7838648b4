import TestSupport
import Testing
import TwoTimescale
import Unfold

@testable import custom_cell

/// A user's own cell is held to the reference as the built-in ones are, and learns.
@Suite("Examples/CustomCell", .serialized)
struct CustomCellTests {
  static func cell(_ hiddenSize: Int, _ scalarType: ScalarType) -> TwoTimescaleCell {
    var generator = RandomGenerator(seed: 5)
    return TwoTimescaleCell(
      inputSize: 5, hiddenSize: hiddenSize, using: &generator, scalarType: scalarType)
  }

  @Test(arguments: [2, 15, 16, 17, 33], [ScalarType.float32, .float64])
  func theTwoPathsAgree(_ hiddenSize: Int, _ scalarType: ScalarType) {
    let cell = Self.cell(hiddenSize, scalarType)
    for lengths in [[], [0, 0], Unfoldable.few, Unfoldable.many] {
      for direction in Direction.allCases {
        for order in NodeOrder.allCases {
          expectAgreement(
            parameters: cell.parameters.map(\.tensor),
            over: Unfoldable(
              inputSize: 5, lengths: lengths, scalarType: scalarType, direction: direction,
              order: order)
          ) { cell.replacingParameters($0) }
        }
      }
    }
  }

  @Test func derivativesAreThoseOfFiniteDifferences() {
    let cell = Self.cell(3, .float64)
    let parameters = cell.parameters.map(\.tensor)
    let points =
      parameters + [.scattered([6, 5], seed: 2), .scattered([4, 3], seed: 3)]
      + [.scattered([4, 3], seed: 4)]
    func states(_ points: [Tensor]) -> Tensor {
      let rest = points[parameters.count...]
      let run = unfold(
        cell.replacingParameters(Array(points[..<parameters.count])), over: .chain([2, 0, 3, 1]),
        rest[parameters.count], from: .init(tensors: Array(rest.dropFirst())))
      return .concatenate([run.states.output, run.last.output])
    }
    checkGradient(at: points, of: states)
    checkSecondDerivative(at: points, of: states)
  }

  @Test func aSequenceHasTheSameBitsInAnyCompany() {
    let cell = Self.cell(33, .float32), lengths = Unfoldable.many
    let inputs = Tensor.scattered([lengths.reduce(0, +), 5], scalarType: .float32)
    let together = unfold(cell, over: .chain(lengths), inputs).last.output
    var start = 0
    for (sequence, length) in lengths.enumerated() {
      let alone = unfold(cell, over: .chain([length]), inputs.slice(start..<start + length))
      #expect(
        alone.last.output.scalars == together.slice(sequence..<sequence + 1).scalars,
        "sequence \(sequence)")
      start += length
    }
  }

  @Test func itLearnsToAdd() {
    let error = trainAdder()
    #expect(error < 0.02, "always answering 1 has an error of 0.167")
  }
}
