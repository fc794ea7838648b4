internal import CKernels
internal import Synchronization
internal import Tensors

/// What runs of one model's weights have in common, whatever belongs to their sequences: plans, packed weights, and what has
/// been computed ahead for the symbols of a table.
///
/// Steppers are given it; unfoldings find it within ``use(_:)``. Weights are known by their place in memory or else bit by
/// bit: a step of others finds nothing here, and leaves its own. What it has been given stays in memory, packed too, until
/// that is 256 tensors: a program that trains on makes a new one when its weights have changed.
public final class PreparedWeights: Sendable {
  /// The weights of a product as they are packed.
  private struct PackedKey: Hashable {
    let right: Graph.Definition
    let columns: Range<Int>
    let isTransposed: Bool
    let isChained: Bool
    let precision: ProductPrecision
  }

  private struct PlanKey: Hashable {
    let plans: ObjectIdentifier
    /// What the step's shared tensors are called.
    let names: [Int]
    let precision: ProductPrecision
    let packsHoisted: Bool
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
    /// What the first of them is called: numbers do not come back, for somebody may still go by them.
    var first = 0
    var values: [Graph.Definition: Tensor] = [:]
    var packed: [PackedKey: Storage] = [:]
    var ahead: [AheadKey: [Tensor]] = [:]
    var blueprints: [StepBlueprint.Key: StepBlueprint] = [:]
    var plans: [PlanKey: PreparedPlan] = [:]
    /// The rows that have been stepped with a table.
    var stepped = 0

    /// Where a tensor is, by its place in memory or else bit by bit.
    func place(of tensor: Tensor) -> Int? {
      tensors.firstIndex { $0.hasSamePlace(as: tensor) }
        ?? tensors.firstIndex { $0.hasSameBits(as: tensor) }
    }

    mutating func numbers(of wanted: [Tensor]) -> [Int] {
      wanted.map { tensor in
        if let place = place(of: tensor) { return first + place }
        tensors.append(tensor.detached)
        return first + tensors.count - 1
      }
    }
  }

  private let state = Mutex(State())

  /// So many tensors are known at most; beyond that, all is forgotten.
  private static let limit = 256
  /// So many plans are: sequences of other lengths may have others.
  private static let planLimit = 64

  /// Beyond so many rows packing weights costs little beside their product.
  private static let fewRows = 128

  /// What unfoldings look in.
  @TaskLocal package static var current: PreparedWeights?

  /// Unfolds within `body` by plans and packed weights that are known, and keeps those that are not: for many unfoldings of
  /// the same weights, each of few nodes. Nothing else changes; they have the same bits.
  ///
  /// It holds for the task that calls it, and for both walks of a bidirectional layer. Unfoldings of which a gradient is taken
  /// pack their weights each time, and the reference path packs none.
  ///
  /// - Parameter body: What unfolds.
  /// - Returns: What `body` returns.
  /// - Throws: What `body` throws.
  public func use<Result>(_ body: () throws -> Result) rethrows -> Result {
    try Self.$current.withValue(self, operation: body)
  }

  /// Nothing yet.
  public init() {}

  /// What tensors are called: numbers, the same for the same elements until all is forgotten, and after that never again.
  func numbers(of tensors: [Tensor]) -> [Int] {
    state.withLock { state in
      let found = state.numbers(of: tensors)
      guard state.tensors.count > Self.limit, state.tensors.count > tensors.count else {
        return found
      }
      state = State(first: state.first + state.tensors.count, stepped: state.stepped)
      return state.numbers(of: tensors)
    }
  }

  private typealias Known<Key: Hashable, Value> = WritableKeyPath<State, [Key: Value]>

  /// What is known by a key.
  private func known<Key, Value: Sendable>(_ key: Key, _ kind: Known<Key, Value>) -> Value? {
    state.withLock { $0[keyPath: kind][key] }
  }

  /// Keeps what was made for a key. Where there are `limit` of its kind, these are forgotten.
  private func keep<Key, Value: Sendable>(
    _ made: Value, _ key: Key, _ kind: Known<Key, Value>, limit: Int = .max
  ) -> Value {
    state.withLock { state in
      if state[keyPath: kind].count >= limit { state[keyPath: kind].removeAll() }
      state[keyPath: kind][key] = made
    }
    return made
  }

  /// A shared value, computed unless it is known.
  func value(_ definition: Graph.Definition, _ compute: () -> Tensor) -> Tensor {
    known(definition, \.values) ?? keep(compute(), definition, \.values)
  }

