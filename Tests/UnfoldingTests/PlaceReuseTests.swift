import TestSupport
import Testing

@testable import Tensors
@testable import Unfolding

/// Which values are written over others, and that nothing is lost by it.
@Suite("Place reuse")
struct PlaceReuseTests {
  /// Gates that are sums of a hoisted product and a product of the state; each is kept.
  static func gates(_ z: Tensor, _ u: Tensor) -> [Tensor] {
    zip(z.split(2), u.split(2)).map { ($0 + $1).sigmoid() }
  }

  /// A gate, of which a product is read by a later stage as well.
  static let readLater = StepCase(
    "read by a later stage", weights: [[5, 10], [5, 10], [5, 5], [5]]
  ) { x, s, w in
    let z = x.matmul(w[0])
    let gates = Self.gates(z, s[0].matmul(w[1]))
    return [((gates[0] * s[0]).matmul(w[2]) + z.split(2)[0] + gates[1] * s[0]) * 0.3]
  }

  /// A hoisted product that the adjoint wants itself.
  static let wanted = StepCase("wanted by the adjoint", weights: [[5, 5], [5, 5]]) { x, s, w in
    let z = x.matmul(w[0])
    return [(z.sigmoid() * z + s[0].matmul(w[1])).tanh()]
  }

  /// Two values, each of which is computed from both parts of a product; with care one may be written over each.
  static let crossed = StepCase("crossed", weights: [[5, 10], [5, 5]]) { x, s, w in
    let z = x.matmul(w[0]).split(2)
    let first = z[0] / (z[1].absolute() + 0.5), second = z[1] / (z[0].absolute() + 0.5)
    return [(first * second + s[0].matmul(w[1])).tanh() * first]
  }

  /// Two values that read both parts of a product in one instruction each, on their way into products.
  static let knotted = StepCase("knotted", weights: [[5, 10], [5, 5], [5, 5]]) { x, s, w in
    let z = x.matmul(w[0]).split(2)
    let a = (z[0] * z[1]).matmul(w[1]), b = (z[0] - z[1]).matmul(w[2])
    return [(a + b + s[0]).tanh()]
  }

  /// Gates of parts of a product that overlap.
  static let overlapping = StepCase("overlapping parts", weights: [[5, 9], [5, 5]]) { x, s, w in
    let z = x.matmul(w[0]), u = s[0].matmul(w[1])
    let parts = [z.slice(0..<5, axis: -1), z.slice(3..<8, axis: -1)].map { ($0 + u).sigmoid() }
    return [parts[0] * parts[1] + parts[1] * s[0]]
  }

  /// Gates of a row that is normalised as a whole.
  static let normalized = StepCase("normalised", weights: [[5, 10], [5, 10]]) { x, s, w in
    let a = x.matmul(w[0]) + s[0].matmul(w[1])
    let centred = a - a.mean(axis: -1, keepingAxis: true)
    let gates = centred.split(2).map { $0.sigmoid() }
    return [gates[0] * s[0] + gates[1] * x]
  }

  static let all = [readLater, wanted, crossed, knotted, overlapping, normalized]

  /// Plans for the gradients of the inputs and all weights, which constants are not.
  static func plans(_ step: StepCase) throws -> StepPlans {
    let shared = GraphTests.trace(step).shared
    let weights = shared.indices.filter { shared[$0].count > 1 }
    return try PlannerTests.plans(step, wanted: [.node(0)] + weights.map(Graph.Leaf.shared))
  }

  @Test(arguments: all)
  func theReferenceAgrees(_ step: StepCase) { step.check(isPlanned: true) }

  @Test func theGatesOfAnLSTMTakeOneArrayThereAndBack() throws {
    let step = GraphTests.lstm
    let plans = try Self.plans(step)
    #expect(plans.forward.widthPerNode == 20)
    #expect(Set(plans.forward.rowOutputs.map(\.column)) == [0, 5, 10, 15])
    #expect(Set(plans.forward.rowOutputs.map(\.memory)).count == 1)
    // What reaches the gates is written over them: only the inputs' gradient has an array.
    let adjoint = try #require(plans.adjoint)
    #expect(adjoint.rowWidths.values.sorted() == [5])
    #expect(adjoint.stages.flatMap(\.products).allSatisfy { $0.left.memory == .node(1) })
  }

