/// Where everything of a graph is drawn.
struct Layout {
  /// The words beside an edge.
  struct Label {
    var symbol: Symbol
    /// What is waited for, in a second line.
    var delay: String?
    var middle: Point

    var halfWidth: Double { max(symbol.width, Double(delay?.count ?? 0) * 6) / 2 }
    var halfHeight: Double { delay == nil || symbol.letters.isEmpty ? 9 : 17 }
  }

  /// Values that are read all together, in a frame that one arrow leaves.
  struct Frame {
    var low: Point
    var high: Point
    /// The node that reads.
    var target: Int
    var arrow: Curve

    var area: Double { (high.x - low.x) * (high.y - low.y) }
  }

  /// An edge's way, from outline to outline; `nil` for one that a frame's arrow stands for.
  var curves: [Curve?] = []
  /// The frames.
  var frames: [Frame] = []
  /// For each edge the middle of its black square, if it waits.
  var squares: [Point?] = []
  /// For each edge what is written beside it.
  var labels: [Label?] = []
  /// The picture's corners.
  var (low, high) = (Point(x: 0, y: 0), Point(x: 0, y: 0))

  private let graph: ComputationalGraph
  /// The outline of each node.
  let shapes: [Shape]
  private let places: [Point]

  init(_ graph: ComputationalGraph) {
    self.graph = graph
    shapes = Shape.shapes(of: graph.nodes)
    places = graph.nodes.map { Point(x: $0.x, y: $0.y) }
    var loops: [[Int]: Int] = [:], between: [[Int]: Int] = [:]
    let all = Dictionary(grouping: graph.edges.filter { !isLoop($0) }) { [$0.from, $0.to] }
    let framed = framed()
    for edge in graph.edges {
      if framed.contains(edge.to) {
        curves.append(nil)
        squares.append(nil)
        continue
      }
      if isLoop(edge) {
        let sides = sides(of: edge).map { side in
          (
            side: side,
            round: [edge.from, edge.to].map { loops[[$0, side], default: 0] }.max() ?? 0
          )
        }
        // To the side with fewer of them.
        let (side, round) = sides.dropFirst().reduce(sides[0]) { $1.round < $0.round ? $1 : $0 }
        for node in [edge.from, edge.to] { loops[[node, side]] = round + 1 }
        curves.append(loop(edge, side: Double(side), round: Double(round)))
      } else {
        let ends = [edge.from, edge.to]
        curves.append(way(edge, number: between[ends, default: 0], of: all[ends]?.count ?? 1))
        between[ends, default: 0] += 1
      }
      squares.append(edge.delay == nil ? nil : curves.last??.point(0.5))
    }
    placeLabels()
    bound()
  }

  // MARK: Ways

  /// Frames what is read by one node in such numbers that arrows would hide each other, and what is gathered.
  ///
  /// - Returns: The nodes that read.
  private mutating func framed() -> Set<Int> {
    let most = 12
    let sources = Dictionary(grouping: graph.edges.filter { $0.delay == nil }, by: \.to)
      .filter { $0.value.count > most || $0.value.contains(where: \.isGathered) }
      .mapValues { $0.map(\.from) }
    for (target, read) in sources.sorted(by: { $0.key < $1.key }) {
      let margin = 16.0
      var (low, high) = (places[read[0]], places[read[0]])
      var inside: Set<Int> = []
      func add(_ node: Int) {
        let (place, wide) = (places[node], shapes[node].halfWidth + margin)
        low = Point(x: min(low.x, place.x - wide), y: min(low.y, place.y - Shape.radius - margin))
        high = Point(
          x: max(high.x, place.x + wide), y: max(high.y, place.y + Shape.radius + margin))
        inside.insert(node)
      }
      for node in read { add(node) }
      // What stands among them is inside too.
      while let node = places.indices.first(where: { node in
        let (place, wide) = (places[node], shapes[node].halfWidth)
        return node != target && !inside.contains(node) && place.x + wide > low.x
          && place.x - wide < high.x && place.y + Shape.radius > low.y
          && place.y - Shape.radius < high.y
      }) { add(node) }
      let end = places[target]
      let start = Point(x: min(max(end.x, low.x), high.x), y: min(max(end.y, low.y), high.y))
      let way = end - start
      let arrow = Curve(from: start, to: end - way.unit * (Shape.radius + 2))
      frames.append(Frame(low: low, high: high, target: target, arrow: arrow))
    }
    // The larger below the smaller, which may be within.
    frames.sort { $0.area > $1.area }
    return Set(sources.keys)
  }

