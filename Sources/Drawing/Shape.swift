/// A point of a picture, in pixels to the right and down.
struct Point: Hashable {
  var x: Double
  var y: Double

  static func + (left: Point, right: Point) -> Point {
    Point(x: left.x + right.x, y: left.y + right.y)
  }
  static func - (left: Point, right: Point) -> Point {
    Point(x: left.x - right.x, y: left.y - right.y)
  }
  static func * (point: Point, factor: Double) -> Point {
    Point(x: point.x * factor, y: point.y * factor)
  }

  var length: Double { (x * x + y * y).squareRoot() }
  /// The same direction, one pixel long; itself if it has no direction.
  var unit: Point { length > 0 ? self * (1 / length) : self }
}

/// The outline of a node: a circle, drawn out to both sides for a long name.
struct Shape {
  static let radius = 27.0

  /// Half of its width.
  let halfWidth: Double

  init(of symbol: Symbol) { halfWidth = max(Self.radius, symbol.width / 2 + 9) }

  private init(halfWidth: Double) { self.halfWidth = halfWidth }

  /// The outlines of a graph's nodes; those that stand for one unit at different places are alike.
  static func shapes(of nodes: [ComputationalGraph.Node]) -> [Shape] {
    var widths: [Symbol: Double] = [:]
    for node in nodes {
      let unit = node.symbol.at("")
      widths[unit] = max(widths[unit] ?? 0, Shape(of: node.symbol).halfWidth)
    }
    return nodes.map { Shape(halfWidth: widths[$0.symbol.at("")] ?? radius) }
  }

  /// How far a point, seen from the middle, is outside; negative inside.
  func distance(to point: Point) -> Double {
    let flat = halfWidth - Self.radius
    return Point(x: max(abs(point.x) - flat, 0), y: point.y).length - Self.radius
  }
}

extension Symbol {
  /// About how wide it is set, in pixels: the fonts of a viewer are not known.
  var width: Double {
    letters.reduce(0) { $0 + ($1.isUppercase ? 11.5 : 9) } + Double(index.count) * 6.2 + Double(
      place.count) * 5.4
  }
}
