internal import Files

extension ComputationalGraph {
  /// The graph as an SVG document: circles for values, arrows for what they are computed from, a black square where a
  /// connection waits. Nothing outside the document is needed to show it.
  public var svg: String {
    let layout = Layout(self)
    let margin = 24.0
    let heading = 26.0
    // A title may be wider than a small circuit.
    let width = max(layout.high.x - layout.low.x, Double(title.count) * 8.2) + 2 * margin
    let height = layout.high.y - layout.low.y + 2 * margin + heading
    let corner = Point(
      x: margin + (width - 2 * margin - layout.high.x + layout.low.x) / 2 - layout.low.x,
      y: margin + heading - layout.low.y)
    var body: [String] = []
    for frame in layout.frames {
      let (low, size) = (frame.low + corner, frame.high - frame.low)
      body.append(
        "<rect class=\"frame\" x=\"\(pixels(low.x))\" y=\"\(pixels(low.y))\" "
          + "width=\"\(pixels(size.x))\" height=\"\(pixels(size.y))\" rx=\"18\"/>")
      body.append(drawn(frame.arrow, from: corner))
    }
    for (edge, curve) in zip(edges, layout.curves) {
      guard let curve else { continue }
      let isBeyond = nodes[edge.from].isBeyond || nodes[edge.to].isBeyond
      body.append(drawn(curve, from: corner, style: isBeyond ? " beyond" : ""))
    }
    for case let square? in layout.squares {
      let place = square + corner - Point(x: 5.5, y: 5.5)
      body.append(
        "<rect class=\"delay\" x=\"\(pixels(place.x))\" y=\"\(pixels(place.y))\" width=\"11\" "
          + "height=\"11\"/>")
    }
    for (node, shape) in zip(nodes, layout.shapes) {
      body.append(drawn(node, shape, at: Point(x: node.x, y: node.y) + corner))
    }
    for case let label? in layout.labels {
      let middle = label.middle + corner
      let isTall = label.delay != nil && !label.symbol.letters.isEmpty
      if !label.symbol.letters.isEmpty {
        body.append(
          drawn(label.symbol, at: middle - Point(x: 0, y: isTall ? 8 : 0), class: "weight"))
      }
      if let delay = label.delay {
        body.append(
          drawn(delay, at: middle + Point(x: 0, y: isTall ? 9 : 0), class: "wait"))
      }
    }
    body.append(
      "<text class=\"title\" x=\"\(pixels(margin))\" y=\"28\">\(title.escapedAsXML)</text>")
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(pixels(width)) \(pixels(height))" \
      width="\(pixels(width))" height="\(pixels(height))" role="img">
      <title>\(title.escapedAsXML)</title>
      <style>
      text { font-family: Georgia, 'Times New Roman', 'DejaVu Serif', serif; fill: #1d2330 }
      .title { font: 600 13px system-ui, 'DejaVu Sans', sans-serif; fill: #555e6e }
      .name { font-size: 17px; text-anchor: middle } .weight { font-size: 15px; text-anchor: middle }
      .name, .weight { font-style: italic } .up, .down { font-size: 11px; font-style: normal }
      .weight, .wait { paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round }
      .wait { font: 11px system-ui, 'DejaVu Sans', sans-serif; text-anchor: middle; fill: #555e6e }
      .edge { fill: none; stroke: #4a5263; stroke-width: 1.4 }
      .frame { fill: #f7f8fa; stroke: #c3c8d2 }
      .node { stroke-width: 1.6 } .beyond { stroke-dasharray: 4 3 } .delay { fill: #111 }
      .input { fill: #e9f1fc; stroke: #2f5f9e } .state { fill: #fff3e0; stroke: #b26a00 }
      .output { fill: #e8f5ea; stroke: #2f7d3b } .loss { fill: #fdebeb; stroke: #b03434 }
      .target { fill: #f2edfa; stroke: #6a4aa3 } .node.beyond { fill: #fff }
      </style>
      <defs><marker id="head" viewBox="0 0 9 8" refX="8" refY="4" markerWidth="9" markerHeight="8" \
      markerUnits="userSpaceOnUse" orient="auto"><path d="M0,0 L9,4 L0,8 L2,4 Z" fill="#4a5263"/>\
      </marker></defs>
      <rect width="100%" height="100%" fill="#fff"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  private func drawn(_ node: Node, _ shape: Shape, at middle: Point) -> String {
    let half = shape.halfWidth
    let style = "node \(node.kind.rawValue)\(node.isBeyond ? " beyond" : "")"
    return "<rect class=\"\(style)\" x=\"\(pixels(middle.x - half))\" "
      + "y=\"\(pixels(middle.y - Shape.radius))\" width=\"\(pixels(2 * half))\" "
      + "height=\"\(pixels(2 * Shape.radius))\" rx=\"\(pixels(Shape.radius))\"/>"
      + drawn(node.symbol, at: middle, class: "name")
  }

  private func drawn(_ curve: Curve, from corner: Point, style: String = "") -> String {
    let points = [curve.start, curve.first, curve.second, curve.end].map { text($0 + corner) }
    return "<path class=\"edge\(style)\" d=\"M\(points[0]) C\(points[1]) \(points[2]) "
      + "\(points[3])\" marker-end=\"url(#head)\"/>"
  }

  private func drawn(_ symbol: Symbol, at middle: Point, class style: String) -> String {
    var line = symbol.letters.escapedAsXML
    var down = 0.0
    for (part, step, name) in [(symbol.index, 4.0, "down"), (symbol.place, -6.0, "up")]
    where !part.isEmpty {
      line +=
        "<tspan class=\"\(name)\" dy=\"\(pixels(step - down))\">\(part.escapedAsXML)</tspan>"
      down = step
    }
    return "<text class=\"\(style)\" x=\"\(pixels(middle.x))\" y=\"\(pixels(middle.y + 5))\">"
      + "\(line)</text>"
  }

  private func drawn(_ words: String, at middle: Point, class style: String) -> String {
    "<text class=\"\(style)\" x=\"\(pixels(middle.x))\" y=\"\(pixels(middle.y + 4))\">"
      + "\(words.escapedAsXML)</text>"
  }

  private func text(_ point: Point) -> String { "\(pixels(point.x)),\(pixels(point.y))" }
}