  /// Whether an edge goes around the side: one that waits and does not lead upwards.
  private func isLoop(_ edge: ComputationalGraph.Edge) -> Bool {
    edge.delay != nil && places[edge.from].y <= places[edge.to].y
  }

  /// From node to node past all others, straight if that is possible; several with the same ends turn to both sides.
  private func way(_ edge: ComputationalGraph.Edge, number: Int, of count: Int) -> Curve {
    let (start, end) = (places[edge.from], places[edge.to])
    // The longer, the wider, so that arcs over one row are told apart.
    let least = max(34, 0.16 * (end - start).length)
    let apart = Double(2 * number - count + 1) / 2
    let bends = [0, 1, -1, 1.5, -1.5, 2.2, -2.2, 3, -3, 4, -4].map { $0 * least + apart * 30 }
    let curves = bends.map { Curve(from: start, to: end, bend: $0) }
    let free = curves.first { !meetsOthers($0, edge) } ?? curves[0]
    return clipped(free, edge)
  }

  private func meetsOthers(_ curve: Curve, _ edge: ComputationalGraph.Edge) -> Bool {
    let points = (1..<24).map { curve.point(Double($0) / 24) }
    let reach = 220 + (curve.end - curve.start).length / 2
    let middle = (curve.start + curve.end) * 0.5
    return places.indices.contains { node in
      guard node != edge.from, node != edge.to, (places[node] - middle).length < reach else {
        return false
      }
      return points.contains { shapes[node].distance(to: $0 - places[node]) < 4.99 }
    }
  }

  /// The part that is outside both nodes, with a gap before the arrow's head.
  private func clipped(_ curve: Curve, _ edge: ComputationalGraph.Edge) -> Curve {
    func border(_ node: Int, _ gap: Double, from outside: Double, to inside: Double) -> Double {
      var (outside, inside) = (outside, inside)
      for _ in 0..<24 {
        let t = (outside + inside) / 2
        if shapes[node].distance(to: curve.point(t) - places[node]) > gap {
          outside = t
        } else {
          inside = t
        }
      }
      return outside
    }
    return curve.part(
      border(edge.from, 0, from: 0.5, to: 0), border(edge.to, 2, from: 0.5, to: 1))
  }

  /// The sides that an edge may go around: rather the one that its end stands on, and that alone where the other is its
  /// start's.
  private func sides(of edge: ComputationalGraph.Edge) -> [Int] {
    let side = places[edge.to].x < 0 ? -1 : 1
    return abs(places[edge.to].x - places[edge.from].x) > 2 * Shape.radius ? [side] : [side, -side]
  }

  /// Around a side of the nodes, over a delay, outside of as many others as `round` says.
  private func loop(_ edge: ComputationalGraph.Edge, side: Double, round: Double) -> Curve {
    let (from, to) = (edge.from, edge.to)
    let far = 58 + 92 * round
    let reach = max(
      side * places[from].x + shapes[from].halfWidth, side * places[to].x + shapes[to].halfWidth)
    func corner(_ node: Int, _ down: Double) -> Point {
      let flat = shapes[node].halfWidth - Shape.radius
      return places[node]
        + Point(x: side * (flat + Shape.radius * 0.8), y: down * Shape.radius * 0.6)
    }
    if from == to {
      let (start, end) = (corner(from, -1), corner(to, 1))
      return Curve(
        start, Point(x: side * (reach + far), y: start.y - 28 - 26 * round),
        Point(x: side * (reach + far), y: end.y + 28 + 26 * round), end + Point(x: side * 2, y: 1))
    }
    let down: Double = places[from].y < places[to].y ? 1 : -1
    let (start, end) = (corner(from, down * 0.5), corner(to, -down * 0.5))
    return Curve(
      start, Point(x: side * (reach + far + 16), y: start.y),
      Point(x: side * (reach + far + 16), y: end.y), end + Point(x: side * 2, y: 0))
  }

