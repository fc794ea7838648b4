import Tensors
import TestSupport
import Testing

@testable import Unfolding

/// What is simplified in the adjoint of a step, and what is left as its author wrote it.
@Suite("Gradients that are simplified")
struct GradientSimplificationTests {
  /// Gates of a row that is normalised as a whole, each with a gain of its own.
  static let normalized = StepCase("normalised gates", weights: [[5, 10], [5, 10], [5], [5]]) {
    x, s, w in
    let a = x.matmul(w[0]) + s[0].matmul(w[1])
    let centred = a - a.mean(axis: -1, keepingAxis: true)
    let scale = (centred.squared().mean(axis: -1, keepingAxis: true) + 0.1).squareRoot()
    let gates = (centred * scale.reciprocal()).split(2)
    return [(gates[0] * w[2]).sigmoid() * s[0] + (gates[1] * w[3]).tanh()]
  }

  /// A part of a product by itself, and the rest in two parts: their gradients are parts of one row.
  static let nested = StepCase("nested parts", weights: [[5, 15], [5, 10]]) { x, s, w in
    let a = x.matmul(w[0])
    let rest = (a.slice(5..<15, axis: 1) + s[0].matmul(w[1])).split(2)
    return [a.slice(0..<5, axis: 1) * rest[0].sigmoid() + rest[1].tanh()]
  }

  /// Parts that share columns.
  static let overlapping = StepCase("overlapping parts", weights: [[5, 9]]) { x, s, w in
    let z = x.matmul(w[0])
    return [(z.slice(0..<5, axis: -1) + s[0]).tanh() * z.slice(3..<8, axis: -1)]
  }

  /// One column of a row of which a sum is taken, beside the row itself.
  static let column = StepCase(
    "a column of a summed row", inputSize: 40, widths: [40], weights: [[40, 40], [40, 40]]
  ) { x, s, w in
    let z = x.sigmoid(), u = s[0].matmul(w[1])
    let y = (z * z.slice(39..<40, axis: 1)).matmul(w[0])
    return [(y + u).tanh() + (z * u).sum(axis: 1, keepingAxis: true) * 0.01]
  }

  /// A quotient, a difference and a product with a number for each row, and the sum of each.
  static let sums = StepCase("sums of rows", inputSize: 6) { x, s, _ in
    let narrow = x.slice(0..<1, axis: 1).sigmoid() + 0.5
    let row = x.slice(1..<6, axis: 1)
    let means = [s[0] / narrow - row, narrow * s[0], row - narrow].map {
      $0.mean(axis: 1, keepingAxis: true)
    }
    return [s[0] * 0.5 + (means[0] - means[1]) * (means[2] + row)]
  }

  static let all = [normalized, nested, overlapping, column, sums]

  static func adjoint(_ step: StepCase) throws -> Plan {
    try #require(try PlaceReuseTests.plans(step).adjoint)
  }

  @Test(arguments: all)
  func theReferenceAgrees(_ step: StepCase) { step.check(isPlanned: true) }

  @Test(arguments: all)
  func aNumberForEachNodeIsNotRepeatedBeforeItIsNeeded(_ step: StepCase) throws {
    let graph = try Self.adjoint(step).graph
    for value in graph.values where value.operation(Broadcast.self) != nil && value.isRow {
      let operand = graph.values[value.inputs[0]]
      // Only what is handed out, or written beside others, is written as a row.
      let isRead = graph.values.contains { reader in
        reader.inputs.contains { graph.values[$0].inputs == value.inputs }
          && reader.operation(Binary.self) != nil
      }
      #expect(operand.width == value.width || !isRead)
    }
  }

  @Test(arguments: all)
  func whatARowHasInCommonIsMultipliedByAfterItsSum(_ step: StepCase) throws {
    let graph = try Self.adjoint(step).graph
    for value in graph.values where value.operation(Reduce.self)?.axis == 1 {
      let summed = graph.values[value.inputs[0]]
      #expect(summed.operation(Unary.self)?.function != .negate)
      guard let binary = summed.operation(Binary.self) else { continue }
      let isScaled = summed.inputs.contains { graph.values[$0].width == 1 }
      #expect(!isScaled || binary.function == .add || binary.function == .subtract)
    }
  }

  @Test func theStepItselfStaysAsItIsWritten() throws {
    // The mean of a quotient is taken of the quotient.
    let graph = try GraphTests.simplified(Self.sums)
    let summed = graph.values.filter { $0.operation(Reduce.self) != nil }.map {
      graph.values[$0.inputs[0]].operation(Binary.self)?.function
    }
    #expect(Set(summed) == [.subtract, .multiply])
  }

  @Test func gradientsOfPartsAreWrittenBesideEachOther() throws {
    let graph = try Self.adjoint(Self.nested).graph
    #expect(graph.values.allSatisfy { $0.operation(Zeros.self) == nil })
    let joined = graph.values.filter { $0.operation(Concatenate.self) != nil && $0.isRow }
    #expect(joined.contains { $0.inputs.map { graph.values[$0].width } == [5, 5, 5] })
  }

  @Test func partsOfARowThatIsSummedArePartsOfTheWhole() throws {
    let graph = try GraphTests.simplified(Self.normalized)
    let differences = graph.values.filter { $0.operation(Binary.self)?.function == .subtract }
    #expect(differences.map(\.width) == [10])
    let slices = graph.values.filter { $0.operation(Slice.self) != nil && $0.isRow }
    #expect(slices.count == 2)
    #expect(slices.allSatisfy { graph.values[$0.inputs[0]].operation(Binary.self) != nil })
  }

  @Test func aColumnOfARowThatTheSameProgramMakesIsReadAfterTheWholeRow() throws {
    // Tiles of columns would read it before it is written.
    let plan = try PlannerTests.plans(Self.column).forward
    let hoisted = plan.hoisted.compactMap { pass in
      if case .program(let program) = pass { program } else { TileProgram?.none }
    }
    let programs = hoisted.filter { program in
      program.views.contains { column in
        column.columnStride == 0 && column.rowStride > 1
          && zip(program.views, program.written).contains {
            $0.memory == column.memory && $1 > 1
          }
      }
    }
    #expect(programs.map(\.takesWholeRows) == [true])
  }

  @Test func theGradientOfANormalisedPartsGainIsASumOfProductsOfWhatIsKept() throws {
    let plan = try Self.adjoint(Self.normalized)
    // Σ ȳ ⊙ centred, each row times its scale; nobody writes the normalised row.
    let scaled = plan.columnSums.values.filter { $0.scale != nil }
    #expect(scaled.count == 2)
    #expect(scaled.allSatisfy { $0.views.count == 2 && $0.scale?.columnStride == 0 })
    #expect(plan.sunk.count == 1)
  }

  @Test func whatIsMadeOfKeptRowsWaitsForTheProgramThatReadsIt() throws {
    let plan = try Self.adjoint(Self.normalized)
    #expect(plan.stages.allSatisfy { $0.program != nil || !$0.products.isEmpty })
    // The derivatives of the gates are computed with the rows that are summed, not stored before.
    for stage in plan.stages where !stage.isByRows {
      for view in stage.program?.views ?? [] {
        if case .front = view.memory { Issue.record("\(view) is passed on") }
      }
    }
  }
}
