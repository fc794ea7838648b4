internal import Tensors

extension Simplifier {
  // MARK: Parts of rows

  /// Columns `range` of a row.
  mutating func part(of number: Int, _ range: Range<Int>) -> Int {
    let value = graph.values[number]
    if range == 0..<value.width { return number }
    guard case .operation(let operation) = value.kind, !wholes.contains(number) else {
      return sliced(number, range)
    }
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
        : elementwise(operation, inputs)
    default:
      return sliced(number, range)
    }
  }

  mutating func sliced(_ number: Int, _ range: Range<Int>) -> Int {
    graph.add(Slice(axis: 1, range: range), [number])
  }

  mutating func join(_ parts: [Int], _ width: Int) -> Int {
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

}
