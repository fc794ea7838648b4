internal import Synchronization
internal import Tensors

/// Which way a chain is walked.
public enum Direction: String, Sendable, Hashable, CaseIterable {
  /// From the first node to the last.
  case forward
  /// From the last node to the first.
  case backward
}

/// How the nodes of a ragged batch are numbered.
public enum NodeOrder: String, Sendable, Hashable, CaseIterable {
  /// All nodes of sequence 0, then all of sequence 1, …
  case sequenceMajor
  /// The first nodes of all sequences, then the second ones, …; longer sequences first, equal ones in their order.
  /// A front of a forward walk is then a run of rows.
  case stepMajor

  /// For each of some sequences the numbers of its rows, in the order of its steps.
  public func rowNumbers(_ lengths: [Int]) -> [[Int32]] {
    let numbering = ChainNumbering(lengths, self)
    return lengths.enumerated().map { sequence, length in
      (0..<length).map { numbering.node(sequence, $0) }
    }
  }
}

extension Structure {
  /// Sequences of the given lengths, each node after the one before it, or after earlier ones.
  ///
  /// Longer edges beside the short one, lags 1 and d, shorten the path that a gradient takes from τ to τ/d (Goodfellow
  /// et al. 2016, §10.9.1; Lin et al. 1996). Longer edges in its place, the lag d alone, make units work at a coarser
  /// time scale (§10.9.3). Before the start every state is the initial one.
  ///
  /// With a `history` above 1 the states of so many steps before the start are told apart: B sequences then have
  /// `history` · B initial states, and as many ends. State k · B + b is that of sequence b, k steps before its last one;
  /// what is earlier still has the earliest. So ends are initial states to go on from, with any lags up to `history`.
  ///
  /// - Parameters:
  ///   - lengths: Nodes of each sequence; 0 is a sequence too.
  ///   - lags: How many steps back each slot of a node looks, each at least 1.
  ///   - direction: Which end the walk starts from.
  ///   - order: How the nodes are numbered.
  ///   - history: How many states before the start, and at the end, each sequence has.
  /// - Returns: A structure of as many fronts as the longest sequence has nodes, and a slot for each lag.
  public static func chain(
    _ lengths: [Int], lags: [Int] = [1], direction: Direction = .forward,
    order: NodeOrder = .sequenceMajor, history: Int = 1
  ) -> Structure {
    demand(
      !lags.isEmpty && lags.allSatisfy { $0 >= 1 },
      "chain: needs lags of at least 1, got \(lags)")
    demand(history >= 1, "chain: needs a history of at least 1, got \(history)")
    return KnownChains.chain(
      .init(lengths: lengths, lags: lags, direction: direction, order: order, history: history))
  }

  /// A chain, newly made.
  fileprivate init(_ chain: KnownChains.Key) {
    let (lengths, lags, direction, history) =
      (chain.lengths, chain.lags, chain.direction, chain.history)
    let numbering = ChainNumbering(lengths, chain.order)
    // The state a number of steps before the first one's.
    func initial(_ sequence: Int, _ steps: Int) -> Int32 {
      Int32(-1 - min(steps, history - 1) * lengths.count - sequence)
    }
    let fronts = (0..<numbering.longest).map { front in
      let active = numbering.active(at: front)
      func node(_ sequence: Int, _ walked: Int) -> Int32 {
        let step = direction == .forward ? walked : lengths[sequence] - 1 - walked
        return numbering.node(sequence, step)
      }
      return Front(
        nodes: active.map { node($0, front) },
        predecessors: lags.map { lag in
          active.map { front < lag ? initial($0, lag - front - 1) : node($0, front - lag) }
        },
        sequences: active.map(Int32.init),
        steps: active.map { UInt32(direction == .forward ? front : lengths[$0] - 1 - front) })
    }
    let ends = (0..<history).flatMap { steps in
      lengths.enumerated().map { sequence, length in
        guard length > steps else { return initial(sequence, steps - length) }
        return numbering.node(sequence, direction == .forward ? length - 1 - steps : steps)
      }
    }
    self.init(
      nodeCount: numbering.nodeCount, sequenceCount: history * lengths.count,
      slotCount: lags.count, fronts: fronts, ends: ends)
  }
}

/// Short chains that were asked for lately, with what has been found out about them: how the nodes of one sequence lie takes
/// a tenth of the time in which they are walked.
private enum KnownChains {
  struct Key: Hashable, Sendable {
    let lengths: [Int]
    let lags: [Int]
    let direction: Direction
    let order: NodeOrder
    let history: Int
  }

  private static let known = Mutex<[Key: Structure]>([:])
  private static let limit = 16
  /// The most sequences and nodes of a chain that is worth the memory.
  private static let mostRows = 4096

  static func chain(_ key: Key) -> Structure {
    if let structure = known.withLock({ $0[key] }) { return structure }
    let structure = Structure(key)
    guard structure.nodeCount + structure.sequenceCount <= mostRows else { return structure }
    known.withLock { known in
      if known.count >= limit { known.removeAll() }
      known[key] = structure
    }
    return structure
  }
}

/// Where each step of each sequence stands among the rows of a ragged batch.
struct ChainNumbering {
  let lengths: [Int]
  let nodeCount: Int
  let longest: Int
  /// Sequences by falling length.
  private let byLength: [Int]
  /// Sequence-major: the first node of each sequence. Step-major: the first node of each step.
  private let starts: [Int]
  private let rank: [Int]
  private let order: NodeOrder

  init(_ lengths: [Int], _ order: NodeOrder) {
    demand(lengths.allSatisfy { $0 >= 0 }, "chain: lengths must not be negative, got \(lengths)")
    self.lengths = lengths
    self.order = order
    nodeCount = lengths.reduce(0, +)
    longest = lengths.max() ?? 0
    let byLength = lengths.indices.sorted { (lengths[$1], $0) < (lengths[$0], $1) }
    self.byLength = byLength
    var rank = Array(repeating: 0, count: lengths.count)
    for (place, sequence) in byLength.enumerated() { rank[sequence] = place }
    self.rank = rank
    var starts: [Int] = [], next = 0
    switch order {
    case .sequenceMajor:
      for length in lengths {
        starts.append(next)
        next += length
      }
    case .stepMajor:
      var alive = lengths.count
      for step in 0..<longest {
        while alive > 0, lengths[byLength[alive - 1]] <= step { alive -= 1 }
        starts.append(next)
        next += alive
      }
    }
    self.starts = starts
  }

  /// The row of a step of a sequence.
  func node(_ sequence: Int, _ step: Int) -> Int32 {
    switch order {
    case .sequenceMajor: Int32(starts[sequence] + step)
    case .stepMajor: Int32(starts[step] + rank[sequence])
    }
  }

  /// The sequences that reach `step`, longest first.
  func active(at step: Int) -> ArraySlice<Int> {
    byLength.prefix { lengths[$0] > step }
  }
}
