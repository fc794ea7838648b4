internal import Tensors

/// What back-propagation does at one node: the adjoint of a step, found by the rules that differentiate the tape.
///
/// It walks the structure the other way: from all that reaches a node's state it finds what reaches the predecessor's,
/// and the node's part of every other gradient.
struct Adjoint {
  /// Its outputs: what reaches each state tensor of the predecessors, then the wanted gradients.
  let graph: Graph
  /// Constants of the rules: its shared tensors after the forward graph's own.
  let constants: [Tensor]
  /// The values of the forward graph that it reads, as rows that the forward walk has to keep. They are its node arrays
  /// after the forward graph's own.
  let kept: [Int]
  /// What reaches the predecessors' states: which output it is, of which state tensor and slot.
  let carried: [(output: Int, state: Int, slot: Int)]
  /// For each wanted leaf the number of the output that is its gradient, `nil` where it is zero.
  let gradients: [Int?]

  /// Differentiates a simplified graph whose outputs are the next states.
  ///
  /// - Parameters:
  ///   - forward: The step.
  ///   - stateCount: The number of tensors in the state; the outputs past them are not differentiated.
  ///   - slotCount: The number of predecessors.
  ///   - nodeCount: The number of its node arrays.
  ///   - sharedCount: The number of its shared tensors.
  ///   - wanted: The leaves to find gradients for: node arrays, shared tensors, rows of sequences.
  /// - Throws: ``Unplannable``.
  init(
    of forward: Graph, stateCount: Int, slotCount: Int, nodeCount: Int, sharedCount: Int,
    wanted: [Graph.Leaf]
  ) throws(Unplannable) {
    // The forward step again, with a symbol for every leaf.
    var leaves: [Graph.Leaf] = []
    var replayed: [Tensor] = []
    for value in forward.values {
      switch value.kind {
      case .leaf(let leaf):
        replayed.append(.symbol(leaves.count, value.shape, value.scalarType))
        leaves.append(leaf)
      case .operation(let operation):
        let inputs = value.inputs.map { replayed[$0] }
        replayed.append(inputs.isEmpty ? operation.evaluate([]) : applied(operation, inputs))
      }
    }
    let reaching = (0..<stateCount).map { state -> Tensor in
      let next = forward.values[forward.outputs[state]]
      leaves.append(.reaching(state))
      return .symbol(leaves.count - 1, next.shape, next.scalarType)
    }
    func symbol(_ leaf: Graph.Leaf) -> Tensor? {
      forward.values.firstIndex { $0.leaf == leaf }.map { replayed[$0] }
    }
    let before = (0..<slotCount).flatMap { slot in
      (0..<stateCount).map { (state: $0, slot: slot) }
    }
    let targets = before.map { Graph.Leaf.before($0.state, slot: $0.slot) } + wanted
    let known = targets.indices.filter { symbol(targets[$0]) != nil }
    let found = recordedCotangents(
      of: reaching.indices.map { (replayed[forward.outputs[$0]], reaching[$0]) },
      withRespectTo: known.compactMap { symbol(targets[$0]) })
    var outputs: [Int?] = Array(repeating: nil, count: targets.count)
    var computed: [Tensor] = []
    for (target, gradient) in zip(known, found) {
      guard let gradient else { continue }
      outputs[target] = computed.count
      computed.append(gradient)
    }
    let trace = Trace(of: computed, leaves: leaves, firstShared: sharedCount)
    constants = trace.shared
    let (whole, places) = try trace.graph.simplified(
      isStep: false, replayed: Set(replayed.compactMap(trace.knownNumber)))
    var forwardOf: [Int: Int] = [:]
    for (number, tensor) in replayed.enumerated() {
      let value = forward.values[number]
      // What is detached stands where it came from.
      guard value.leaf == nil, value.operation(Detach.self) == nil,
        let traced = trace.knownNumber(of: tensor), let place = places[traced]
      else { continue }
      forwardOf[place] = number
    }
    let cut = Cut(whole, forward: forward, forwardOf: forwardOf, nodeCount: nodeCount)
    graph = cut.graph
    kept = cut.kept
    carried = zip(before, outputs).compactMap { leaf, output in
      output.map { ($0, leaf.state, leaf.slot) }
    }
    gradients = Array(outputs.dropFirst(before.count))
  }
}

/// Applies an operation whose type is not known here.
private func applied(_ operation: any Operation, _ inputs: [Tensor]) -> Tensor {
  apply(operation, inputs)
}

/// Decides which values of the forward step an adjoint reads from memory, and which it computes again: what is cheap and
/// comes from what is there anyway.
private struct Cut {
  private(set) var graph = Graph()
  private(set) var kept: [Int] = []

