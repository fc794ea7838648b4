/// How losses went over a run; a picture for the terminal and one for a browser are made from it.
public struct LossCurve: Equatable, Sendable {
  /// A measured value at a step.
  public struct Point: Equatable, Sendable {
    /// The optimiser step.
    public var step: Int
    /// The loss.
    public var loss: Double

    /// A point.
    public init(step: Int, loss: Double) {
      self.step = step
      self.loss = loss
    }
  }

  /// One line of the picture.
  public struct Series: Equatable, Sendable {
    /// What the legend calls it.
    public var name: String
    /// In the order of steps.
    public var points: [Point]

    /// A line; points whose loss is not finite are left out.
    public init(name: String, points: [Point]) {
      self.name = name
      self.points = points.filter(\.loss.isFinite)
    }
  }

  /// The lines; the first is drawn as a line, the others as points on it in a terminal.
  public var series: [Series]

  /// A curve; lines without points are left out.
  public init(series: [Series]) {
    self.series = series.filter { !$0.points.isEmpty }
  }

  /// The training and validation losses of a run's metrics.
  public init(_ records: [MetricsRecord]) {
    self.init(
      series: [MetricsRecord.Split.train, .validation].map { split in
        Series(
          name: split == .train ? "training" : "validation",
          points: records.filter { $0.split == split }.compactMap { record in
            record.values["loss"].map { Point(step: record.step, loss: $0) }
          })
      })
  }

  /// The lines as they are drawn.
  private func plot(lossUnit: String?) -> LinePlot {
    LinePlot(
      name: "loss", unit: lossUnit, axis: "step", showsEnds: true,
      series: series.map { line in
        .init(name: line.name, points: line.points.map { .init(x: Double($0.step), y: $0.loss) })
      })
  }

  /// The curve in characters, at most `width` columns and `height` lines of plot.
  ///
  /// Empty when nothing was measured or there is no room.
  public func terminal(width: Int, height: Int = 10) -> String {
    plot(lossUnit: nil).terminal(width: width, height: height)
  }

  /// The curve as an SVG picture, in the colours of a light or dark page.
  public func svg(
    lossUnit: String = "nats per token", width: Int = 720, height: Int = 400
  ) -> String {
    LinePlot.svg([plot(lossUnit: lossUnit)], title: "Loss over steps", width: width, height: height)
  }
}
