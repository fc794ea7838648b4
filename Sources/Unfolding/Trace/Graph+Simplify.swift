internal import Tensors

/// Why a traced step cannot be planned: it is run by the reference path.
struct Unplannable: Error {
  let reason: String
}

extension Graph {
  /// The same computation in the form that plans are made from.
  ///
  /// Rows are of rank 2. Parts of a row are taken where the row comes from, not from what was computed of it, so that
  /// the gates of a cell are computed one beside the other. Products of one left operand with several weights are one
  /// product with the weights side by side. What is left of a step are products, element-wise operations, reductions of
  /// rows, slices of what is in memory anyway, and joined rows.
  ///
  /// - Parameter isStep: Whether this is a step, not its adjoint. In an adjoint products of one left operand stay apart,
  ///   because one may be needed by the predecessor and the other only after the walk.
  /// - Returns: The graph, and for each value of this one its number there, if
  ///   the outputs need it.
  /// - Throws: ``Unplannable`` for an operation that no plan has a place for.
  func simplified(isStep: Bool) throws(Unplannable) -> (graph: Graph, places: [Int?]) {
    var simplifier = Simplifier(self, isStep: isStep)
    try simplifier.run()
    // What was taken apart is not computed as a whole any more.
    let (graph, kept) = simplifier.graph.withoutUnread()
    return (graph, simplifier.places.map { kept[$0] })
  }
}

extension Graph {
  /// The values that the outputs need, and for each value of this graph its number there, or nothing.
  fileprivate func withoutUnread() -> (graph: Graph, places: [Int?]) {
    var isRead = Array(repeating: false, count: values.count)
    for output in outputs { isRead[output] = true }
    for (number, value) in values.enumerated().reversed() where isRead[number] {
      for input in value.inputs { isRead[input] = true }
    }
    var graph = Graph(), places: [Int?] = []
    for (number, value) in values.enumerated() {
      places.append(
        isRead[number]
          ? graph.add(
            value.kind, value.inputs.compactMap { places[$0] }, value.shape, value.scalarType)
          : nil)
    }
    graph.outputs = outputs.compactMap { places[$0] }
    return (graph, places)
  }

  /// A row that an element-wise program computes, and so can write wherever it is wanted: this one, or a copy.
  mutating func writable(_ number: Int) -> Int {
    let value = values[number]
    if value.isRow, case .operation(let operation) = value.kind {
      switch operation {
      case is Unary, is Binary, is Select, is Broadcast, is Reduce, is SameForAll, is Detach:
        return number
      default: break
      }
    }
    return add(Broadcast(shape: [Graph.rows, value.width]), [number])
  }
}

private struct Simplifier {
  let source: Graph
  var graph = Graph()
  /// For each value of `source` its number in `graph`.
  var places: [Int] = []

  private let isStep: Bool

  init(_ source: Graph, isStep: Bool) {
    self.source = source
    self.isStep = isStep
  }

  mutating func run() throws(Unplannable) {
    let merged = isStep ? mergedProducts() : [:]
    for (number, value) in source.values.enumerated() {
      if value.isRow, isOfMatrices(value), !mayBeMatrix(value) {
        throw Unplannable(reason: "a row of more axes than one")
      }
      switch value.kind {
      case .leaf:
        places.append(graph.add(value.kind, [], Self.matrix(value), value.scalarType))
      case .operation(let operation):
        if let group = merged[number] {
          places.append(mergedProduct(group))
        } else {
          places.append(try rewritten(value, operation, value.inputs.map { places[$0] }))
        }
      }
    }
    graph.outputs = source.outputs.map { places[$0] }
  }

  /// Whether a value, or what it is computed from, is a matrix for each node: of rank 3, or of several rows to a node.
  private func isOfMatrices(_ value: Graph.Value) -> Bool {
    ([value] + value.inputs.map { source.values[$0] }.filter(\.isRow)).contains {
      $0.shape.rank > 2 || $0.shape.rank > 0 && $0.shape[0] > Graph.rows
    }
  }

  /// Whether an operation can have matrices as operands: in products of their own, and wherever the number of elements
  /// is all that matters.
  private func mayBeMatrix(_ value: Graph.Value) -> Bool {
    guard case .operation(let operation) = value.kind else { return false }
    switch operation {
    case is Reshape, is MatrixProduct, is Unary, is Detach: return true
    case is Binary, is Select:
      return value.inputs.allSatisfy {
        source.values[$0].isRow
          ? source.values[$0].shape == value.shape : source.values[$0].shape.rank == 0
      }
    default: return false
    }
  }

  private static func matrix(_ value: Graph.Value) -> Shape {
    value.isRow ? [Graph.rows, value.width] : value.shape
  }

