internal import Tensors

extension Planner {
  /// A recurrence of one state with itself alone: s′ = s ⊙ factor + addend, both known for all nodes before the walk.
  /// In an adjoint: what reaches the predecessor's state takes in what reaches the node's, times the factor.
  struct Linear {
    let carried: Carried
    let factor: Int
    let addend: Int?
  }

  /// The states' recurrences, if all that is walked is linear: minimal gated nets whose gates see no state (Feng et al.
  /// 2024, <https://arxiv.org/abs/2410.01201>), and integrators.
  ///
  /// Of each value `depends` says whether it depends on what is carried.
  func linearRecurrences(_ depends: [Bool]) -> [Linear] {
    let linear = (isAdjoint ? terms : goals.carried).compactMap { carried in
      isAdjoint ? linearTerm(carried, depends) : linearState(carried, depends)
    }
    let carried = isAdjoint ? terms : goals.carried
    let isWhole =
      linear.count == carried.count && Set(carried.map(\.target)).count == carried.count
      && carried.allSatisfy { $0.state?.slot == 0 }
    return isWhole ? linear : []
  }

  private func linearState(_ carried: Carried, _ depends: [Bool]) -> Linear? {
    let sum = graph.values[carried.value]
    if sum.operation(Binary.self)?.function == .multiply {
      return factor(of: carried.value, carried, depends).map {
        Linear(carried: carried, factor: $0, addend: nil)
      }
    }
    guard let product = sum.inputs.first(where: { multiplyAdds[$0] == carried.value }),
      let factor = factor(of: product, carried, depends),
      let addend = sum.inputs.first(where: { $0 != product }), isKnown(addend, carried, depends)
    else { return nil }
    return Linear(carried: carried, factor: factor, addend: addend)
  }

  private func linearTerm(_ carried: Carried, _ depends: [Bool]) -> Linear? {
    guard graph.values[carried.value].operation(Binary.self)?.function == .multiply else {
      return nil
    }
    return factor(of: carried.value, carried, depends).map {
      Linear(carried: carried, factor: $0, addend: nil)
    }
  }

  /// What a product multiplies what is carried of the same state by.
  private func factor(of product: Int, _ carried: Carried, _ depends: [Bool]) -> Int? {
    guard let state = carried.state else { return nil }
    let leaf: Graph.Leaf =
      isAdjoint ? .reaching(state.number) : .before(state.number, slot: state.slot)
    let inputs = graph.values[product].inputs
    guard useCounts[product] == 1, inputs.count == 2,
      let place = inputs.firstIndex(where: { graph.values[$0].leaf == leaf })
    else { return nil }
    let factor = inputs[1 - place]
    return isKnown(factor, carried, depends) ? factor : nil
  }

  /// Whether a value is a row as wide as the state, or one row for all, and is there before the walk.
  private func isKnown(_ number: Int, _ carried: Carried, _ depends: [Bool]) -> Bool {
    let value = graph.values[number]
    return !depends[number] && value.width == graph.values[carried.value].width
      && (value.isRow || value.shape.rank < 2 || value.shape[0] == 1)
  }

  /// The recurrences as scans.
  func scans(_ linear: [Linear]) -> [Plan.Scan] {
    linear.compactMap { recurrence in
      let carried = recurrence.carried, width = graph.values[carried.value].width
      guard let state = carried.state?.number else { return nil }
      func view(_ memory: Plan.Memory, slot: Int? = nil) -> Plan.View {
        Plan.View(memory: memory, slot: slot, rowStride: width, columnStride: width == 1 ? 0 : 1)
      }
      return Plan.Scan(
        from: isAdjoint ? view(.reaching(state)) : view(.state(state), slot: 0),
        factor: location(recurrence.factor), addend: recurrence.addend.map(location),
        to: isAdjoint ? view(.reaching(state), slot: 0) : view(.state(state)),
        columns: width, adds: isAdjoint)
    }
  }
}
