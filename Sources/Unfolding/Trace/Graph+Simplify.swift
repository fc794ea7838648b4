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
  /// - Parameters:
  ///   - isStep: Whether this is a step, not its adjoint. In an adjoint products of one left operand stay apart, because one
  ///     may be needed by the predecessor and the other only after the walk.
  ///   - replayed: The values of an adjoint that are the step's own: these are not simplified as gradients are.
  /// - Returns: The graph, and for each value of this one its number there, if
  ///   the outputs need it.
  /// - Throws: ``Unplannable`` for an operation that no plan has a place for.
  func simplified(
    isStep: Bool, replayed: Set<Int> = []
  ) throws(Unplannable) -> (graph: Graph, places: [Int?]) {
    var simplifier = Simplifier(self, isStep: isStep, replayed: replayed)
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