  private mutating func rewritten(
    _ value: Graph.Value, _ operation: any Operation, _ inputs: [Int]
  ) throws(Unplannable) -> Int {
    let isContraction = !value.isRow && inputs.contains { graph.values[$0].isRow }
    if !value.isRow, !isContraction {
      return graph.add(.operation(operation), inputs, value.shape, value.scalarType)
    }
    if isContraction {
      let sum = add(operation, inputs)
      // The sum over rows keeps the axis, as the operation does.
      return graph.values[sum].shape == value.shape
        ? sum : graph.add(Reshape(shape: value.shape), [sum])
    }
    // An operand that is no row is the same for all nodes, in any number of them.
    let isFixed = inputs.contains { input in
      let operand = graph.values[input]
      return !operand.isRow && operand.shape.rank == 2 && operand.shape[0] > 1
    }
    if isFixed, !(operation is MatrixProduct), !(operation is SameForAll) {
      throw Unplannable(reason: "a tensor with a row for each sequence that is not an input")
    }
    switch operation {
    case is Unary, is Binary, is Select, is SameForAll:
      return add(operation, inputs)
    case let detach as Detach:
      // In an adjoint gradients have been taken already, and a mask has none.
      if !isStep { return inputs[0] }
      if case .draw = graph.values[inputs[0]].leaf { return inputs[0] }
      return graph.add(detach, inputs)
    case let broadcast as Broadcast:
      return graph.add(broadcast, inputs)
    case is Reshape:
      // Rows may be taken apart into equal groups, and put together again: the elements of a node stay side by side.
      guard value.shape[0] % Graph.rows == 0,
        value.shape.count == Graph.rows * graph.values[inputs[0]].width
      else { throw Unplannable(reason: "a reshape that mixes rows") }
      return inputs[0]
    case let slice as Slice where slice.axis == 1:
      return part(of: inputs[0], slice.range)
    case let joined as Concatenate where joined.axis == 1:
      return join(
        inputs.map { graph.values[$0].isRow ? $0 : graph.add(SameForAll(), [$0]) }, value.width)
    case let place as Place where place.axis == 1:
      let width = graph.values[inputs[0]].width
      var parts = [inputs[0]]
      if place.start > 0 { parts.insert(zeros(place.start, value), at: 0) }
      let rest = place.size - place.start - width
      if rest > 0 { parts.append(zeros(rest, value)) }
      return join(parts, value.width)
    case let reduce as Reduce where reduce.axis == 1:
      return graph.add(Reduce(kind: reduce.kind, axis: 1), inputs)
    case let product as MatrixProduct where isOfMatrices(value):
      return try rowProduct(product, value, inputs)
    case let product as MatrixProduct
    where !product.transposeLeft && graph.values[inputs[0]].isRow && !graph.values[inputs[1]].isRow:
      return graph.add(product, inputs)
    case is RowProduct:
      return add(operation, inputs)
    case let softmax as Softmax:
      return softmaxed(softmax.kind, inputs[0])
    default:
      throw Unplannable(reason: "\(type(of: operation)) of \(value.shape)")
    }
  }

  /// A product of matrices that are rows: of two, or of one, perhaps as a stack of its lines, and a shared matrix.
  private mutating func rowProduct(
    _ product: MatrixProduct, _ value: Graph.Value, _ inputs: [Int]
  ) throws(Unplannable) -> Int {
    let columns = value.shape[-1]
    let rows = value.shape.count / Graph.rows / columns
    let leftWidth = graph.values[inputs[0]].width
    let isOfLines = value.shape.rank == 2, isShared = !graph.values[inputs[1]].isRow
    guard value.shape[0] % Graph.rows == 0, graph.values[inputs[0]].isRow, rows > 0,
      leftWidth % rows == 0, !isOfLines || isShared && !product.transposeLeft,
      !isShared || graph.values[inputs[1]].shape.rank == 2
    else { throw Unplannable(reason: "a product of matrices that mixes rows") }
    let right =
      graph.values[inputs[1]].isRow ? inputs[1] : graph.add(SameForAll(), [inputs[1]])
    let inner = leftWidth / rows
    guard graph.values[right].width == inner * columns else {
      throw Unplannable(reason: "a product of matrices that mixes rows")
    }
    return graph.add(
      RowProduct(
        rows: rows, inner: inner, columns: columns, transposeLeft: product.transposeLeft,
        transposeRight: product.transposeRight), [inputs[0], right])
  }

  private mutating func zeros(_ width: Int, _ value: Graph.Value) -> Int {
    let zero = graph.add(
      .operation(Zeros(shape: [1, width], type: value.scalarType)), [], [1, width], value.scalarType
    )
    return graph.add(SameForAll(), [zero])
  }

