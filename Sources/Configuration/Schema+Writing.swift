internal import Yams

extension Schema {
  /// The configuration as YAML, with every setting that applies, defaults included. Reading the
  /// text gives equal values.
  public func yaml(for values: Root) -> String {
    let node = section("", of: values)
    do {
      return try serialize(node: node, width: -1, allowUnicode: true)
    } catch {
      fatalError("Schema.yaml: a tree of plain scalars does not serialize: \(error)")
    }
  }

  private func section(_ path: String, of values: Root) -> Node {
    var pairs: [(Node, Node)] = []
    for key in keys(in: path) {
      let inner = path.isEmpty ? key : "\(path).\(key)"
      if let field = field(at: inner) {
        guard field.condition?.holds(values) ?? true else { continue }
        pairs.append((Node(key), node(field.scalar(values), isList: field.isList)))
      } else {
        let section = section(inner, of: values)
        // Nothing of it may apply.
        if section.mapping?.isEmpty == false { pairs.append((Node(key), section)) }
      }
    }
    return Node(pairs, .implicit, .block)
  }

  private func node(_ scalar: Scalar, isList: Bool) -> Node {
    guard !isList else {
      let elements = scalar.text.dropFirst().dropLast().split(separator: ", ")
      return Node(elements.map { Node(String($0), .implicit, .plain) }, .implicit, .flow)
    }
    return Node(scalar.text, .implicit, scalar.isQuoted ? .doubleQuoted : .plain)
  }
}
