internal import Tensors

extension Planner {
  // MARK: Sums over all nodes

  /// Puts off products of two rows that are kept anyway, element by element, which only a sum over all nodes reads, such as
  /// the gradient of a gain: the sum multiplies, and nobody writes them down.
  mutating func putOffProducts() {
    for (sum, value) in graph.values.enumerated() where graph.isContraction(sum) {
      let terms = value.inputs[0]
      guard !isWeighted(sum), phases[terms] == .sunk, useCounts[terms] == 1,
        graph.values[terms].operation(Binary.self)?.function == .multiply,
        graph.values[terms].width > 1,
        graph.values[terms].inputs.allSatisfy({ factor in
          graph.values[factor].width == graph.values[terms].width && isKept(factor)
        })
      else { continue }
      phases[terms] = .last
      putOff.insert(terms)
    }
  }

  /// Whether a row is in memory when the walk is over, as it is or as a part of a wider one.
  private func isKept(_ number: Int) -> Bool {
    let value = graph.values[number]
    switch value.leaf {
    case .node, .state, .reaching, .draw: return true
    case .before, .context, .shared: return false
    case nil:
      return isSliced(number)
        ? isKept(value.inputs[0]) : value.isRow && phases[number] == .walked
    }
  }

  /// The sums over all nodes.
  func findSums(_ plan: inout Plan) {
    for number in plan.lastValues where graph.isContraction(number) {
      let inputs = graph.values[number].inputs, width = graph.values[inputs[0]].width
      guard isWeighted(number) else {
        let factors = putOff.contains(inputs[0]) ? graph.values[inputs[0]].inputs : inputs
        plan.columnSums[number] = .init(views: factors.map(location), columns: width)
        continue
      }
      let view = location(inputs[0])
      let right = Plan.ProductSums.Right(
        number: number, view: location(inputs[1]), columns: graph.values[inputs[1]].width)
      if let same = plan.productSums.firstIndex(where: {
        $0.left == view && $0.leftColumns == width
      }) {
        plan.productSums[same].rights.append(right)
      } else {
        plan.productSums.append(.init(left: view, leftColumns: width, rights: [right]))
      }
    }
  }
}
