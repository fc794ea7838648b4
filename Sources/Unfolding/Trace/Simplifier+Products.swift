internal import Tensors

extension Simplifier {
  // MARK: Products of joined rows

  /// The values that other nodes wait for: those that a state which is read by the step depends on.
  func awaitedValues() -> Set<Int> {
    var awaited: Set<Int> = []
    for (state, output) in source.outputs.enumerated() {
      let isRead = source.values.contains { value in
        if case .before(state, _) = value.leaf { true } else { false }
      }
      if isRead { awaited.insert(output) }
    }
    for number in source.values.indices.reversed() where awaited.contains(number) {
      awaited.formUnion(source.values[number].inputs)
    }
    return awaited
  }

  /// A product of joined rows as a sum of two, where a part of them is known before the walk: that part's product is then
  /// made for all nodes at once.
  mutating func parted(_ product: MatrixProduct, _ left: Int, _ right: Int) -> Int {
    guard graph.values[left].operation(Concatenate.self) != nil else {
      return graph.add(product, [left, right])
    }
    var columns = 0
    var early: [Range<Int>] = [], late: [Range<Int>] = []
    for part in graph.values[left].inputs {
      let range = columns..<columns + graph.values[part].width
      columns = range.upperBound
      if isKnownEarly(part) { early.append(range) } else { late.append(range) }
    }
    guard !early.isEmpty, !late.isEmpty else { return graph.add(product, [left, right]) }
    let axis = product.transposeRight ? 1 : 0
    let halves = [early, late].map { ranges -> Int in
      let rows = join(ranges.map { part(of: left, $0) }, ranges.reduce(0) { $0 + $1.count })
      let slices = ranges.map { graph.add(Slice(axis: axis, range: $0), [right]) }
      let weight =
        slices.count == 1
        ? slices[0]
        : graph.add(Concatenate(slices.map { graph.values[$0].outline }, axis: axis), slices)
      return graph.add(product, [rows, weight])
    }
    return graph.add(Binary(function: .add), halves)
  }

  /// Whether a row does not depend on other nodes' states, nor on what is known only in the walk.
  func isKnownEarly(_ number: Int) -> Bool {
    var pending = [number], seen: Set<Int> = []
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      switch graph.values[next].leaf {
      case .before, .context: return false
      default: pending += graph.values[next].inputs
      }
    }
    return true
  }

  // MARK: Products of one left operand

  struct ProductGroup {
    let product: MatrixProduct
    let left: Int
    /// The right operands, each once, and this product's place among them.
    let rights: [Int]
    let place: Int
  }

  /// Products that share their left operand, a row that comes before all of them, with parameters as right operands.
  func mergedProducts() -> [Int: ProductGroup] {
    var groups: [[Int]: [Int]] = [:]
    for (number, value) in source.values.enumerated() {
      guard let product = value.operation(MatrixProduct.self), !product.transposeLeft, value.isRow,
        value.shape.rank == 2, value.shape[0] == Graph.rows,
        case .shared = source.values[value.inputs[1]].leaf
      else { continue }
      groups[[value.inputs[0], product.transposeRight ? 1 : 0], default: []].append(number)
    }
    var merged: [Int: ProductGroup] = [:]
    for members in groups.values where members.count > 1 {
      let rights = members.reduce(into: [Int]()) { rights, member in
        let right = source.values[member].inputs[1]
        if !rights.contains(right) { rights.append(right) }
      }
      guard rights.count > 1 else { continue }
      for member in members {
        guard let product = source.values[member].operation(MatrixProduct.self),
          let place = rights.firstIndex(of: source.values[member].inputs[1])
        else { continue }
        merged[member] = ProductGroup(
          product: product, left: source.values[member].inputs[0], rights: rights, place: place)
      }
    }
    return merged
  }

  mutating func mergedProduct(_ group: ProductGroup, isAwaited: Bool) -> Int {
    let axis = group.product.transposeRight ? 0 : 1
    // Parameters are leaves, so those that come later in the trace can be added now.
    let rights = group.rights.map { right -> Int in
      let value = source.values[right]
      return graph.add(value.kind, [], value.shape, value.scalarType)
    }
    let weights = graph.add(
      Concatenate(rights.map { graph.values[$0].outline }, axis: axis), rights)
    let product =
      isAwaited
      ? parted(group.product, places[group.left], weights)
      : graph.add(group.product, [places[group.left], weights])
    let widths = rights.map { graph.values[$0].shape[axis] }
    let start = widths[..<group.place].reduce(0, +)
    return part(of: product, start..<start + widths[group.place])
  }
}
