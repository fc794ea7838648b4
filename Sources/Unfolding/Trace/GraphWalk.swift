internal import Tensors

/// Walks a traced step front by front with every operation on the tape.
struct GraphWalk {
  let graph: Graph
  let layout: ChainLayout
  let draws: [Draw: Tensor]
  /// Node arrays in the order of the walk.
  let nodes: [Tensor]
  let initial: [Tensor]
  let shared: [Tensor]

  /// All states one after the other, each `[B + N, w]`, as one array.
  func states() -> Tensor {
    var made: [[Tensor]] = initial.map { [$0] }
    for (rows, start) in zip(layout.rows, layout.starts) {
      let range = Int(start)..<Int(start + rows)
      let before = made.map { states -> Tensor in
        let last = states[states.count - 1]
        return last.slice(0..<range.count)
      }
      for (state, next) in step(range, from: before).enumerated() { made[state].append(next) }
    }
    return .concatenate(
      made.map { states in
        let all = Tensor.concatenate(states)
        return all.reshaped(to: [all.count])
      })
  }

  private func step(_ range: Range<Int>, from before: [Tensor]) -> [Tensor] {
    var values: [Tensor] = []
    for value in graph.values {
      switch value.kind {
      case .leaf(.node(let array)): values.append(nodes[array].slice(range))
      case .leaf(.before(let state)): values.append(before[state])
      case .leaf(.shared(let number)): values.append(shared[number])
      case .leaf(.draw(let draw)):
        guard let mask = draws[draw] else { fatalError("unfold: a mask was not drawn") }
        values.append(mask.slice(range))
      case .leaf: fatalError("unfold: an adjoint is not walked on the tape")
      case .operation(let operation):
        let inputs = value.inputs.map { values[$0] }
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
      shape.rank > 0 && shape[0] == Graph.rows ? shape.replacing(0, with: rows) : shape
    }
    switch operation {
    case let broadcast as Broadcast: return inputs[0].broadcast(to: resized(broadcast.shape))
    case let reshape as Reshape: return inputs[0].reshaped(to: resized(reshape.shape))
    default: return apply(operation, inputs)
    }
  }
}
