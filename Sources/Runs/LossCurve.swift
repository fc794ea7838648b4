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

  /// The ranges of all points, not empty even for a single one; `nil` without points.
  var ranges: (steps: ClosedRange<Double>, losses: ClosedRange<Double>)? {
    let points = series.flatMap(\.points)
    guard let firstStep = points.map(\.step).min(), let lastStep = points.map(\.step).max(),
      let low = points.map(\.loss).min(), let high = points.map(\.loss).max()
    else { return nil }
    let steps = Double(firstStep)...max(Double(lastStep), Double(firstStep) + 1)
    let margin = high > low ? 0 : max(abs(high) * 0.1, 0.1)
    return (steps, (low - margin)...(high + margin))
  }
}

/// Round numbers (1, 2 or 5 times a power of ten) that cut a range into at most `count` parts.
func ticks(_ range: ClosedRange<Double>, atMost count: Int) -> [Double] {
  let span = range.upperBound - range.lowerBound
  guard span > 0, span.isFinite, count > 0 else { return [range.lowerBound] }
  var unit = 1.0
  while span / unit > Double(count) { unit *= 10 }
  while span / (unit / 10) <= Double(count) { unit /= 10 }
  let interval = [unit / 5, unit / 2, unit].first { span / $0 <= Double(count) } ?? unit
  let first = (range.lowerBound / interval - 1e-9).rounded(.up)
  let last = (range.upperBound / interval + 1e-9).rounded(.down)
  guard first <= last else { return [range.lowerBound] }
  return stride(from: first, through: last, by: 1).map { $0 * interval }
}

/// A tick's number without needless digits.
func tickText(_ value: Double) -> String {
  if abs(value) >= 1e6 { return short(value) }
  var text = fixed(value, 4)
  while text.hasSuffix("0") { text.removeLast() }
  return text.hasSuffix(".") ? String(text.dropLast()) : text
}