  /// The weights of all products of stages, packed unless they are known.
  ///
  /// - Parameters:
  ///   - stages: Of the plan, or made of its passes.
  ///   - plan: Whose products they are.
  ///   - shared: Its shared values.
  ///   - names: What its shared tensors are called.
  ///   - precision: That of the products.
  ///   - scalarType: The type of their elements.
  /// - Returns: The weights, product by product.
  func packed(
    _ stages: [Plan.Stage], of plan: Plan, _ shared: [Int: Tensor], names: [Int],
    _ precision: ProductPrecision, _ scalarType: ScalarType
  ) -> [Storage] {
    let keys = stages.flatMap(\.products).map { product in
      PackedKey(
        right: plan.graph.definition(of: [product.right], calling: names),
        columns: product.columns, isTransposed: product.isTransposed,
        isChained: product.isChained, precision: precision)
    }
    let known = state.withLock { state in keys.map { state.packed[$0] } }
    func pack<S: KernelScalar>(_ type: S.Type) -> [Storage] {
      let memory = PlanMemory<S>(plan, given: [:], shared: shared, nodeCount: 0, frontRows: 0)
      let kernels = WalkKernels(stages, memory, precision: precision, packed: known) { _ in
        unfold_walk_view()
      }
      kernels.pack(S.walk)
      return kernels.packed
    }
    let packed = pack(scalarType.kernels)
    state.withLock { state in
      for (key, storage) in zip(keys, packed) { state.packed[key] = storage }
    }
    return packed
  }

  /// A plan of a step with its weights packed, unless it is known: those of the products before the walk where these have few
  /// rows.
  func plan(
    _ plans: StepPlans, _ tensors: [Tensor], nodeCount: Int, _ precision: ProductPrecision,
    _ scalarType: ScalarType
  ) -> PreparedPlan {
    let names = numbers(of: tensors), plan = plans.forward
    let key = PlanKey(
      plans: ObjectIdentifier(plans), names: names, precision: precision,
      packsHoisted: nodeCount <= Self.fewRows)
    if let known = known(key, \.plans) { return known }
    let shared = plan.sharedTensors(tensors) { number, compute in
      value(plan.graph.definition(of: [number], calling: names), compute)
    }
    func pack(_ stages: [Plan.Stage]) -> [Storage] {
      packed(stages, of: plan, shared, names: names, precision, scalarType)
    }
    let made = PreparedPlan(
      plans: plans, shared: shared, stages: pack(plan.stages),
      hoisted: key.packsHoisted ? pack(plan.hoistedProducts) : [])
    return keep(made, key, \.plans, limit: Self.planLimit)
  }

  /// What a step is made of, found out unless it is known.
  func blueprint(
    _ key: StepBlueprint.Key, _ make: () -> StepBlueprint?
  ) -> StepBlueprint? {
    known(key, \.blueprints)
      ?? make().map { keep($0, key, \.blueprints, limit: Self.planLimit) }
  }

  /// Rows have been stepped with a table.
  package func count(rows: Int) { state.withLock { $0.stepped += rows } }

  /// How many rows have been stepped with a table.
  package var steppedRows: Int { state.withLock { $0.stepped } }

  /// Whether anything has been computed for all rows of a table.
  package var hasRowsAhead: Bool { state.withLock { !$0.ahead.isEmpty } }

  /// How many plans of unfoldings are known, and how many of steps.
  package var planCount: Int { state.withLock { $0.plans.count } }
  package var stepCount: Int { state.withLock { $0.blueprints.count } }

  /// What has been computed for all rows of a table, or is now, unless it is known.
  func ahead(_ key: AheadKey, _ compute: (() -> [Tensor])?) -> [Tensor]? {
    if let known = known(key, \.ahead) { return known }
    return (compute?()).map { keep($0, key, \.ahead) }
  }
}

/// A plan of a step, with what all runs of it have in common.
struct PreparedPlan: Sendable {
  /// Kept, so that nobody else is taken for it.
  let plans: StepPlans
  /// Its shared values.
  let shared: [Int: Tensor]
  /// The packed weights of the walk's products, and of those before it, or of none of these.
  let stages: [Storage]
  let hoisted: [Storage]
}

extension Tensor {
  fileprivate func hasSamePlace(as other: Tensor) -> Bool {
    shape == other.shape && scalarType == other.scalarType && storage === other.storage
      && offset == other.offset
  }

  fileprivate func hasSameBits(as other: Tensor) -> Bool {
    shape == other.shape && scalarType == other.scalarType
      && withUnsafeBytes { mine in other.withUnsafeBytes { mine.elementsEqual($0) } }
  }
}
