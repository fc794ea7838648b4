/// The gradients of an output by reverse-mode differentiation.
///
/// - Parameters:
///   - output: What was computed. Unless the pass is recorded, its history is taken from it, so that the tape can be
///     released as the pass goes.
///   - nodes: What to find the total derivative of the output's sum for: variables or intermediate results.
///   - isRecorded: Whether to record the pass, so that its results can be differentiated. It is always recorded when
///     the output depends on an enclosing gradient's computation.
/// - Returns: A gradient for each node, `nil` where the output does not depend on it.
func backward(from output: inout Tensor, to nodes: [Node], isRecorded: Bool = false) -> [Tensor?] {
  guard let root = output.node.map(ObjectIdentifier.init),
    var tape = output.node.map({ Tape(from: $0, to: nodes) })
  else { return nodes.map { _ in nil } }
  let isRecorded = isRecorded || tape.reachesOlderNodes
  // From here on only `tape` holds the nodes, and each goes when its turn has passed.
  if !isRecorded { output = output.detached }
  let wanted = Set(nodes.map(ObjectIdentifier.init))
  var sums = [root: CotangentSum(like: output)]
  sums[root]?.add(.dense(.ones(output.shape, scalarType: output.scalarType)))

  while let node = tape.order.popLast() {
    let id = ObjectIdentifier(node)
    guard let upstream = sums[id]?.takeTotal() else { continue }
    if !wanted.contains(id) { sums[id] = nil }
    let inputs = isRecorded ? node.inputs : node.inputs.map(\.detached)
    let result = isRecorded ? node.result : node.value
    let operands = node.inputs.indices.compactMap { index in
      node.inputs[index].node.map(ObjectIdentifier.init)
        .flatMap { tape.leadsToWanted($0) ? (index: index, source: $0) : nil }
    }
    let joint =
      isRecorded
      ? nil
      : node.operation.jointCotangents(
        ofInputs: operands.map(\.index), inputs, output: result, upstream: upstream)
    for (place, (index, source)) in operands.enumerated() {
      let cotangent =
        joint?[place]
        ?? node.operation.cotangent(ofInput: index, inputs, output: result, upstream: upstream)
      let input = node.inputs[index]
      if isRecorded {
        sums[source, default: CotangentSum(like: input)].addRecorded(cotangent)
      } else {
        sums[source, default: CotangentSum(like: input)].add(cotangent)
      }
    }
  }
  return nodes.map { sums[ObjectIdentifier($0)]?.takeTotal() }
}

extension Tensor {
  /// The same values as the variable of a new gradient.
  func asVariable() -> Tensor {
    var variable = detached
    variable.node = Node(Variable(), inputs: [withoutValue], output: detached.withoutValue)
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
  let gradients = backward(from: &output, to: variables.compactMap(\.node))
  return (
    output, zip(points, gradients).map { $1 ?? .zeros($0.shape, scalarType: $0.scalarType) }
  )
}

/// The gradients of an output already computed inside an enclosing ``valueWithGradient(at:in:)``, with respect to
/// tensors it was computed from: the total derivative, along every path. They are recorded in their turn, so that the
/// enclosing gradient is exact when its value depends on them.
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
  let gradients = backward(from: &output, to: nodes, isRecorded: true)
  return zip(tensors, gradients).map { $1 ?? .zeros($0.shape, scalarType: $0.scalarType) }
}