  // MARK: Labels

  /// Puts each label beside its edge, where it covers least.
  private mutating func placeLabels() {
    // Points of the edges by squares of the plane, so that a label looks at those near it alone.
    func square(_ length: Double) -> Int { Int((length / 64).rounded(.down)) }
    var points: [[Int]: [Point]] = [:]
    for case let curve? in curves {
      for step in 0...24 {
        let point = curve.point(Double(step) / 24)
        points[[square(point.x), square(point.y)], default: []].append(point)
      }
    }
    var written: [Label] = []
    func cost(_ label: Label) -> Double {
      let (w, h) = (label.halfWidth, label.halfHeight)
      var cost = 0.0
      for other in written
      where abs(other.middle.x - label.middle.x) < w + other.halfWidth + 2
        && abs(other.middle.y - label.middle.y) < h + other.halfHeight
      { cost += 50 }
      for node in places.indices {
        let away = label.middle - places[node]
        if abs(away.x) < w + shapes[node].halfWidth && abs(away.y) < h + Shape.radius { cost += 20 }
      }
      for case let black? in squares
      where abs(black.x - label.middle.x) < w + 6 && abs(black.y - label.middle.y) < h + 6 {
        cost += 50
      }
      for column in square(label.middle.x - w)...square(label.middle.x + w) {
        for row in square(label.middle.y - h)...square(label.middle.y + h) {
          for point in points[[column, row], default: []]
          where abs(point.x - label.middle.x) < w && abs(point.y - label.middle.y) < h { cost += 3 }
        }
      }
      return cost
    }
    var arrows = Dictionary(uniqueKeysWithValues: frames.map { ($0.target, $0.arrow) })
    for (edge, curve) in curves.enumerated() {
      // What is read in a frame has one arrow and one label.
      let curve = curve ?? arrows.removeValue(forKey: graph.edges[edge].to)
      let weight = graph.edges[edge].weight, delay = graph.edges[edge].delay?.text
      guard let curve, weight != nil || delay != nil else {
        labels.append(nil)
        continue
      }
      var label = Label(symbol: weight ?? "", delay: delay, middle: curve.point(0.5))
      var best = (cost: Double.infinity, middle: label.middle)
      for (order, t) in [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74].enumerated() {
        let along = curve.direction(t)
        // Above a flat edge, to the right of a steep one; a loop's label is outside.
        var normal = Point(x: along.y, y: -along.x)
        if abs(along.x) > abs(along.y) ? normal.y > 0 : normal.x < 0 { normal = normal * -1 }
        if let square = squares[edge], isLoop(graph.edges[edge]) {
          normal = Point(x: square.x < places[graph.edges[edge].to].x ? -1 : 1, y: 0)
        }
        for side in isLoop(graph.edges[edge]) ? [1.0] : [1, -1] {
          let gap = squares[edge] == nil ? 5.0 : 12
          let away = gap + abs(normal.x) * label.halfWidth + abs(normal.y) * label.halfHeight
          label.middle = curve.point(t) + normal * (side * away)
          let cost = cost(label) + Double(order) * 0.5 + (side < 0 ? 1 : 0)
          if cost < best.cost { best = (cost, label.middle) }
        }
      }
      label.middle = best.middle
      labels.append(label)
      written.append(label)
    }
  }

  private mutating func bound() {
    guard let first = places.first else { return }
    (low, high) = (first, first)
    func cover(_ middle: Point, _ width: Double, _ height: Double) {
      low = Point(x: min(low.x, middle.x - width), y: min(low.y, middle.y - height))
      high = Point(x: max(high.x, middle.x + width), y: max(high.y, middle.y + height))
    }
    for (place, shape) in zip(places, shapes) { cover(place, shape.halfWidth, Shape.radius) }
    for frame in frames {
      for corner in [frame.low, frame.high] { cover(corner, 1, 1) }
    }
    for case let curve? in curves {
      for step in 0...8 { cover(curve.point(Double(step) / 8), 1, 1) }
    }
    for case let square? in squares { cover(square, 6, 6) }
    for case let label? in labels { cover(label.middle, label.halfWidth, label.halfHeight) }
  }
}