  @Test func whatALaterStageReadsIsNotWrittenOver() throws {
    let step = Self.readLater
    let plan = try Self.plans(step).forward
    let product = try #require(PlannerTests.products(plan.hoisted).first)
    // The first gate may not take the first columns, which the second stage reads.
    let places = plan.rowOutputs.filter { $0.memory == product.output.memory }.map(\.column)
    #expect(!places.contains(0) && places.contains(5))
  }

  @Test func whatIsWantedIsNotWrittenOver() throws {
    let step = Self.wanted
    let plan = try Self.plans(step).forward
    let product = try #require(PlannerTests.products(plan.hoisted).first)
    #expect(plan.rowOutputs.count == 2)
    #expect(Set(plan.rowOutputs.map(\.memory)).count == 2)
    #expect(plan.rowOutputs.contains { $0.memory == product.output.memory })
  }

  @Test func aProgramReadsBothPartsBeforeItWritesOverThem() throws {
    let plan = try PlannerTests.plans(Self.crossed).forward
    // z is read by nobody else, so both quotients find room in its ten columns.
    #expect(plan.rowWidths.values.sorted() == [10])
    #expect(plan.reusedWidths.values.reduce(0, +) == 10)
  }

  @Test func ofTwoValuesThatWaitForEachOtherOneHasMemoryOfItsOwn() throws {
    let plan = try PlannerTests.plans(Self.knotted).forward
    // z of ten columns with one of them in it, the other, and two products.
    #expect(plan.rowWidths.values.sorted() == [5, 5, 5, 10])
    #expect(plan.reusedWidths.values.reduce(0, +) == 5)
    // Without a gradient nothing else keeps the product.
    let cell = Self.knotted.cell(Self.knotted.parameters(.float64), .float64)
    let lengths = Unfoldable.many
    let x = Tensor.scattered([lengths.reduce(0, +), 5], seed: 3, scalarType: .float64)
    let (fast, slow) = (
      unfold(cell, over: .chain(lengths), x, by: .planned).output.scalars,
      unfold(cell, over: .chain(lengths), x, by: .reference).output.scalars
    )
    for (f, s) in zip(fast, slow) { #expect(abs(f - s) < 1e-13) }
  }

  @Test func partsThatOverlapAreNotWrittenOver() throws {
    let step = Self.overlapping
    let plan = try Self.plans(step).forward
    let product = try #require(PlannerTests.products(plan.hoisted).first)
    #expect(plan.rowOutputs.allSatisfy { $0.memory != product.output.memory })
  }

  @Test func inputsAndStatesAreNeverWrittenOver() {
    var planned = 0
    for step in Self.all + PlannedUnfoldingTests.planned {
      guard let plans = try? Self.plans(step) else { continue }
      planned += 1
      for memory in plans.forward.reusedWidths.keys {
        if case .rows = memory { continue }
        Issue.record("\(step.testDescription): \(memory) is written over on the way there")
      }
      let kept = Set(plans.keptArrays.values)
      for memory in plans.adjoint?.reusedWidths.keys.map({ $0 }) ?? [] {
        switch memory {
        case .rows, .reaching: continue
        default:
          #expect(kept.contains(memory) && memory != .node(0), "\(step.testDescription)")
        }
      }
    }
    #expect(planned > 30)
  }

  @Test(arguments: [MemoryLimit.none, .limit(bytes: 1 << 12)])
  func aGradientTakenTwiceHasTheSameBits(_ memory: MemoryLimit) {
    for step in [GraphTests.lstm, Self.crossed, Self.normalized] {
      let lengths = Unfoldable.few
      let points =
        step.parameters(.float32) + [
          .scattered([lengths.reduce(0, +), 5], seed: 9, scalarType: .float32)
        ]
      let variables = points.map { $0.asVariable() }
      let cell = step.cell(Array(variables.dropLast()), .float32)
      let output = unfold(
        cell, over: .chain(lengths), variables[variables.count - 1], memory: memory
      ).output
      let loss = (output * output).sum()
      // The history is ours as well, so the first pass leaves it whole.
      func gradient() -> [[Double]] {
        var loss = loss
        return backward(from: &loss, to: variables.compactMap(\.node)).map { $0?.scalars ?? [] }
      }
      let first = gradient()
      #expect(first.allSatisfy { $0.contains { $0 != 0 } })
      #expect(first == gradient())
      #expect(first == gradient())
    }
  }
}
