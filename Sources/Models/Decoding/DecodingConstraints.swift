internal import Tensors

/// What a search may write. What is ruled out keeps its probability: the rest is not scaled up, so that the
/// log-probability of what is written is the model's own.
public struct DecodingConstraints: Sendable, Hashable {
  /// The most symbols for a source of S units: ``perUnit`` · S + ``constant``, rounded down.
  public struct LengthLimit: Sendable, Hashable {
    public var perUnit: Double
    public var constant: Int

    public init(perUnit: Double, constant: Int) {
      demand(
        perUnit >= 0 && perUnit.isFinite && constant >= 0,
        "LengthLimit: needs numbers from 0 on, got \(perUnit)·S + \(constant)")
      self.perUnit = perUnit
      self.constant = constant
    }

    /// The same for every source.
    public static func fixed(_ length: Int) -> LengthLimit {
      LengthLimit(perUnit: 0, constant: length)
    }

    /// The most symbols for a source of so many units.
    public func callAsFunction(sourceLength: Int) -> Int {
      Int(min(perUnit * Double(sourceLength), 1e9)) + constant
    }
  }

  /// How many symbols must come before the end, unless fewer are the most.
  public var minimumLength: Int
  /// How many symbols may come before the end. What is as long can only end.
  public var maximumLength: LengthLimit
  /// Of how many symbols no run may come twice in a hypothesis; `nil` to let any come again.
  public var blockedNgramSize: Int?
  /// Symbols that are never written.
  public var excluded: Set<Int32>

  /// - Parameters:
  ///   - minimumLength: How many symbols must come before the end.
  ///   - maximumLength: How many may.
  ///   - blockedNgramSize: Of how many symbols no run may come twice; `nil` for no such rule.
  ///   - excluded: Symbols that are never written.
  public init(
    minimumLength: Int = 0, maximumLength: LengthLimit = LengthLimit(perUnit: 2, constant: 10),
    blockedNgramSize: Int? = nil, excluded: Set<Int32> = []
  ) {
    demand(
      minimumLength >= 0,
      "DecodingConstraints: a length is a number from 0 on, got \(minimumLength)")
    demand(
      blockedNgramSize.map { $0 >= 1 } ?? true,
      "DecodingConstraints: an n-gram has at least 1 symbol, got \(blockedNgramSize ?? 0)")
    self.minimumLength = minimumLength
    self.maximumLength = maximumLength
    self.blockedNgramSize = blockedNgramSize
    self.excluded = excluded
  }
}

extension DecodingConstraints {
  /// What may not come next in one lane; to be used again and again.
  struct Ban {
    private let constraints: DecodingConstraints
    private let end: Int32
    /// Whether nothing but the end may come.
    private(set) var allowsEndOnly = false
    /// What may not come, few enough to be looked through.
    private(set) var symbols: [Int32] = []
    private var history: [Int32] = []

    init(_ constraints: DecodingConstraints, end: Int32) {
      self.constraints = constraints
      self.end = end
    }

    func contains(_ symbol: Int32) -> Bool { symbols.contains(symbol) }

    /// Finds what may not follow the symbols of a tree's node.
    ///
    /// - Parameters:
    ///   - node: The last symbol written.
    ///   - tree: What the node is of.
    ///   - length: How many have been written.
    ///   - maximum: How many may be.
    mutating func update(after node: Int32, of tree: HypothesisTree, length: Int, maximum: Int) {
      allowsEndOnly = length >= maximum
      symbols.removeAll(keepingCapacity: true)
      symbols += constraints.excluded
      if allowsEndOnly { return }
      if length < constraints.minimumLength { symbols.append(end) }
      guard let size = constraints.blockedNgramSize, length >= size else { return }
      tree.read(into: &history, upTo: node)
      let last = history.suffix(size - 1)
      for first in 0...length - size where history[first..<first + size - 1] == last {
        symbols.append(history[first + size - 1])
      }
    }
  }
}
