/// The gradients of an output by reverse-mode differentiation.
///
/// - Parameters:
///   - output: What was computed. Its history is taken from it, so that the tape can be released as the pass goes.
///   - nodes: What to find the total derivative of the output's sum for: variables or intermediate results.
/// - Returns: A gradient for each node, `nil` where the output does not depend on it, and whether the pass was itself
///   recorded: it is when the tape reaches variables of an enclosing gradient, and only then.
func backward(from output: inout Tensor, to nodes: [Node]) -> (
  gradients: [Tensor?], isRecorded: Bool
) {
  let wanted = Set(nodes.map(ObjectIdentifier.init))
  guard let rootID = output.node.map(ObjectIdentifier.init),
    var order = output.node.map({ topologicalOrder(from: $0, to: wanted) })
  else { return (nodes.map { _ in nil }, false) }
  let isRecorded = order.contains { node in
    node.operation is Variable
      && (!wanted.contains(ObjectIdentifier(node)) || node.inputs.contains { $0.node != nil })
  }
  // From here on only `order` holds the tape, and each node goes when its turn has passed.
  output = output.detached
  var sums = [rootID: CotangentSum(like: output)]
  sums[rootID]?.add(.dense(.ones(output.shape, scalarType: output.scalarType)))

  while let node = order.popLast() {
    let id = ObjectIdentifier(node)
    let isWanted = wanted.contains(id)
    if isWanted && node.operation is Variable { continue }
    guard let upstream = sums[id]?.total else { continue }
    if !isWanted { sums[id] = nil }
    let inputs = isRecorded ? node.inputs : node.inputs.map(\.detached)
    let result = isRecorded ? node.result : node.value
    for (index, input) in node.inputs.enumerated() {
      guard let source = input.node else { continue }
      let cotangent = node.operation.cotangent(
        ofInput: index, inputs, output: result, upstream: upstream)
      let sourceID = ObjectIdentifier(source)
      if isRecorded {
        sums[sourceID, default: CotangentSum(like: input)].addRecorded(cotangent)
      } else {
        sums[sourceID, default: CotangentSum(like: input)].add(cotangent)
      }
    }
  }
  return (nodes.map { sums[ObjectIdentifier($0)]?.total }, isRecorded)
}

/// All nodes that `root` depends on, each after its operands; by iteration, since tapes are deep. What lies behind a
/// wanted variable belongs to an enclosing gradient and is left to it.
private func topologicalOrder(from root: Node, to wanted: Set<ObjectIdentifier>) -> [Node] {
  var order: [Node] = []
  var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
  var stack: [(node: Node, next: Int)] = [(root, 0)]
  while let (node, next) = stack.last {
    let isEnd = node.operation is Variable && wanted.contains(ObjectIdentifier(node))
    if !isEnd, next < node.inputs.count {
      stack[stack.count - 1].next = next + 1
      if let source = node.inputs[next].node, seen.insert(ObjectIdentifier(source)).inserted {
        stack.append((source, 0))
      }
    } else {
      order.append(node)
      stack.removeLast()
    }
  }
  return order
}

extension Tensor {
  /// The same values as the variable of a new gradient.
  func asVariable() -> Tensor {
    var variable = detached
    variable.node = Node(Variable(), inputs: [node == nil ? withoutValue : self], output: detached)
    return variable
  }
}

/// The value of a scalar function and its gradient.
///
/// - Parameters:
///   - point: Where to take the gradient; any shape.
///   - body: The function; its result must be a scalar.
/// - Returns: The value, and ∂value/∂point of the point's shape: zeros where the value does not depend on it.
///
/// Calls nest: the gradient of a function that itself takes a gradient is exact, through any number of levels.
public func valueWithGradient(at point: Tensor, in body: (Tensor) throws -> Tensor) rethrows -> (
  value: Tensor, gradient: Tensor
) {
  let (value, gradients) = try valueWithGradient(at: [point]) { try body($0[0]) }
  return (value, gradients[0])
}

/// The value of a scalar function of several tensors and its gradient with respect to each.
///
/// - Parameters:
///   - points: Where to take the gradient; any shapes.
///   - body: The function; its result must be a scalar.
/// - Returns: The value, and a gradient of each point's shape.
public func valueWithGradient(at points: [Tensor], in body: ([Tensor]) throws -> Tensor) rethrows
  -> (value: Tensor, gradients: [Tensor])
{
  let variables = points.map { $0.asVariable() }
  var output = try body(variables)
  demand(output.count == 1, "valueWithGradient: the value must be a scalar, got \(output.shape)")
  let history = points.contains { $0.node != nil } ? output.node : nil
  let (gradients, isRecorded) = backward(from: &output, to: variables.compactMap(\.node))
  // Inside an enclosing gradient the value goes on being recorded.
  if isRecorded { output.node = history }
  return (
    output, zip(points, gradients).map { $1 ?? .zeros($0.shape, scalarType: $0.scalarType) }
  )
}

/// The gradients of an output already computed inside an enclosing ``valueWithGradient(at:in:)``, with respect to
/// tensors it was computed from: the total derivative, along every path.
///
/// - Parameters:
///   - output: A recorded scalar.
///   - tensors: Recorded tensors of any shape, variables or intermediate results.
/// - Returns: A gradient of each tensor's shape.
public func gradients(of output: Tensor, withRespectTo tensors: [Tensor]) -> [Tensor] {
  demand(output.count == 1, "gradients: the output must be a scalar, got \(output.shape)")
  let nodes = tensors.map { tensor -> Node in
    guard let node = tensor.node else {
      fatalError("gradients: the \(tensor.shape) tensor is not part of a recorded computation")
    }
    return node
  }
  var output = output
  let found = backward(from: &output, to: nodes)
  return zip(tensors, found.gradients).map { $1 ?? .zeros($0.shape, scalarType: $0.scalarType) }
}
