/// A graph of values and of what each is computed from, with a place for each in the plane.
public struct ComputationalGraph: Hashable, Sendable {
  /// A value.
  public struct Node: Hashable, Sendable {
    /// What it is called.
    public var symbol: Symbol
    /// What it is for.
    public var kind: Circuit.Kind
    /// Where its middle is, in pixels to the right.
    public var x: Double
    /// Where its middle is, in pixels down.
    public var y: Double
    /// Whether it stands for all that goes on beyond the picture.
    public var isBeyond = false
  }

  /// What a value is computed from.
  public struct Edge: Hashable, Sendable {
    /// The number of the node that is read.
    public var from: Int
    /// The number of the node that is computed.
    public var to: Int
    /// The weights.
    public var weight: Symbol?
    /// What is waited for; none in an unfolded graph.
    public var delay: Circuit.Delay?
    /// Whether it is one of those that are drawn as one, from a frame around all that is read.
    public var isGathered = false
  }

  /// What the picture is called.
  public let title: String
  /// The values.
  public private(set) var nodes: [Node] = []
  /// What they are computed from.
  public private(set) var edges: [Edge] = []

  init(_ title: String) { self.title = title }

  mutating func add(_ node: Node) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  mutating func connect(
    _ from: Int?, _ to: Int?, _ connection: Circuit.Connection, isGathered: Bool = false
  ) {
    guard let from, let to else { return }
    edges.append(Edge(from: from, to: to, weight: connection.weight, isGathered: isGathered))
  }

  mutating func connect(folded connection: Circuit.Connection) {
    edges.append(
      Edge(
        from: connection.from, to: connection.to, weight: connection.weight,
        delay: connection.delay))
  }
}
