internal import Tensors

/// Walks a traced step front by front with every operation on the tape.
struct GraphWalk {
  let graph: Graph
  let layout: Layout
  let draws: [Draw: Tensor]
  let operands: PlannedOperands

  /// All states one after the other, each `[B + N, w]`, as one array.
  func states() -> Tensor {
    var made = MadeStates(initial: operands.initial)
    let predecessors = layout.slots.indices.map(layout.predecessors)
    var frontOfRow: [Int] = []
    for (front, rows) in layout.rows.enumerated() {
      let range = frontOfRow.count..<frontOfRow.count + Int(rows)
      let before = predecessors.map { slot in
        made.rows(slot[range].map { place(of: $0, frontOfRow) })
      }
      made.add(step(range, from: before))
      frontOfRow += Array(repeating: front, count: Int(rows))
    }
    return .concatenate(
      zip(operands.initial, made.all).map { initial, nodes in
        let all = Tensor.concatenate([initial, nodes])
        return all.reshaped(to: [all.count])
      })
  }

  /// Where a row of the initial states and all nodes is made.
  private func place(of row: Int32, _ frontOfRow: [Int]) -> MadeStates.Place {
    let node = Int(row) - layout.sequenceCount
    if node < 0 { return (-1, row) }
    let front = frontOfRow[node]
    return (front, Int32(node - Int(layout.starts[front])))
  }

  private func step(_ range: Range<Int>, from before: [[Tensor]]) -> [Tensor] {
    var values: [Tensor] = []
    for value in graph.values {
      switch value.kind {
      case .leaf(.node(let array)): values.append(operands.nodes[array].slice(range))
      case .leaf(.before(let state, let slot)): values.append(before[slot][state])
      case .leaf(.shared(let number)): values.append(operands.shared[number])
      case .leaf(.context(let number)):
        // A row of a front is the lane of a sequence.
        values.append(operands.contexts[number].slice(0..<range.count))
      case .leaf(.draw(let draw)):
        guard let mask = draws[draw] else { fatalError("unfold: a mask was not drawn") }
        values.append(mask.slice(range))
      case .leaf: fatalError("unfold: an adjoint is not walked on the tape")
      case .operation(let operation):
        let inputs = value.inputs.map { input -> Tensor in
          // What is the same for all nodes is joined to as many rows as there are.
          guard value.isRow, operation is Concatenate, !graph.values[input].isRow else {
            return values[input]
          }
          return values[input].broadcast(to: values[input].shape.replacing(0, with: range.count))
        }
        values.append(
          value.isRow
            ? applied(operation, inputs, rows: range.count) : apply(operation, inputs))
      }
    }
    return graph.outputs.map { values[$0] }
  }

  /// Applies an operation to as many rows as there are instead of those that it was traced with.
  private func applied(_ operation: any Operation, _ inputs: [Tensor], rows: Int) -> Tensor {
    func resized(_ shape: Shape) -> Shape {
      // A node may have several rows.
      shape.rank > 0 && shape[0] % Graph.rows == 0
        ? shape.replacing(0, with: shape[0] / Graph.rows * rows) : shape
    }
    switch operation {
    case let broadcast as Broadcast: return inputs[0].broadcast(to: resized(broadcast.shape))
    case let reshape as Reshape: return inputs[0].reshaped(to: resized(reshape.shape))
    default: return apply(operation, inputs)
    }
  }
}
