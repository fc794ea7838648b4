/// The part of the graph of recorded operations that one backward pass walks.
struct Tape {
  /// The nodes that lie between the wanted nodes and the root, each after its operands.
  var order: [Node] = []
  /// Whether the root depends on nodes older than every wanted one: those of an enclosing gradient. They cannot depend
  /// on a wanted node, so the search ends there.
  private(set) var reachesOlderNodes = false
  /// Every node seen, and whether it is a wanted one or depends on one.
  private var leads: [ObjectIdentifier: Bool] = [:]

  /// Finds the nodes by iteration: tapes are deep, and recursion would overflow the stack.
  init(from roots: [Node], to wanted: [Node]) {
    let oldest = wanted.map(\.serial).min() ?? .max
    for node in wanted { leads[ObjectIdentifier(node)] = true }
    var seen: Set<ObjectIdentifier> = []
    for root in roots {
      guard root.serial >= oldest else {
        reachesOlderNodes = true
        continue
      }
      if seen.insert(ObjectIdentifier(root)).inserted { visit(root, oldest, &seen) }
    }
  }

  private mutating func visit(_ root: Node, _ oldest: UInt64, _ seen: inout Set<ObjectIdentifier>) {
    var stack: [(node: Node, next: Int)] = [(root, 0)]
    while let (node, next) = stack.last {
      if next < node.inputs.count {
        stack[stack.count - 1].next = next + 1
        guard let source = node.inputs[next].node else { continue }
        if source.serial < oldest {
          reachesOlderNodes = true
        } else if seen.insert(ObjectIdentifier(source)).inserted {
          stack.append((source, 0))
        }
      } else {
        stack.removeLast()
        let isBetween =
          leadsToWanted(ObjectIdentifier(node))
          || node.inputs.contains { $0.node.map { leadsToWanted(ObjectIdentifier($0)) } ?? false }
        if isBetween {
          leads[ObjectIdentifier(node)] = true
          order.append(node)
        }
      }
    }
  }

  /// Whether a node is a wanted one or depends on one.
  func leadsToWanted(_ node: ObjectIdentifier) -> Bool { leads[node] ?? false }
}
