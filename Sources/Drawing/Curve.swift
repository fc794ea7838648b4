/// The way of an edge: a cubic curve, which may be straight.
struct Curve {
  var start: Point
  var first: Point
  var second: Point
  var end: Point

  func point(_ t: Double) -> Point {
    let u = 1 - t
    return start * (u * u * u) + first * (3 * u * u * t) + second * (3 * u * t * t)
      + end * (t * t * t)
  }

  /// The direction at `t`.
  func direction(_ t: Double) -> Point {
    (point(min(t + 0.01, 1)) - point(max(t - 0.01, 0))).unit
  }

  /// A curve whose middle lies `bend` pixels to the left of the straight line.
  init(from start: Point, to end: Point, bend: Double = 0) {
    let across = end - start
    let normal = Point(x: across.y, y: -across.x).unit * (bend * 4 / 3)
    self.start = start
    self.end = end
    first = start + across * (1.0 / 3) + normal
    second = start + across * (2.0 / 3) + normal
  }

  init(_ start: Point, _ first: Point, _ second: Point, _ end: Point) {
    self.start = start
    self.first = first
    self.second = second
    self.end = end
  }

  /// The part between `low` and `high`.
  func part(_ low: Double, _ high: Double) -> Curve {
    let scale = (high - low) / 3
    func slope(_ t: Double) -> Point {
      let u = 1 - t
      return (first - start) * (3 * u * u) + (second - first) * (6 * u * t)
        + (end - second) * (3 * t * t)
    }
    let (a, b) = (point(low), point(high))
    return Curve(a, a + slope(low) * scale, b - slope(high) * scale, b)
  }
}