  private mutating func softmaxed(_ kind: Softmax.Kind, _ x: Int) -> Int {
    let largest = graph.add(Reduce(kind: .max, axis: 1), [x])
    let shifted = graph.add(Binary(function: .subtract), [x, largest])
    let exponentials = graph.add(Unary(function: .exp), [shifted])
    let sum = graph.add(Reduce(kind: .sum, axis: 1), [exponentials])
    switch kind {
    case .softmax: return graph.add(Binary(function: .divide), [exponentials, sum])
    case .logSoftmax:
      return graph.add(
        Binary(function: .subtract), [shifted, graph.add(Unary(function: .log), [sum])])
    case .logSumExp:
      return graph.add(Binary(function: .add), [graph.add(Unary(function: .log), [sum]), largest])
    }
  }

  /// Adds an operation whose type is not known here.
  private mutating func add(_ operation: any Operation, _ inputs: [Int]) -> Int {
    graph.add(operation, inputs)
  }

  // MARK: Parts of rows

  /// Columns `range` of a row.
  private mutating func part(of number: Int, _ range: Range<Int>) -> Int {
    let value = graph.values[number]
    if range == 0..<value.width { return number }
    guard case .operation(let operation) = value.kind else { return sliced(number, range) }
    switch operation {
    case let slice as Slice:
      let start = slice.range.lowerBound
      return part(
        of: value.inputs[0], start + range.lowerBound..<start + range.upperBound)
    case is Concatenate:
      var parts: [Int] = [], start = 0
      for input in value.inputs {
        let width = graph.values[input].width
        let inside = range.clamped(to: start..<start + width)
        if !inside.isEmpty {
          parts.append(part(of: input, inside.lowerBound - start..<inside.upperBound - start))
        }
        start += width
      }
      return join(parts, range.count)
    case is Unary, is Binary, is Select, is Broadcast, is SameForAll, is Detach:
      let inputs = value.inputs.map { input -> Int in
        let operand = graph.values[input]
        if operand.isRow { return operand.width == 1 ? input : part(of: input, range) }
        if operand.shape.rank == 0 || operand.shape[-1] == 1 { return input }
        return graph.add(Slice(axis: operand.shape.rank - 1, range: range), [input])
      }
      let isBroadcast = operation is Broadcast
      return isBroadcast
        ? graph.add(Broadcast(shape: [Graph.rows, range.count]), inputs)
        : add(operation, inputs)
    default:
      return sliced(number, range)
    }
  }

  private mutating func sliced(_ number: Int, _ range: Range<Int>) -> Int {
    graph.add(Slice(axis: 1, range: range), [number])
  }

  private mutating func join(_ parts: [Int], _ width: Int) -> Int {
    // Rows joined of joined rows are one.
    let flat = parts.flatMap { part in
      graph.values[part].operation(Concatenate.self) == nil ? [part] : graph.values[part].inputs
    }
    // The parts of one row in their order are that row.
    if let first = graph.values[flat[0]].operation(Slice.self) {
      let source = graph.values[flat[0]].inputs[0]
      var end = first.range.lowerBound
      let isRun = flat.allSatisfy { part in
        guard let slice = graph.values[part].operation(Slice.self),
          graph.values[part].inputs == [source], slice.range.lowerBound == end
        else { return false }
        end = slice.range.upperBound
        return true
      }
      if isRun { return part(of: source, first.range.lowerBound..<end) }
    }
    guard flat.count > 1 else { return flat[0] }
    let written = flat.map { graph.writable($0) }
    return graph.add(Concatenate(written.map { graph.values[$0].outline }, axis: 1), written)
  }

  // MARK: Products of one left operand

  private struct ProductGroup {
    let product: MatrixProduct
    let left: Int
    /// The right operands, each once, and this product's place among them.
    let rights: [Int]
    let place: Int
  }

  /// Products that share their left operand, a row that comes before all of them, with parameters as right operands.
  private func mergedProducts() -> [Int: ProductGroup] {
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

  private mutating func mergedProduct(_ group: ProductGroup) -> Int {
    let axis = group.product.transposeRight ? 0 : 1
    // Parameters are leaves, so those that come later in the trace can be added now.
    let rights = group.rights.map { right -> Int in
      let value = source.values[right]
      return graph.add(value.kind, [], value.shape, value.scalarType)
    }
    let weights = graph.add(
      Concatenate(rights.map { graph.values[$0].outline }, axis: axis), rights)
    let product = graph.add(group.product, [places[group.left], weights])
    let widths = rights.map { graph.values[$0].shape[axis] }
    let start = widths[..<group.place].reduce(0, +)
    return part(of: product, start..<start + widths[group.place])
  }
}

/// Zeros that no operand gives the shape of.
struct Zeros: Operation {
  let shape: Shape
  let type: ScalarType
  var reads: Reads { [] }
  func shape(of inputs: [Tensor]) -> Shape { shape }
  func scalarType(of inputs: [Tensor]) -> ScalarType { type }
  func evaluate(_ inputs: [Tensor]) -> Tensor { .zeros(shape, scalarType: type) }
  func cotangent(
    ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor
  ) -> Cotangent { .dense(upstream) }
}