  init(_ whole: Graph, forward: Graph, forwardOf: [Int: Int], nodeCount: Int) {
    // Where the adjoint proper reads a value of the forward step.
    var isRead = Array(repeating: false, count: whole.values.count)
    for (number, value) in whole.values.enumerated() where forwardOf[number] == nil {
      for input in value.inputs where forwardOf[input] != nil { isRead[input] = true }
    }
    for output in whole.outputs where forwardOf[output] != nil { isRead[output] = true }

    var states: [Int: Int] = [:]
    for (state, output) in forward.outputs.enumerated() { states[output] = states[output] ?? state }

    // A function of a state, which is in memory, costs no more than to write its rows and read them again.
    func isCheap(_ number: Int) -> Bool {
      let value = whole.values[number]
      if value.isCheap { return true }
      guard value.operation(Unary.self) != nil, let operand = forwardOf[value.inputs[0]] else {
        return false
      }
      return states[operand] != nil
    }
    // First what must be kept, because it is dear; then what can be had from that.
    var isKept = Array(repeating: false, count: whole.values.count)
    var isSpread = isKept
    for (number, source) in forwardOf.sorted(by: { $0.key < $1.key })
    where isRead[number] && states[source] == nil {
      let value = whole.values[number]
      guard value.isRow else { continue }
      let isDear = !isCheap(number)
      if isDear, let narrow = Self.narrowRows(of: number, in: whole, forwardOf, states) {
        isSpread[number] = true
        for row in narrow { isKept[row] = true }
      } else if isDear || value.operation(Concatenate.self) != nil {
        // Joined rows are in memory already.
        isKept[number] = true
      }
    }
    func isAtHand(_ number: Int, _ depth: Int) -> Bool {
      let value = whole.values[number]
      if !value.isRow || value.leaf != nil || isKept[number] || isSpread[number] { return true }
      if let source = forwardOf[number], states[source] != nil { return true }
      return depth > 0 && isCheap(number) && value.inputs.allSatisfy { isAtHand($0, depth - 1) }
    }
    for (number, source) in forwardOf.sorted(by: { $0.key < $1.key }) where isRead[number] {
      if states[source] == nil, !isSpread[number], !isAtHand(number, 3) { isKept[number] = true }
    }

    // The same graph with the kept values as leaves, without what nobody reads any more.
    var isNeeded = Array(repeating: false, count: whole.values.count)
    for output in whole.outputs { isNeeded[output] = true }
    func isLeaf(_ number: Int) -> Bool {
      isKept[number] || (forwardOf[number].map { states[$0] != nil } ?? false)
    }
    for number in whole.values.indices.reversed() where isNeeded[number] && !isLeaf(number) {
      for input in whole.values[number].inputs { isNeeded[input] = true }
    }
    var places: [Int] = []
    for (number, value) in whole.values.enumerated() {
      guard isNeeded[number] else {
        places.append(-1)
        continue
      }
      if let source = forwardOf[number], let state = states[source] {
        places.append(graph.add(.leaf(.state(state)), [], value.shape, value.scalarType))
      } else if isKept[number], let source = forwardOf[number] {
        let leaf = Graph.Leaf.node(nodeCount + kept.count)
        kept.append(source)
        places.append(graph.add(.leaf(leaf), [], value.shape, value.scalarType))
      } else {
        var inputs = value.inputs.map { places[$0] }
        // What is kept is not computed here, so nothing would write it where it is joined.
        if value.isRow, value.operation(Concatenate.self) != nil {
          inputs = inputs.map { graph.writable($0) }
        }
        places.append(graph.add(value.kind, inputs, value.shape, value.scalarType))
      }
    }
    graph.outputs = whole.outputs.map { places[$0] }
  }

  /// The rows to keep in place of one that is many times wider than all of them, for they are spread over it: such as the
  /// tanh of a query and each of a sequence's keys, which is as wide as all keys. To compute it again costs less than to
  /// bring it to memory for every node and back.
  ///
  /// - Returns: `nil` for other rows.
  private static func narrowRows(
    of number: Int, in whole: Graph, _ forwardOf: [Int: Int], _ states: [Int: Int]
  ) -> Set<Int>? {
    var narrow: Set<Int> = [], pending = [number], seen: Set<Int> = [], isSpread = false
    while let next = pending.popLast() {
      let value = whole.values[next]
      guard seen.insert(next).inserted, value.isRow, value.leaf == nil else { continue }
      if let source = forwardOf[next], states[source] != nil { continue }
      let isOuter = whole.isSpread(next)
      if isOuter || value.isElementwise {
        isSpread = isSpread || isOuter
        pending += value.inputs
      } else if forwardOf[next] != nil {
        narrow.insert(next)
      } else {
        return nil
      }
    }
    let width = narrow.reduce(0) { $0 + whole.values[$1].width }
    return isSpread && width * Graph.wide <= whole.values[number].width ? narrow : nil
  }
}

extension Graph.Value {
  /// Whether each number of it is computed from one of each operand, or from a number for all.
  fileprivate var isElementwise: Bool {
    guard case .operation(let operation) = kind else { return false }
    return operation is Unary || operation is Binary || operation is Select
      || operation is Broadcast || operation is SameForAll || operation is Detach
  }

  /// Whether it costs little more to compute than to read from memory.
  var isCheap: Bool {
    guard case .operation(let operation) = kind else { return true }
    switch operation {
    case let unary as Unary:
      switch unary.function {
      case .negate, .absolute, .sign, .square, .relu: return true
      default: return false
      }
    case let binary as Binary: return binary.function != .power && binary.function != .divide
    case is Select, is Slice, is Concatenate, is Broadcast, is SameForAll, is Detach: return true
    default: return false
    }
  }
}
