internal import Tensors

/// Rewrites a traced graph in the form that plans are made from.
struct Simplifier {
  let source: Graph
  var graph = Graph()
  /// For each value of `source` its number in `graph`.
  var places: [Int] = []

  /// Whether what is added belongs to a gradient, and not to the step as its author wrote it.
  private(set) var isGradient = false
  /// Values of `graph` that are computed as a whole, whatever is read of them.
  private(set) var wholes: Set<Int> = []

  private let isStep: Bool
  private let replayed: Set<Int>

  init(_ source: Graph, isStep: Bool, replayed: Set<Int>) {
    self.source = source
    self.isStep = isStep
    self.replayed = replayed
  }

  mutating func run() throws(Unplannable) {
    let merged = isStep ? mergedProducts() : [:]
    let awaited = isStep ? awaitedValues() : []
    let reduced = reducedValues()
    for (number, value) in source.values.enumerated() {
      isGradient = !isStep && !replayed.contains(number)
      if value.isRow, isOfMatrices(value), !mayBeMatrix(value) {
        throw Unplannable(reason: "a row of more axes than one")
      }
      switch value.kind {
      case .leaf:
        places.append(graph.add(value.kind, [], Self.matrix(value), value.scalarType))
      case .operation(let operation):
        if let group = merged[number] {
          places.append(mergedProduct(group, isAwaited: awaited.contains(number)))
        } else {
          places.append(
            try rewritten(
              value, operation, value.inputs.map { places[$0] },
              isAwaited: awaited.contains(number)))
        }
      }
      if reduced.contains(number) { wholes.insert(places[number]) }
    }
    graph.outputs = source.outputs.map { places[$0] }
  }

  static func matrix(_ value: Graph.Value) -> Shape {
    value.isRow ? [Graph.rows, value.width] : value.shape
  }

  mutating func rewritten(
    _ value: Graph.Value, _ operation: any Operation, _ inputs: [Int], isAwaited: Bool
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
    if value.shape.rank == 3, operation is Binary || operation is Select || operation is Broadcast {
      let operands = zip(value.inputs, inputs).map { stretched(source.values[$0], $1, value.shape) }
      return operation is Broadcast ? operands[0] : add(operation, operands)
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
      return elementwise(operation, inputs)
    case let reduce as Reduce where isOfMatrices(value):
      return summed(source.values[value.inputs[0]].shape, axis: reduce.axis, inputs[0])
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
      return reduce.kind == .sum ? sum(of: inputs[0]) : graph.add(reduce, inputs)
    case let product as MatrixProduct where isOfMatrices(value):
      return try rowProduct(product, value, inputs)
    case let product as MatrixProduct
    where !product.transposeLeft && graph.values[inputs[0]].isRow && !graph.values[inputs[1]].isRow:
      let left = ownRows(inputs[0])
      return isAwaited ? parted(product, left, inputs[1]) : graph.add(product, [left, inputs[1]])
    case let product as RowProduct:
      return graph.add(
        product, inputs.map { graph.values[$0].isRow ? $0 : graph.add(SameForAll(), [$0]) })
    case let softmax as Softmax:
      return softmaxed(softmax.kind, inputs[0])
    default:
      throw Unplannable(reason: "\(type(of: operation)) of \(value.shape)")
    }
  }

  mutating func zeros(_ width: Int, _ value: Graph.Value) -> Int {
    let zero = graph.add(
      .operation(Zeros(shape: [1, width], type: value.scalarType)), [], [1, width], value.scalarType
    )
    return graph.add(SameForAll(), [zero])
  }

  mutating func softmaxed(_ kind: Softmax.Kind, _ x: Int) -> Int {
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
  mutating func add(_ operation: any Operation, _ inputs: [Int]) -> Int {
    graph.add(operation, inputs)
  }
}
