internal import Synchronization

/// A recorded operation: an entry of the tape.
///
/// The tape is the graph of nodes that a recorded tensor reaches. Checked by hand to be `Sendable`: nothing changes
/// after the initialiser but for the release of operands in `deinit`.
package final class Node: @unchecked Sendable {
  package let operation: any Operation
  /// The operands; those that the gradient rule does not read carry no elements.
  package private(set) var inputs: [Tensor]
  private let output: Tensor
  /// Larger than that of every node made before: what a node depends on has a smaller one.
  let serial = Node.made.wrappingAdd(1, ordering: .relaxed).newValue

  /// Whether it stands for a value that is not computed: part of a cell being traced.
  package let isSymbolic: Bool

  private static let made = Atomic<UInt64>(0)

  init(
    _ operation: any Operation, inputs: [Tensor], output: Tensor, isSymbolic: Bool = false
  ) {
    self.isSymbolic = isSymbolic
    self.operation = operation
    self.inputs = inputs
    self.output = output
  }

  /// The result, with this node as its history.
  var result: Tensor {
    var result = output
    result.node = self
    return result
  }

  /// The result without its history.
  package var value: Tensor { output }

  /// Lets go of a chain of operands one by one: releasing them by recursion would overflow the stack on a long one.
  deinit {
    var pending = Self.takeInputs(of: self)
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) { pending += Self.takeInputs(of: node) }
    }
  }

  private static func takeInputs(of node: Node) -> [Node] {
    let nodes = node.inputs.compactMap(\.node)
    if !nodes.isEmpty { node.inputs = [] }
    return nodes
  }
}

/// A tensor that a gradient is wanted for: where the backward pass ends.
///
/// When gradients are nested, the inner variable's operand is the outer computation's tensor.
struct Variable: Operation {
  var reads: Reads { [] }
  func shape(of inputs: [Tensor]) -> Shape { inputs[0].shape }
  func evaluate(_ inputs: [Tensor]) -> Tensor { inputs[0].detached }
  func cotangent(ofInput index: Int, _ inputs: [Tensor], output: Tensor, upstream: Tensor)
    -> Cotangent
  { .dense(upstream) }
}
