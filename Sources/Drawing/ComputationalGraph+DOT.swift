internal import Files

extension ComputationalGraph {
  /// The graph in Graphviz's language, each node at its place: `dot -Tsvg`. A connection that waits goes over a black
  /// square.
  public var dot: String {
    let layout = Layout(self)
    var lines = [
      "digraph \(quoted(title)) {",
      // Places are in points, and are kept.
      "  layout=neato; inputscale=72; splines=true; outputorder=edgesfirst;",
      "  label=\(quoted(title)); labelloc=t; fontname=\"sans-serif\";",
      "  node [shape=circle, width=0.72, margin=0.02, fontname=\"serif\", style=filled, fillcolor=white];",
      "  edge [fontname=\"serif\", arrowsize=0.7];",
    ]
    for (number, node) in nodes.enumerated() {
      let style = node.isBeyond ? ", style=\"filled,dashed\"" : ""
      lines.append(
        "  n\(number) [label=\(html(node.symbol)), pos=\(place(Point(x: node.x, y: node.y))), "
          + "class=\"\(node.kind.rawValue)\"\(style)];")
    }
    for (number, edge) in edges.enumerated() {
      var attributes = edge.weight.map { ["label=\(html($0))"] } ?? []
      if nodes[edge.from].isBeyond || nodes[edge.to].isBeyond { attributes.append("style=dashed") }
      guard let square = layout.squares[number] else {
        lines.append("  n\(edge.from) -> n\(edge.to)\(list(attributes));")
        continue
      }
      lines.append(
        "  d\(number) [shape=square, fillcolor=black, fixedsize=true, width=0.12, label=\"\", "
          + "xlabel=\(quoted(edge.delay?.text ?? "")), pos=\(place(square))];")
      lines.append("  n\(edge.from) -> d\(number)\(list(attributes + ["arrowhead=none"]));")
      lines.append("  d\(number) -> n\(edge.to);")
    }
    return lines.joined(separator: "\n") + "\n}\n"
  }

  /// Upwards, in whole points, and not to be moved.
  private func place(_ point: Point) -> String {
    "\"\(Int(point.x.rounded())),\(Int(-point.y.rounded()))!\""
  }

  private func list(_ attributes: [String]) -> String {
    attributes.isEmpty ? "" : " [\(attributes.joined(separator: ", "))]"
  }

  /// A label with what stands below and above; Graphviz reads the markup between angle brackets.
  private func html(_ symbol: Symbol) -> String {
    var text = "<I>\(symbol.letters.escapedAsXML)</I>"
    if !symbol.index.isEmpty {
      text += "<SUB><FONT POINT-SIZE=\"9\">\(symbol.index.escapedAsXML)</FONT></SUB>"
    }
    if !symbol.place.isEmpty {
      text += "<SUP><FONT POINT-SIZE=\"9\">\(symbol.place.escapedAsXML)</FONT></SUP>"
    }
    return "<\(text)>"
  }

  /// A string in quotes; control characters have no place in a picture.
  private func quoted(_ text: String) -> String {
    let seen = String(String.UnicodeScalarView(text.unicodeScalars.filter { $0 >= " " }))
    return "\"" + seen.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }
}
