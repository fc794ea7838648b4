internal import Tensors

extension Planner {
  // MARK: Sums over all nodes

  /// Puts off products of two rows that are kept anyway, element by element, and perhaps of a number for each node, which
  /// only a sum over all nodes reads, such as the gradient of a gain: the sum multiplies, and nobody writes them down.
  mutating func putOffProducts() {
    for (sum, value) in graph.values.enumerated()
    where graph.isContraction(sum) && !isWeighted(sum) {
      let terms = value.inputs[0]
      guard phases[terms] == .sunk, let product = keptProduct(terms), product.wide.count == 2,
        product.narrow.count < 2
      else { continue }
      for number in product.computed { phases[number] = .last }
      putOff.formUnion(product.computed)
    }
  }

  /// A product of kept rows, which only one reads.
  private struct KeptProduct {
    /// Its factors as wide as itself.
    var wide: [Int] = []
    /// Its factors of one number a node.
    var narrow: [Int] = []
    /// Itself, and the products that it is made of.
    var computed: [Int] = []
  }

  /// A row as a product of kept rows; `nil` where it is none.
  private func keptProduct(_ number: Int) -> KeptProduct? {
    let value = graph.values[number]
    guard useCounts[number] == 1, value.width > 1,
      value.operation(Binary.self)?.function == .multiply
    else { return nil }
    var product = KeptProduct(computed: [number])
    for factor in value.inputs {
      let width = graph.values[factor].width
      if isKept(factor), width == value.width {
        product.wide.append(factor)
      } else if isKept(factor), width == 1 {
        product.narrow.append(factor)
      } else if width == value.width, let inner = keptProduct(factor) {
        product.wide += inner.wide
        product.narrow += inner.narrow
        product.computed += inner.computed
      } else {
        return nil
      }
    }
    return product
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
        let product = putOff.contains(inputs[0]) ? keptProduct(inputs[0]) : nil
        plan.columnSums[number] = .init(
          views: (product?.wide ?? inputs).map(location),
          scale: product?.narrow.first.map(location), columns: width)
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
