import Tensors
import TestSupport
import Testing

@testable import Unfolding

/// Rows that are far wider than what they are spread from take no memory for all nodes.
@Suite("Wide rows")
struct WideRowTests {
  /// A query and 16 keys of each sequence: 80 numbers of a query's 5.
  static let attention = StepCase(
    "attention to keys of the sequence", weights: [[5, 5], [3, 16, 5], [5, 1], [16, 5]]
  ) { x, s, w in
    let rows = x.shape[0]
    let query = s[0].matmul(w[0]).reshaped(to: [rows, 1, 5])
    let hidden = (w[1].ofSequences + query).tanh()
    let weights = hidden.matmul(w[2]).reshaped(to: [rows, 16]).softmax()
    return [(weights.matmul(w[3]) + x).tanh()]
  }
  static let wanted: [Graph.Leaf] = [
    .node(0), .shared(0), .shared(1), .shared(2), .context(0),
  ]

  @Test func theyAreComputedAgainOnTheWayBack() throws {
    let plans = try PlannerTests.plans(Self.attention, wanted: Self.wanted)
    let adjoint = try #require(plans.adjoint)
    for plan in [plans.forward, adjoint] {
      #expect(plan.rowWidths.values.allSatisfy { $0 < 80 })
      #expect(plan.frontWidths.values.contains(80))
    }
    // The query is kept, and the weights.
    #expect(plans.kept.map { plans.forward.graph.values[$0].width }.allSatisfy { $0 <= 16 })
    #expect(!plans.kept.isEmpty)
  }

  @Test func aFewRowsAtATimePassThemOn() throws {
    let plan = try PlannerTests.plans(Self.attention).forward
    let wide = plan.frontWidths.filter { $0.value == 80 }.keys
    #expect(!wide.isEmpty && plan.passedOn.isSuperset(of: wide))
    // The query is read across a barrier: it comes from a product that threads part by columns.
    let products = plan.stages.flatMap(\.products).map(\.output.memory)
    #expect(products.contains { if case .front = $0 { true } else { false } })
    for case .front(let number) in products { #expect(!plan.passedOn.contains(number)) }
  }

  @Test func theyAreMadeWhereTheyAreRead() throws {
    let plans = try PlannerTests.plans(Self.attention, wanted: Self.wanted)
    let adjoint = try #require(plans.adjoint)
    let programs = adjoint.stages.compactMap(\.program).filter { $0.columns == 80 }
    #expect(!programs.isEmpty && programs.allSatisfy { !$0.takesWholeRows })
    #expect(adjoint.hoisted.flatMap(\.views).allSatisfy { $0.rowStride < 80 })
    #expect(adjoint.sunk.flatMap(\.views).allSatisfy { $0.rowStride < 80 })
  }
}
