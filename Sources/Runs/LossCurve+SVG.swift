extension LossCurve {
  /// The curve as an SVG picture, in the colours of a light or dark page.
  public func svg(
    lossUnit: String = "nats per token", width: Int = 720, height: Int = 400
  ) -> String {
    guard let (steps, losses) = ranges else {
      return document(width, height, ["<text x=\"16\" y=\"32\">no losses yet</text>"])
    }
    let frame = (left: 60.0, top: 40.0, right: Double(width) - 20, bottom: Double(height) - 48)
    func x(_ step: Double) -> Double {
      let share = (step - steps.lowerBound) / (steps.upperBound - steps.lowerBound)
      return frame.left + share * (frame.right - frame.left)
    }
    func y(_ loss: Double) -> Double {
      let share = (loss - losses.lowerBound) / (losses.upperBound - losses.lowerBound)
      return frame.bottom - share * (frame.bottom - frame.top)
    }

    var body: [String] = []
    for tick in ticks(losses, atMost: 6) {
      let height = fixed(y(tick), 1)
      body.append(
        "<line class=\"grid\" x1=\"\(fixed(frame.left, 1))\" y1=\"\(height)\" "
          + "x2=\"\(fixed(frame.right, 1))\" y2=\"\(height)\"/>")
      body.append(
        "<text x=\"\(fixed(frame.left - 8, 1))\" y=\"\(fixed(y(tick) + 4, 1))\" "
          + "text-anchor=\"end\">\(tickText(tick))</text>")
    }
    for tick in ticks(steps, atMost: 8) {
      body.append(
        "<text x=\"\(fixed(x(tick), 1))\" y=\"\(fixed(frame.bottom + 18, 1))\" "
          + "text-anchor=\"middle\">\(tickText(tick))</text>")
    }
    body.append(
      "<text x=\"\(fixed((frame.left + frame.right) / 2, 1))\" y=\"\(height - 10)\" "
        + "text-anchor=\"middle\">step</text>")
    body.append("<text x=\"12\" y=\"20\">loss (\(lossUnit))</text>")

    var legend = frame.right
    for (index, line) in series.enumerated().reversed() {
      let style = "s\(index % 3)"
      let path = line.points.map { "\(fixed(x(Double($0.step)), 1)),\(fixed(y($0.loss), 1))" }
      body.append("<polyline class=\"\(style)\" points=\"\(path.joined(separator: " "))\"/>")
      if let end = line.points.last {
        body.append(
          "<circle class=\"\(style)\" cx=\"\(fixed(x(Double(end.step)), 1))\" "
            + "cy=\"\(fixed(y(end.loss), 1))\" r=\"3\"/>")
      }
      let name = "\(escaped(line.name)) \(fixed(line.points.last?.loss ?? .nan, 3))"
      body.append(
        "<text class=\"\(style)\" x=\"\(fixed(legend, 1))\" y=\"20\" text-anchor=\"end\">"
          + "\(name)</text>")
      legend -= Double(name.count) * 7 + 16
    }
    return document(width, height, body)
  }

  private func document(_ width: Int, _ height: Int, _ body: [String]) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" \
    width="\(width)" height="\(height)" role="img">
    <title>Loss over steps</title>
    <style>
    svg { background: #fff; font: 12px system-ui, sans-serif }
    text { fill: #444 } .grid { stroke: #ddd }
    polyline { fill: none; stroke-width: 1.8; stroke-linejoin: round }
    polyline.s0 { stroke: #2563c9 } text.s0, circle.s0 { fill: #2563c9 }
    polyline.s1 { stroke: #c4501b } text.s1, circle.s1 { fill: #c4501b }
    polyline.s2 { stroke: #2b8a3e } text.s2, circle.s2 { fill: #2b8a3e }
    @media (prefers-color-scheme: dark) {
    svg { background: #16181d } text { fill: #bbb } .grid { stroke: #333 }
    }
    </style>
    \(body.joined(separator: "\n"))
    </svg>

    """
  }

  private func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
  }
}
