internal import Tensors

extension Simplifier {
  // MARK: Matrices for each node

  /// Whether a value, or what it is computed from, is a matrix for each node: of rank 3, or of several rows to a node.
  func isOfMatrices(_ value: Graph.Value) -> Bool {
    ([value] + value.inputs.map { source.values[$0] }.filter(\.isRow)).contains {
      $0.shape.rank > 2 || $0.shape.rank > 0 && $0.shape[0] > Graph.rows
    }
  }

  /// Whether an operation can have matrices as operands: in products of their own, in sums of their lines or columns, and in
  /// element-wise work with others as large, or that stretch.
  func mayBeMatrix(_ value: Graph.Value) -> Bool {
    guard case .operation(let operation) = value.kind else { return true }
    switch operation {
    case is Reshape, is MatrixProduct, is Unary, is Detach: return true
    case is Binary, is Select, is Broadcast:
      return value.inputs.allSatisfy { stretch(source.values[$0], to: value.shape) != nil }
    case let reduce as Reduce:
      return reduce.kind == .sum && reduce.axis > 0
        && source.values[value.inputs[0]].shape.rank == 3
    default: return false
    }
  }

  /// How the operand of an element-wise operation becomes a matrix as large as the result.
  enum Stretch {
    /// It is one, or a single number.
    case none
    /// A line for each of the matrix's lines, a column for each of its columns, or what is the same for all nodes.
    case lines, columns, shared
  }

  /// How an operand becomes a matrix of the given shape, `[rows, M, K]`; `nil` where that is not known.
  func stretch(_ operand: Graph.Value, to shape: Shape) -> Stretch? {
    if operand.shape.rank == 0 || operand.isRow && operand.shape == shape { return Stretch.none }
    guard shape.rank == 3 else { return nil }
    if !operand.isRow {
      return operand.shape.rank < 3 || operand.shape[0] == 1 ? .shared : nil
    }
    guard operand.shape.rank == 3 else { return nil }
    if operand.shape[1] == 1, operand.shape[2] == shape[2] { return .lines }
    return operand.shape[1] == shape[1] && operand.shape[2] == 1 ? .columns : nil
  }

  /// A product of matrices that are rows: of two, or of one, perhaps as a stack of its lines, and a shared matrix.
  mutating func rowProduct(
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

  /// An operand of an element-wise operation on matrices, as large as the result.
  mutating func stretched(_ operand: Graph.Value, _ number: Int, _ shape: Shape) -> Int {
    let lines = shape[1], columns = shape[2]
    switch stretch(operand, to: shape) {
    case .lines:
      return graph.add(
        RowProduct(rows: lines, inner: 1, columns: columns), [ones(lines, operand), number])
    case .columns:
      return graph.add(
        RowProduct(rows: lines, inner: 1, columns: columns), [number, ones(columns, operand)])
    case .shared:
      let number =
        operand.shape.rank == 3
        ? graph.add(Reshape(shape: [operand.shape[1], operand.shape[2]]), [number]) : number
      let whole = graph.add(Broadcast(shape: [lines, columns]), [number])
      return graph.add(Reshape(shape: [1, lines * columns]), [whole])
    case .some(.none), nil: return number
    }
  }

  /// The sums of a matrix's lines, or of its columns.
  mutating func summed(_ shape: Shape, axis: Int, _ number: Int) -> Int {
    let lines = shape[1], columns = shape[2], matrix = graph.values[number]
    return axis == 1
      ? graph.add(
        RowProduct(rows: 1, inner: lines, columns: columns), [ones(lines, matrix), number])
      : graph.add(
        RowProduct(rows: lines, inner: columns, columns: 1), [number, ones(columns, matrix)])
  }

  mutating func ones(_ width: Int, _ value: Graph.Value) -> Int {
    let zero = graph.add(
      .operation(Zeros(shape: [1, width], type: value.scalarType)), [], [1, width], value.scalarType
    )
    return graph.add(SameForAll(), [graph.add(Unary(function: .exp), [zero])])
  }

}
