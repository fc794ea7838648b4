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
    var tape = output.node.map({ Tape(from: [$0], to: nodes) })
  else { return nodes.map { _ in nil } }
  let isRecorded = isRecorded || tape.reachesOlderNodes
  // From here on only `tape` holds the nodes, and each goes when its turn has passed.
  if !isRecorded { output = output.detached }
  let seed = Tensor.ones(output.shape, scalarType: output.scalarType)
  return walk(&tape, seeds: [(root, seed)], to: nodes, isRecorded: isRecorded)
}

/// The gradients of Σ ⟨output, upstream⟩ over several recorded outputs, recorded in their turn.
///
/// - Parameters:
///   - outputs: What was computed, each with what reaches it, of the same shape.
///   - tensors: Recorded tensors that the outputs were computed from, taken for independent: where one was computed from
///     another, the other's gradient does not include the path through it.
/// - Returns: A gradient for each tensor, `nil` where no output depends on it.
package func recordedCotangents(
  of outputs: [(value: Tensor, upstream: Tensor)], withRespectTo tensors: [Tensor]
) -> [Tensor?] {
  let nodes = tensors.map { tensor -> Node in
    guard let node = tensor.node else {
      fatalError("gradients: the \(tensor.shape) tensor is not part of a recorded computation")
    }
    return node
  }
  let roots = outputs.compactMap(\.value.node)
  let seeds = outputs.compactMap { output in
    output.value.node.map { (ObjectIdentifier($0), output.upstream) }
  }
  var tape = Tape(from: roots, to: nodes)
  return walk(&tape, seeds: seeds, to: nodes, isRecorded: true, endsThere: true)
}

/// Walks a tape backward from what reaches its roots, and uses it up; past the wanted nodes too unless it `endsThere`.
private func walk(
  _ tape: inout Tape, seeds: [(root: ObjectIdentifier, upstream: Tensor)], to nodes: [Node],
  isRecorded: Bool, endsThere: Bool = false
) -> [Tensor?] {
  let wanted = Set(nodes.map(ObjectIdentifier.init))
  var sums: [ObjectIdentifier: CotangentSum] = [:]
  func add(_ cotangent: Cotangent, to id: ObjectIdentifier, like tensor: Tensor) {
    if isRecorded {
      sums[id, default: CotangentSum(like: tensor)].addRecorded(cotangent)
    } else {
      let isWanted = wanted.contains(id)
      sums[id, default: CotangentSum(like: tensor, keepsRows: isWanted)].add(cotangent)
    }
  }
  for (root, upstream) in seeds { add(.dense(upstream), to: root, like: upstream) }

  while let node = tape.order.popLast() {
    let id = ObjectIdentifier(node)
    if endsThere, wanted.contains(id) { continue }
    guard let upstream = sums[id]?.takeTotal() else { continue }
    if !wanted.contains(id) { sums[id] = nil }
    let sources = node.inputs.map { $0.node.map(ObjectIdentifier.init) }
    let indices = sources.indices.filter { sources[$0].map(tape.leadsToWanted) ?? false }
    if indices.isEmpty { continue }
    let cotangents = node.operation.cotangents(
      ofInputs: indices, isRecorded ? node.inputs : node.inputs.map(\.detached),
      output: isRecorded ? node.result : node.value, upstream: consume upstream,
      isRecorded: isRecorded)
    for (index, cotangent) in zip(indices, cotangents) {
      guard let source = sources[index] else { continue }
      add(cotangent, to: source, like: node.inputs[index])
    }
  }
  return nodes.map { sums[ObjectIdentifier($0)]?.takeTotal() }
}

extension Tensor {
  /// The same values as the variable of a new gradient.
  func asVariable() -> Tensor {
    demand(
      !isSymbolic,
      "valueWithGradient: a gradient cannot be taken inside a cell that is traced; unfold it by the reference path"
    )
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
