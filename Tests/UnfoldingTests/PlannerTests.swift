import CKernels
import Tensors
import TestSupport
import Testing

@testable import Unfolding

/// What is done before the walk, in it and after it.
@Suite("Planner")
struct PlannerTests {
  static func plans(_ step: StepCase, wanted: [Graph.Leaf]? = nil) throws -> StepPlans {
    let trace = GraphTests.trace(step)
    return try StepPlans.plans(
      for: trace.graph, nodeCount: 1, sharedCount: trace.shared.count, wanted: wanted)
  }

  static func everything(_ step: StepCase) -> [Graph.Leaf] {
    [.node(0)] + step.shapes.indices.map(Graph.Leaf.shared)
  }

  static func products(_ passes: [Plan.Pass]) -> [Plan.Product] {
    passes.compactMap { if case .product(let product) = $0 { product } else { nil } }
  }

  @Test func whatTheInputAloneDecidesIsHoisted() throws {
    let plan = try Self.plans(GraphTests.lstm).forward
    let hoisted = Self.products(plan.hoisted)
    #expect(hoisted.map(\.left.memory) == [.node(0)])
    #expect(hoisted.map(\.columns) == [0..<20])
    #expect(plan.sunk.isEmpty)
    // h·U gate by gate, and all element-wise work in the same stage.
    #expect(plan.stages.count == 1)
    #expect(plan.stages[0].columns == 5)
    #expect(plan.stages[0].products.map(\.columns) == [0..<5, 5..<10, 10..<15, 15..<20])
    #expect(plan.stages[0].products.allSatisfy { $0.left.memory == .state(0) && $0.left.slot == 0 })
    #expect(plan.stages[0].program != nil)
  }

  @Test func gradientsOfWeightsAreSunkAndOnlyTheRecursionIsWalked() throws {
    let plans = try Self.plans(GraphTests.lstm, wanted: Self.everything(GraphTests.lstm))
    let plan = try #require(plans.adjoint)
    #expect(plan.isDescending)
    // Of the products only that with U is in the walk; that with W, of the inputs' gradient, is not.
    let walked = plan.stages.flatMap(\.products)
    #expect(Set(walked.map { $0.output.memory }) == [.reaching(0)])
    #expect(walked.allSatisfy { $0.accumulates })
    #expect(Self.products(plan.sunk).count == 1)
    // Two weights, whose sums have the gates' gradients in common, and a bias …
    #expect(plan.productSums.map(\.rights.count) == [2])
    // … whose parts are gates.
    #expect(plan.columnSums.count == 4)
  }

  @Test func aSumOfProductsOfWhatIsKeptMultipliesByItself() throws {
    // The gradient of the gain is Σ ȳ ⊙ tanh(…), of rows that the walks make and keep.
    let step = StepCase("gain", weights: [[5, 5], [5]]) { x, s, w in
      [(x + s[0].matmul(w[0])).tanh() * w[1]]
    }
    let plan = try #require(try Self.plans(step, wanted: [.shared(0), .shared(1)]).adjoint)
    #expect(plan.sunk.isEmpty)
    #expect(plan.columnSums.values.map(\.views.count) == [2])
    // What no walk keeps is multiplied where it is made.
    let late = StepCase("late gain", weights: [[5, 5], [5]]) { x, s, w in
      let y = (x + s[0].matmul(w[0])).tanh()
      return [y, (y * w[1]).sigmoid()]
    }
    let other = try #require(try Self.plans(late, wanted: [.shared(1)]).adjoint)
    #expect(other.columnSums.values.map(\.views.count) == [1])
  }

  @Test func gradientsThatNobodyWantsAreNotPlanned() throws {
    let plan = try #require(try Self.plans(GraphTests.lstm, wanted: [.shared(2)]).adjoint)
    #expect(Self.products(plan.sunk).isEmpty)
    #expect(plan.productSums.isEmpty)
    let none = try Self.plans(GraphTests.lstm)
    #expect(none.adjoint == nil)
    #expect(none.kept.isEmpty)
  }

  @Test func theStatesAreNotKeptASecondTime() throws {
    let plans = try Self.plans(GraphTests.lstm, wanted: Self.everything(GraphTests.lstm))
    let forward = plans.forward
    #expect(!forward.rowOutputs.contains { if case .state = $0.memory { true } else { false } })
    // Four gates; tanh of the memory may be kept too.
    #expect((4...5).contains(plans.kept.count))
  }

