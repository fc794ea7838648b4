internal import Tensors

extension Simplifier {
  // MARK: Products of joined rows

  /// Rows that are each node's own, where they were those of its sequence: the gradient of what they are multiplied by is a
  /// sum over nodes.
  mutating func ownRows(_ number: Int) -> Int {
    var source = number
    while graph.values[source].operation(Slice.self) != nil {
      source = graph.values[source].inputs[0]
    }
    if case .context = graph.values[source].leaf { return graph.writable(number) }
    return number
  }

  /// The values that other nodes wait for: those that a state which is read by the step depends on.
  func awaitedValues() -> Set<Int> {
    var awaited: Set<Int> = []
    for (state, output) in source.outputs.enumerated() where source.reads(state: state) {
      awaited.insert(output)
    }
    for number in source.values.indices.reversed() where awaited.contains(number) {
      awaited.formUnion(source.values[number].inputs)
    }
    return awaited
  }

  /// A product of joined rows as a sum, where some of them are the node's input, or come of it: their products may then be
  /// made for all nodes at once, before the walk. Each is a product of its own, whether that is so or not, and what does not
  /// look at the input is one: bits must not depend on whether layers are run one by one or as one step.
  mutating func parted(_ product: MatrixProduct, _ left: Int, _ right: Int) -> Int {
    guard graph.values[left].operation(Concatenate.self) != nil else {
      return graph.add(product, [left, right])
    }
    var columns = 0
    var groups: [[Range<Int>]] = [], others: [Range<Int>] = []
    for part in graph.values[left].inputs {
      let range = columns..<columns + graph.values[part].width
      columns = range.upperBound
      if looksAtInput(part) { groups.append([range]) } else { others.append(range) }
    }
    guard !groups.isEmpty, !others.isEmpty else { return graph.add(product, [left, right]) }
    let axis = product.transposeRight ? 1 : 0
    let products = (groups + [others]).map { ranges -> Int in
      let rows = join(ranges.map { part(of: left, $0) }, ranges.reduce(0) { $0 + $1.count })
      let slices = ranges.map { graph.add(Slice(axis: axis, range: $0), [right]) }
      let weight =
        slices.count == 1
        ? slices[0]
        : graph.add(Concatenate(slices.map { graph.values[$0].outline }, axis: axis), slices)
      return graph.add(product, [rows, weight])
    }
    return products.dropFirst().reduce(products[0]) { graph.add(Binary(function: .add), [$0, $1]) }
  }

  /// Whether a row depends on the node's input.
  func looksAtInput(_ number: Int) -> Bool {
    var pending = [number], seen: Set<Int> = []
    while let next = pending.popLast() {
      guard seen.insert(next).inserted else { continue }
      if case .node = graph.values[next].leaf { return true }
      pending += graph.values[next].inputs
    }
    return false
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
    let left = ownRows(places[group.left])
    let product =
      isAwaited
      ? parted(group.product, left, weights) : graph.add(group.product, [left, weights])
    let widths = rights.map { graph.values[$0].shape[axis] }
    let start = widths[..<group.place].reduce(0, +)
    return part(of: product, start..<start + widths[group.place])
  }
}
