import Foundation
import Layers
import TestSupport
import Tensors
import Testing

@testable import Interchange

@Suite("LayerStack")
struct LayerStackTests {
  /// Two directions of a GRU over vectors of 2, then what becomes one vector a sequence.
  static func model(_ reduction: LayerDescription.Reduction?) throws -> LayerStack {
    var gru = LayerDescription.Recurrent(name: "body", cell: .gru, inputs: 2, hidden: 3)
    gru.bidirectional = true
    let description = StackDescription(
      [.recurrent(gru)] + (reduction.map { [.reduction($0)] } ?? [])
        + [.normalization(.init(name: "norm", size: 6)), .function(.softmax)])
    var generator = RandomGenerator(seed: 5)
    let weights = description.parameters.map { ($0.name, generator.normal(Shape($0.shape))) }
    return try LayerStack(
      description, weights: Dictionary(uniqueKeysWithValues: weights), from: "a")
  }

  let input = Tensor.generate([3, 5, 2]) { cos(Double($0 * $0)) }

  @Test(
    "a sequence has the same outputs alone, at its own length",
    arguments: [nil] + LayerDescription.Reduction.allCases)
  func lengths(reduction: LayerDescription.Reduction?) throws {
    let model = try Self.model(reduction)
    let lengths = [4, 1, 5]
    let together = try model(StackInput(.vectors(input), lengths: lengths))
    for (index, length) in lengths.enumerated() {
      let own = input.slice(index..<index + 1).slice(0..<length, axis: 1)
      let alone = try model(StackInput(.vectors(own)))
      let part = together.slice(index..<index + 1)
      if reduction != nil {
        #expect(part.scalars == alone.scalars)
      } else {
        #expect(part.slice(0..<length, axis: 1).scalars == alone.scalars)
        #expect(part.slice(length..<5, axis: 1).scalars.allSatisfy { $0 == 0 })
      }
    }
  }

  @Test func parametersHaveTheNamesOfTheDescription() throws {
    let model = try Self.model(.mean)
    #expect(model.parameters.map(\.name) == model.description.parameters.map(\.name))
    #expect(
      model.parameters.map(\.tensor.shape.dimensions) == model.description.parameters.map(\.shape))
    let doubled = model.mapParameters { $0 * 2 }
    #expect(doubled.parameters[0].tensor.scalars == (model.parameters[0].tensor * 2).scalars)
  }

  @Test func aDescriptionComesBackFromItsJSON() throws {
    let description = try Self.model(.ends).description
    #expect(try StackDescription(json: description.json, path: "a") == description)
  }

  @Test func inputsThatTheModelDoesNotReadAreRefused() throws {
    let model = try Self.model(nil)
    func refusal(_ input: StackInput) -> InterchangeError? {
      do throws(InterchangeError) {
        _ = try model(input)
        return nil
      } catch { return error }
    }
    #expect(
      refusal(StackInput(.symbols(IndexTensor([1, 2], shape: [1, 2]))))
        == .input(expected: "vectors [B, T, 2]", found: "symbols [1, 2]"))
    #expect(
      refusal(StackInput(.vectors(.ones([3, 5]))))
        == .input(expected: "vectors [B, T, 2]", found: "vectors [3, 5]"))
    #expect(
      refusal(StackInput(.vectors(.ones([3, 0, 2]))))
        == .input(expected: "sequences of a step or more", found: "[3, 0, 2]"))
    #expect(
      refusal(StackInput(.vectors(input), lengths: [1, 2]))
        == .input(expected: "3 lengths", found: "one with 2"))
    #expect(
      refusal(StackInput(.vectors(input), lengths: [1, 6, 0]))
        == .input(expected: "lengths from 1 to 5", found: "one with a length of 6"))
    #expect(refusal(StackInput(.vectors(.ones([0, 4, 2])))) == nil)
    let words = try StackFileTests.model()
    #expect(
      throws: InterchangeError.input(expected: "symbols from 0 to 6", found: "7 among others")
    ) { try words(StackInput(.symbols(IndexTensor([0, 7], shape: [1, 2])))) }
  }

  @Test("a probe is drawn again until not all outputs are the same")
  func aProbeThatTells() throws {
    // Of a normal number one in fifteen is above 1.5.
    let description = StackDescription([
      .dense(.init(name: "a", inputs: 1, outputs: 1, bias: true)), .function(.activation(.relu)),
    ])
    let stack = try LayerStack(
      description,
      weights: ["a.weight": Tensor([1], shape: [1, 1]), "a.bias": Tensor([-1.5], shape: [1])],
      from: "a")
    let outputs = try Probe(of: stack).output.scalars
    #expect(outputs.contains { $0 > 0 })
    var attempts: [Int] = []
    let last = try Probe.telling { attempt throws(InterchangeError) in
      attempts.append(attempt)
      return (attempt, false)
    }
    #expect(attempts == Array(0...last) && last > 3)
    #expect(try Probe.telling { attempt throws(InterchangeError) in (attempt, attempt == 2) } == 2)
  }
}