  @Test func aStateThatOnlyTheInputDecidesNeedsNoWalk() throws {
    let step = StepCase("no recursion", weights: [[5, 5]]) { x, _, w in [x.matmul(w[0]).tanh()] }
    let plan = try Self.plans(step, wanted: Self.everything(step))
    #expect(plan.forward.stages.isEmpty)
    #expect(plan.adjoint?.stages.isEmpty == true)
  }

  @Test func aProductOfAProductWaitsForTheWholeRow() throws {
    let step = PlannedUnfoldingTests.planned.first { $0.testDescription == "multiplicative" }
    let plan = try Self.plans(try #require(step)).forward
    #expect(plan.stages.count == 2)
    #expect(plan.stages[0].hasBarrier)
  }

  @Test func aReductionOfRowsIsDoneByRows() throws {
    let step = PlannedUnfoldingTests.planned.first { $0.testDescription == "softmax" }
    let plan = try Self.plans(try #require(step)).forward
    #expect(plan.stages.map(\.isByRows) == [false, true])
  }

  @Test func aThreadWaitsForNobodyWhereItReadsOnlyItsOwnColumns() throws {
    let integrator = StepCase("integrator") { x, s, _ in [s[0] * 0.9 + x] }
    let alone = try Self.plans(integrator).forward.stages
    #expect(alone.map(\.hasBarrier) == [false])
    // A product reads whole rows of the states that all threads wrote.
    let lstm = try Self.plans(GraphTests.lstm).forward.stages
    #expect(lstm.map(\.hasBarrier) == [true])
    // One column of the state before is another thread's.
    let column = StepCase("column", inputSize: 40, widths: [40]) { x, s, _ in
      [(x + s[0] * s[0].slice(0..<1, axis: 1)).tanh()]
    }
    let shared = try Self.plans(column).forward.stages
    #expect(shared.map(\.hasBarrier) == [true])
  }

  @Test func aProductThatOnlyASumReadsIsOneInstructionWithIt() throws {
    // s·½ + x and 0.9·(…): without fusing there were three instructions.
    let step = StepCase("multiply and add", weights: [[5]]) { x, s, w in [s[0] * w[0] + x] }
    let program = try #require(try Self.plans(step).forward.stages[0].program)
    #expect(program.instructionCount == 1)
    let twice = StepCase("read twice", weights: [[5]]) { x, s, w in
      let product = s[0] * w[0]
      return [(product + x) * product]
    }
    let separate = try #require(try Self.plans(twice).forward.stages[0].program)
    #expect(separate.instructionCount >= 2)
  }

  @Test func aRecurrenceWithoutProductsIsAScan() throws {
    let gated = StepCase("gated", weights: [[5, 5], [5, 5]]) { x, s, w in
      let z = x.matmul(w[0]).sigmoid()
      return [z * x.matmul(w[1]) + (1 - z) * s[0]]
    }
    let plans = try Self.plans(gated, wanted: Self.everything(gated))
    let scan = try #require(plans.forward.scans.first)
    #expect(plans.forward.scans.count == 1)
    #expect(scan.from.slot == 0 && scan.to.slot == nil && scan.addend != nil && !scan.adds)
    // Both operands are there before the walk, and so is all that the way back multiplies by.
    #expect(plans.forward.hoisted.contains { if case .program = $0 { true } else { false } })
    let adjoint = try #require(plans.adjoint)
    #expect(adjoint.scans.map(\.adds) == [true])
    // A state that another reads is more than a scan.
    let read = StepCase("read", widths: [5, 5]) { x, s, _ in
      [s[0] * x.sigmoid() + x, s[1] * 0.5 + s[0]]
    }
    #expect(try Self.plans(read).forward.scans.isEmpty)
    #expect(try Self.plans(GraphTests.lstm).forward.scans.isEmpty)
  }

  @Test func plansAreKeptByWhatWasTraced() throws {
    let first = try Self.plans(GraphTests.lstm), again = try Self.plans(GraphTests.lstm)
    #expect(first === again)
    let other = try Self.plans(GraphTests.lstm, wanted: [.shared(0)])
    #expect(first !== other)
  }
}
