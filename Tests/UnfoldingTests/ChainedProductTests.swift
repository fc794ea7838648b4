import Tensors
import TestSupport
import Testing

@testable import Unfolding

/// h′ = tanh(x Wᵀ + g(h) Uᵀ) for an element-wise g that reads h over and over.
private struct DeepCell: Cell {
  let input, recurrent: Tensor

  func initialState(batch: Int) -> Tensor { .zeros([batch, recurrent.shape[0]]) }
  func step(_ x: Tensor, from state: Tensor) -> Tensor {
    var h = state
    for _ in 0..<40 { h = h * (1 - h) }
    return (x.matmulTransposed(input) + h.matmulTransposed(recurrent)).tanh()
  }
}

@Suite("Chained products")
struct ChainedProductTests {
  @Test func aProductOfThePredecessorsStatesIsChainedAndThatOfTheInputIsNot() throws {
    let cell = DeepCell(
      input: .scattered([3, 2], seed: 1, scalarType: .float32),
      recurrent: .scattered([3, 3], seed: 2, scalarType: .float32))
    let x = Tensor.scattered([4, 2], seed: 3, scalarType: .float32)
    let trace = Trace.step(
      of: cell, inputs: [x.slice(0..<1)], states: [.zeros([1, 3])], draws: false)
    let plans = try StepPlans.plans(
      for: trace.graph, nodeCount: 1, sharedCount: trace.shared.count, wanted: nil)
    let hoisted = plans.forward.hoisted.compactMap { pass in
      if case .product(let product) = pass { product.isChained } else { nil }
    }
    #expect(hoisted == [false])
    #expect(plans.forward.stages.flatMap(\.products).map(\.isChained) == [true])
  }
}
