/// Finds all that Unfold does not run in a graph.
enum SupportCheck {
  /// What is not run, each once and with the nodes that need it; empty if the graph can be run.
  static func unsupported(in graph: GraphDefinition, operatorVersion: Int) -> [String] {
    var nodes: [String: [String]] = [:]
    collect(graph, operatorVersion, &nodes)
    let versions = ModelFile.operatorVersions
    var found: [String] = []
    if !versions.contains(operatorVersion) {
      found.append(
        "version \(operatorVersion) of the operators (known are \(versions.lowerBound) to \(versions.upperBound))"
      )
    }
    return found
      + named(
        nodes.mapValues { names in
          names.enumerated().map { index, name in
            (index > 0 ? "" : names.count == 1 ? "node " : "nodes ") + "'\(name.shown)'"
          }
        })
  }

  /// What is not run with what needs it, of many the first.
  static func named(_ found: [String: [String]]) -> [String] {
    found.sorted { $0.key < $1.key }.map { what, places in
      let more = places.count > most ? " and \(places.count - most) more" : ""
      return "\(what) (\(places.prefix(most).joined(separator: ", "))\(more))"
    }
  }

  /// How many are named for each.
  private static let most = 5

  private static func collect(
    _ graph: GraphDefinition, _ version: Int, _ found: inout [String: [String]]
  ) {
    for node in graph.nodes {
      for what in refusals(node, version) { found[what, default: []].append(node.ownName) }
      for graph in node.graphs { collect(graph, version, &found) }
    }
  }

  private static func refusals(_ node: NodeDefinition, _ version: Int) -> [String] {
    let type = node.type.shown
    guard let signature = OperatorSignature.all[node.type] else { return [type] }
    var found: [String] = []
    if version < signature.since, ModelFile.operatorVersions.contains(version) {
      found.append("\(type) before version \(signature.since)")
    }
    for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
      guard let kind = signature.attributes[name] else {
        found.append("\(type) with the attribute \(name.shown)")
        continue
      }
      if kind != value.kind {
        found.append(
          "\(type) with \(value.kind.rawValue) as \(name), where \(kind.rawValue) belongs")
      }
    }
    if !signature.inputs.contains(node.inputs.count) {
      found.append("\(type) of \(node.inputs.count) operands")
    }
    if !signature.outputs.contains(node.outputs.count) {
      found.append("\(type) of \(node.outputs.count) results")
    }
    return found + signature.refusals(node).map { "\(type) \($0)" }
  }
}
