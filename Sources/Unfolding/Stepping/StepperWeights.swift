internal import Synchronization
internal import Tensors

/// What steppers of one model's weights have in common, however many lanes they have and whatever belongs to their
/// sequences: plans, packed weights, and what has been computed ahead for the symbols of a table.
///
/// Weights are known by their place in memory or else bit by bit: a step of others finds nothing here, and leaves its own.
public final class StepperWeights: Sendable {
  /// The weights of a product as they are packed.
  struct PackedKey: Hashable, Sendable {
    let right: Graph.Definition
    let columns: Range<Int>
    let isTransposed: Bool
    let isChained: Bool
    let precision: ProductPrecision
  }

  /// Arrays of what depends on the input alone.
  struct AheadKey: Hashable, Sendable {
    let values: Graph.Definition
    /// Where the values lie.
    let views: [[Plan.View]]
    /// What the table is called.
    let table: Int
    let precision: ProductPrecision
  }

  private struct State {
    var tensors: [Tensor] = []
    var values: [Graph.Definition: Tensor] = [:]
    var packed: [PackedKey: Storage] = [:]
    var ahead: [AheadKey: [Tensor]] = [:]
    var blueprints: [StepBlueprint.Key: StepBlueprint] = [:]
    /// The rows that have been stepped with a table.
    var stepped = 0
  }

  private let state = Mutex(State())

  /// So many tensors are known at most; beyond that, all is forgotten.
  private static let limit = 256
  /// So many blueprints are: sources of other lengths have others.
  private static let blueprintLimit = 64

  /// Nothing yet.
  public init() {}

  /// What tensors are called from now on: numbers, the same for the same elements.
  func numbers(of tensors: [Tensor]) -> [Int] {
    state.withLock { state in
      if state.tensors.count + tensors.count > Self.limit {
        let stepped = state.stepped
        state = State()
        state.stepped = stepped
      }
      return tensors.map { tensor in
        if let known = state.tensors.firstIndex(where: { $0.hasSameElements(as: tensor) }) {
          return known
        }
        state.tensors.append(tensor.detached)
        return state.tensors.count - 1
      }
    }
  }

  /// A shared value, computed unless it is known.
  func value(_ definition: Graph.Definition, _ compute: () -> Tensor) -> Tensor {
    if let known = state.withLock({ $0.values[definition] }) { return known }
    let value = compute()
    state.withLock { $0.values[definition] = value }
    return value
  }

  /// The packed weights of products, as far as they are known.
  func packed(_ keys: [PackedKey]) -> [Storage?] {
    state.withLock { state in keys.map { state.packed[$0] } }
  }

  /// Keeps packed weights.
  func keep(_ packed: [Storage], _ keys: [PackedKey]) {
    state.withLock { state in
      for (key, storage) in zip(keys, packed) { state.packed[key] = storage }
    }
  }

  /// What a step is made of, found out unless it is known.
  func blueprint(
    _ key: StepBlueprint.Key, _ make: () -> StepBlueprint?
  ) -> StepBlueprint? {
    if let known = state.withLock({ $0.blueprints[key] }) { return known }
    guard let made = make() else { return nil }
    state.withLock { state in
      if state.blueprints.count >= Self.blueprintLimit { state.blueprints.removeAll() }
      state.blueprints[key] = made
    }
    return made
  }

  /// Rows have been stepped with a table.
  package func count(rows: Int) { state.withLock { $0.stepped += rows } }

  /// How many rows have been stepped with a table.
  package var steppedRows: Int { state.withLock { $0.stepped } }

  /// Whether anything has been computed for all rows of a table.
  package var hasRowsAhead: Bool { state.withLock { !$0.ahead.isEmpty } }

  /// What has been computed for all rows of a table, or is now, unless it is known.
  func ahead(_ key: AheadKey, _ compute: (() -> [Tensor])?) -> [Tensor]? {
    if let known = state.withLock({ $0.ahead[key] }) { return known }
    guard let made = compute?() else { return nil }
    state.withLock { $0.ahead[key] = made }
    return made
  }
}

extension Tensor {
  /// Whether the elements are the same, by their place in memory or else bit by bit.
  fileprivate func hasSameElements(as other: Tensor) -> Bool {
    guard shape == other.shape, scalarType == other.scalarType else { return false }
    if storage === other.storage, offset == other.offset { return true }
    return withUnsafeBytes { mine in
      other.withUnsafeBytes { theirs in mine.elementsEqual(theirs) }
    }
  }
}
