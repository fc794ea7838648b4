internal import Files

extension AlignmentPicture {
  /// The picture as an SVG document. A cell that is pointed at tells its units and its weight. Nothing outside the
  /// document is needed to show it.
  public var svg: String {
    let cell = 24.0
    let margin = 24.0
    let left = margin + (target.map(Self.width).max() ?? 0) + 8
    // The source's units lean to the right over their columns.
    let reach = (source.map(Self.width).max() ?? 0) * Self.lean.x
    let top = margin + (title.isEmpty ? 0 : 26) + (source.map(Self.width).max() ?? 0) * Self.lean.y
    let width =
      max(
        left + cell * Double(source.count) + reach, margin + Double(title.columns) * 8.2) + margin
    let height = top + cell * Double(target.count) + margin + 8

    var body: [String] = []
    if !title.isEmpty {
      body.append(
        "<text class=\"title\" x=\"\(pixels(margin))\" y=\"28\">\(title.escapedAsXML)</text>")
    }
    for (column, word) in source.enumerated() {
      let x = pixels(left + cell * (Double(column) + 0.6)), y = pixels(top)
      body.append(
        "<text class=\"source\" x=\"\(x)\" y=\"\(y)\" transform=\"rotate(-60 \(x) \(y))\">"
          + "\(word.escapedAsXML)</text>")
    }
    for (row, word) in target.enumerated() {
      let y = top + 8 + cell * Double(row)
      body.append(
        "<text class=\"target\" x=\"\(pixels(left - 8))\" y=\"\(pixels(y + 17))\">"
          + "\(word.escapedAsXML)</text>")
      for (column, unit) in source.enumerated() {
        let weight = weight(row, column)
        body.append(
          "<rect class=\"cell\" x=\"\(pixels(left + cell * Double(column)))\" y=\"\(pixels(y))\" "
            + "width=\"\(pixels(cell))\" height=\"\(pixels(cell))\" "
            + "fill-opacity=\"\(thousandths(weight))\"><title>"
            + "\("\(word) ← \(unit): \(thousandths(weight))".escapedAsXML)</title></rect>")
      }
    }
    return """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(pixels(width)) \(pixels(height))" \
      width="\(pixels(width))" height="\(pixels(height))" role="img">
      <title>\(title.escapedAsXML)</title>
      <style>
      text { font: 14px system-ui, 'DejaVu Sans', sans-serif; fill: #1d2330; white-space: pre }
      .title { font-size: 13px; font-weight: 600; fill: #555e6e } .target { text-anchor: end }
      .cell { fill: #2f5f9e; stroke: #c3c8d2; stroke-width: 0.6 }
      </style>
      <rect width="100%" height="100%" fill="#fff"/>
      \(body.joined(separator: "\n"))
      </svg>

      """
  }

  /// How far a unit that leans by 60° reaches to the right and up, for each pixel of its length.
  private static let lean = Point(x: 0.5, y: 0.866)

  /// About how wide a unit is set, in pixels: the fonts of a viewer are not known.
  private static func width(_ unit: String) -> Double { Double(unit.columns) * 8.4 }

  private func thousandths(_ weight: Double) -> Double { (weight * 1000).rounded() / 1000 }
}
