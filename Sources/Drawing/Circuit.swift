/// A model as a circuit: its units, and connections between them, some of which wait.
///
/// A circuit is small and has cycles; each of them goes over a delay. Unfolded over a structure (``unfolded(steps:)``)
/// it becomes a graph without cycles, in which a unit stands once at every node and a weight at every use.
///
///     var circuit = Circuit("Elman", over: .chain)
///     let x = circuit.add("x", .input)
///     let h = circuit.add("h", .state)
///     circuit.connect(x, h, "U")
///     circuit.connect(h, h, "W", after: .steps(1))
///
/// Source: Goodfellow, Bengio and Courville (2016), §10.1, on two ways of drawing one recurrent net.
public struct Circuit: Hashable, Sendable {
  /// What a circuit is unfolded over.
  public enum Structure: Hashable, Sendable {
    /// Steps of time.
    case chain
    /// A parse: every inner node has two children.
    case tree
    /// Rows and columns.
    case grid
  }

  /// What a unit is for.
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case input, state, output, loss, target
  }

  /// Where a unit stands.
  public enum Extent: Hashable, Sendable {
    /// At every node.
    case node
    /// At the leaves of a tree.
    case leaf
    /// At the nodes of a tree that have children.
    case inner
    /// Once for all nodes together.
    case whole
  }

  /// How a unit that stands once for all nodes is joined with one that stands at each.
  public enum Reach: Hashable, Sendable {
    /// At all nodes.
    case all
    /// At the node that is computed first.
    case first
    /// At the node that is computed last.
    case last
  }

  /// What a connection waits for.
  public enum Delay: Hashable, Sendable {
    /// The value of so many steps ago; of a later step if negative.
    case steps(Int)
    /// The value of a child, counted from 1.
    case child(Int)
    /// The values of all children.
    case children
    /// The value in the row so many above; below if negative.
    case row(Int)
    /// The value so many columns to the left; to the right if negative.
    case column(Int)
  }

  /// A value of the model.
  public struct Unit: Hashable, Sendable {
    /// What it is called.
    public var symbol: Symbol
    /// What it is for.
    public var kind: Kind
    /// Where it stands.
    public var extent: Extent
    /// Its row in the picture, counted from the bottom.
    public var level: Int
    /// How far it stands to the right of the middle of its node, or to the left if negative.
    public var shift: Double
    /// After how many steps of a chain it is computed anew; between, it holds what it was.
    public var period: Int
    /// Of a grid of several tiers, the one it stands in, counted from the finest.
    public var tier: Int
  }

  /// What one value is computed from.
  public struct Connection: Hashable, Sendable {
    /// The number of the unit that is read.
    public var from: Int
    /// The number of the unit that is computed.
    public var to: Int
    /// The weights, or the rule, by which; `nil` if there is nothing to tell.
    public var weight: Symbol?
    /// What it waits for; `nil` connects units of the same node.
    public var delay: Delay?
    /// At which nodes a unit that stands once is joined.
    public var reach: Reach
  }

  /// What the picture is called.
  public let title: String
  /// What the circuit is unfolded over.
  public let structure: Structure
  /// p: a unit of one tier of a grid reads those of the tier below at p × p places.
  public let patch: Int
  /// The units.
  public private(set) var units: [Unit] = []
  /// The connections.
  public private(set) var connections: [Connection] = []

  /// A circuit without units.
  public init(_ title: String, over structure: Structure, patch: Int = 1) {
    demand(patch >= 1, "Circuit: a patch is of one place at least, got \(patch)")
    self.title = title
    self.structure = structure
    self.patch = patch
  }

  /// Adds a unit.
  ///
  /// - Parameters:
  ///   - symbol: What it is called.
  ///   - kind: What it is for.
  ///   - level: Its row, counted from the bottom; `nil` is a new row on top.
  ///   - shift: How far it stands to the right of the middle of its node, in pixels.
  ///   - extent: Where it stands.
  ///   - period: After how many steps of a chain it is computed anew, from the step on that is walked first.
  ///   - tier: Of a grid of several tiers, the one it stands in, counted from the finest.
  /// - Returns: Its number.
  public mutating func add(
    _ symbol: Symbol, _ kind: Kind, level: Int? = nil, shift: Double = 0, extent: Extent = .node,
    period: Int = 1, tier: Int = 0
  ) -> Int {
    demand(period >= 1, "Circuit: a period is at least one step, got \(period)")
    demand(
      tier >= 0 && (tier == 0 || structure == .grid),
      "Circuit: only a grid has tiers, counted from 0, got \(tier) of a \(structure)")
    let top = units.map { $0.level + 1 }.max() ?? 0
    units.append(
      Unit(
        symbol: symbol, kind: kind, extent: extent, level: level ?? top, shift: shift,
        period: period, tier: tier))
    return units.count - 1
  }

  /// Lets a unit be computed from another, of the same tier or of the one below.
  ///
  /// - Parameters:
  ///   - from: The unit that is read.
  ///   - to: The unit that is computed.
  ///   - weight: The weights.
  ///   - delay: What is waited for; must fit the structure.
  ///   - reach: At which nodes, if one of the units stands once for all of them.
  public mutating func connect(
    _ from: Int, _ to: Int, _ weight: Symbol? = nil, after delay: Delay? = nil, reach: Reach = .all
  ) {
    demand(
      units.indices.contains(from) && units.indices.contains(to),
      "Circuit: units are 0..<\(units.count), got \(from) and \(to)")
    demand(
      delay?.fits(structure) ?? true,
      "Circuit: a \(structure) has no such delay, got \(delay as Any)")
    let rise = units[to].tier - units[from].tier
    demand(
      rise == 0 || units[from].extent == .whole || units[to].extent == .whole
        || rise == 1 && delay == nil,
      "Circuit: a unit of tier \(units[to].tier) cannot read one of tier \(units[from].tier)")
    connections.append(
      Connection(from: from, to: to, weight: weight, delay: delay, reach: reach))
  }
}

extension Circuit.Delay {
  func fits(_ structure: Circuit.Structure) -> Bool {
    switch self {
    case .steps(let count): structure == .chain && count != 0
    case .child(let number): structure == .tree && number >= 1
    case .children: structure == .tree
    case .row(let count), .column(let count): structure == .grid && count != 0
    }
  }

  /// What a picture says beside a connection that waits; a delay of one step is a black square and no words.
  var text: String? {
    func counted(_ count: Int, _ before: String, _ after: String) -> String {
      let name = count > 0 ? before : after
      return abs(count) == 1 ? name : "\(abs(count)) \(name)"
    }
    return switch self {
    case .steps(1): nil
    case .steps(-1): "from t+1"
    case .steps(let count): count > 0 ? "\(count) steps" : "from t+\(-count)"
    case .child(let number): "child \(number)"
    case .children: "children"
    case .row(let count): counted(count, "row above", "row below")
    case .column(let count): counted(count, "column left", "column right")
    }
  }
}

/// A model that can be drawn.
public protocol DrawnModel {
  /// The model's units and what they are computed from.
  var circuit: Circuit { get }
}

/// Traps with `message` unless `condition` holds; for programmers' mistakes.
///
/// As in `Tensors`, which this target does without: `precondition` would stop a release build without
/// printing its message.
func demand(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { fatalError(message()) }
}
