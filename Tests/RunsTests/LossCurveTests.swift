import Foundation
import Runs
import Testing

@Suite("LossCurve")
struct LossCurveTests {
  let curve = LossCurve(
    (0...40).flatMap { index in
      let loss = 1.5 + 2.5 * exp(-Double(index) / 8)
      let train = MetricsRecord(
        split: .train, step: 100 * index, epoch: 1, values: ["loss": loss, "perplexity": 1])
      guard index % 10 == 0, index > 0 else { return [train] }
      return [
        train,
        MetricsRecord(
          split: .validation, step: 100 * index, epoch: 1, values: ["loss": loss + 0.1]),
      ]
    })

  @Test func theTerminalShowsTheCurve() {
    #expect(
      curve.terminal(width: 40, height: 6) == """
        4.00 ┤⠱⡀
             │ ⠘⢄
             │   ⠑⡄
        2.51 ┤    ⠈⠑⢄
             │       ⠉o⠢⢄⣀
        1.52 ┤            ⠉⠉⠑⠒⠒o⠤⠤⠤⠤⠤⠤⣀o⣀⣀⣀⣀⣀⣀⣀o
             └──────────────────────────────────
              0            step             4000
              loss: ⠒ training  o validation

        """)
  }

  @Test func nothingIsWiderThanTheTerminal() {
    for width in 0...120 {
      let lines = curve.terminal(width: width).split(separator: "\n")
      #expect(lines.allSatisfy { $0.count <= width })
    }
    #expect(LossCurve([]).terminal(width: 80) == "")
  }

  @Test func onePointIsACurveToo() {
    let single = LossCurve(series: [.init(name: "training", points: [.init(step: 5, loss: 2)])])
    #expect(single.terminal(width: 40).contains("training"))
    #expect(single.svg().contains("<polyline"))
    let none = LossCurve(series: [.init(name: "a", points: [.init(step: 5, loss: .nan)])])
    #expect(none.series.isEmpty)
    #expect(none.svg().contains("no loss yet"))
  }

  @Test func thePictureIsWellFormedAndHasEveryPoint() throws {
    var named = curve
    named.series[0].name = "a < b & c"
    let svg = named.svg()
    let line = try #require(svg.firstMatch(of: /polyline class="s0" points="([^"]*)"/))
    #expect(line.1.split(separator: " ").count == 41)
    #expect(line.1.hasPrefix("60.0,40.0 "))
    #expect(svg.contains("a &lt; b &amp; c 1.517</text>"))
    #expect(svg.contains(">2.5</text>") && svg.contains(">4000</text>"))
  }
}
