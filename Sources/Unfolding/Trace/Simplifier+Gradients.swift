internal import Tensors

extension Simplifier {
  // MARK: What the rules of gradients leave to be simplified

  /// The values of the source that a sum along rows, or a largest or smallest, is taken of, and what these are computed from
  /// element by element: all are computed as a whole, whatever else is read of them.
  func reducedValues() -> Set<Int> {
    var reduced: Set<Int> = []
    for (number, value) in source.values.enumerated().reversed() where value.isRow {
      guard case .operation(let operation) = value.kind else { continue }
      let isReduction = (operation as? Reduce)?.axis == 1 || operation is Softmax
      let isElementwise = operation is Unary || operation is Binary || operation is Select
      guard isReduction || isElementwise && reduced.contains(number) else { continue }
      for input in value.inputs where source.values[input].isRow { reduced.insert(input) }
    }
    return reduced
  }

  /// An element-wise operation. In gradients a number for each node is not repeated along its row before it is needed there.
  mutating func elementwise(_ operation: any Operation, _ inputs: [Int]) -> Int {
    guard isGradient else { return add(operation, inputs) }
    if let product = scaled(operation, inputs) { return product }
    guard
      let width = inputs.filter({ graph.values[$0].isRow }).map({ graph.values[$0].width }).max()
    else { return add(operation, inputs) }
    let narrow = inputs.map { repeated($0) ?? $0 }
    let isWide = narrow.contains { graph.values[$0].isRow && graph.values[$0].width == width }
    if isWide || width == 1 { return add(operation, narrow) }
    let isNarrow = narrow.allSatisfy { graph.values[$0].isRow || graph.values[$0].shape.count == 1 }
    guard isNarrow else { return add(operation, inputs) }
    return graph.add(Broadcast(shape: [Graph.rows, width]), [add(operation, narrow)])
  }

  /// A row times two numbers as times their product; `nil` for others.
  private mutating func scaled(_ operation: any Operation, _ inputs: [Int]) -> Int? {
    guard let binary = operation as? Binary, binary.function == .multiply,
      let scale = inputs.first(where: isOneForTheRow),
      let row = inputs.first(where: { !isOneForTheRow($0) }),
      graph.values[row].operation(Binary.self)?.function == .multiply
    else { return nil }
    let factors = graph.values[row].inputs
    guard let inner = factors.first(where: isOneForTheRow),
      let rest = factors.first(where: { !isOneForTheRow($0) })
    else { return nil }
    return graph.add(binary, [rest, graph.add(binary, [inner, scale])])
  }

  /// The number for each node that a row repeats; `nil` for other rows.
  private func repeated(_ number: Int) -> Int? {
    let value = graph.values[number]
    guard value.isRow, value.width > 1, value.operation(Broadcast.self) != nil else { return nil }
    let operand = graph.values[value.inputs[0]]
    return operand.isRow && operand.width == 1 ? value.inputs[0] : nil
  }

  /// A sum along rows. In gradients a factor that a whole row has in common is multiplied by afterwards.
  mutating func sum(of number: Int) -> Int {
    func plain() -> Int { graph.add(Reduce(kind: .sum, axis: 1), [number]) }
    let value = graph.values[number]
    guard isGradient, value.width > 1 else { return plain() }
    if value.operation(Unary.self)?.function == .negate {
      return graph.add(Unary(function: .negate), [sum(of: value.inputs[0])])
    }
    guard let binary = value.operation(Binary.self) else { return plain() }
    let (left, right) = (value.inputs[0], value.inputs[1])
    func isWhole(_ number: Int) -> Bool {
      graph.values[number].isRow && graph.values[number].width == value.width
    }
    switch binary.function {
    case .multiply where isOneForTheRow(right) && isWhole(left),
      .divide where isOneForTheRow(right) && isWhole(left):
      return graph.add(binary, [sum(of: left), right])
    case .multiply where isOneForTheRow(left) && isWhole(right):
      return graph.add(binary, [left, sum(of: right)])
    default: return plain()
    }
  }

  /// Whether an operand is one number for each node, or for all.
  private func isOneForTheRow(_ number: Int) -> Bool {
    let value = graph.values[number]
    return value.isRow ? value.width == 1 : value.shape.count == 1
  }
}
