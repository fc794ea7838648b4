public import Tensors
public import Testing
public import Unfolding

/// What a cell is unfolded over when its two paths are held together.
public struct Unfoldable: Sendable, CustomStringConvertible {
  public var inputSize: Int
  public var structure: Structure
  public var scalarType: ScalarType
  public var randomness: Randomness?
  private let name: String

  /// A structure, by a name that tells it from others.
  public init(
    inputSize: Int, _ structure: Structure, named name: String, scalarType: ScalarType,
    randomness: Randomness? = nil
  ) {
    self.inputSize = inputSize
    self.structure = structure
    self.name = name
    self.scalarType = scalarType
    self.randomness = randomness
  }

  /// Chains.
  public init(
    inputSize: Int, lengths: [Int], scalarType: ScalarType, direction: Direction = .forward,
    order: NodeOrder = .sequenceMajor, randomness: Randomness? = nil
  ) {
    self.init(
      inputSize: inputSize, .chain(lengths, direction: direction, order: order),
      named: "lengths \(lengths), \(direction), \(order)", scalarType: scalarType,
      randomness: randomness)
  }

  public var description: String {
    "\(scalarType), \(name)\(randomness == nil ? "" : ", random")"
  }

  /// A few sequences, which threads share by columns, empty ones among them and lengths about the widths of vectors.
  public static let few = [0, 1, 15, 16, 17, 33, 0, 5]
  /// Enough sequences that threads share them by rows.
  public static let many = [3, 0, 1, 15, 16, 2, 7, 1, 1, 0, 4, 9, 5, 2, 6, 3, 8, 1, 17, 2, 4]
}

/// Records an issue unless the planned path and the reference agree on everything that an unfolding gives: states, ends,
/// and the gradients of parameters, inputs, initial states and perturbations. Each element may be off by `tolerance`
/// times the largest of its tensor: 1e-5 in single precision and 1e-11 in double unless told otherwise.
///
/// - Parameters:
///   - parameters: The cell's parameters.
///   - over: What it is unfolded over.
///   - isPlanned: Whether a plan is expected to be made; an issue is recorded if it is the other way.
///   - tolerance: The share of the largest element that each may be off by.
///   - what: Begins the issue.
///   - sourceLocation: Where the issue is recorded.
///   - make: The cell of given parameters.
public func expectAgreement<C: RecursiveCell>(
  parameters: [Tensor], over: Unfoldable, isPlanned: Bool = true, tolerance: Double? = nil,
  _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation,
  _ make: ([Tensor]) -> C
) {
  let structure = over.structure, type = over.scalarType
  func points(_ shapes: [Shape], seed: UInt64) -> [Tensor] {
    shapes.enumerated().map { .scattered($1, seed: seed + UInt64($0), scalarType: type) }
  }
  let widths = make(parameters).initialState(batch: structure.sequenceCount).tensors.map {
    $0.shape.dimensions.dropFirst()
  }
  let inputs = points([[structure.nodeCount, over.inputSize]], seed: 500)
  let starts = points(widths.map { Shape([structure.sequenceCount] + $0) }, seed: 600)
  let added = points(widths.map { Shape([structure.nodeCount] + $0) }, seed: 700)
    .map { $0 * 0.1 }

  func run(_ path: UnfoldingPath) -> [(name: String, tensor: Tensor)] {
    var made: [(String, Tensor)] = []
    let (_, gradients) = valueWithGradient(at: parameters + inputs + starts + added) { all in
      var rest = all[...]
      func take(_ count: Int) -> [Tensor] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
      }
      let cell = make(take(parameters.count)), x = take(1)[0]
      let unfolded = unfold(
        cell, over: structure, x, from: C.State(tensors: take(starts.count)),
        adding: C.State(tensors: take(added.count)), randomness: over.randomness, by: path)
      if path == .planned {
        let found = unfolded.states.tensors.contains(where: \.isFromPlan)
        if found != isPlanned {
          Issue.record(
            "\(what) \(over): \(found ? "a plan was made" : "no plan was made")",
            sourceLocation: sourceLocation)
        }
      }
      made =
        unfolded.states.tensors.enumerated().map { ("states \($0)", $1.detached) }
        + unfolded.last.tensors.enumerated().map { ("ends \($0)", $1.detached) }
      // No two elements can stand in for each other.
      let parts = unfolded.states.tensors + unfolded.last.tensors
      return parts.enumerated().map { index, part in
        (part
          * .scattered(part.shape, seed: 800 + UInt64(index), in: 0.5...1.5, scalarType: type))
          .sum()
      }.reduce(Tensor(0, scalarType: type), +)
    }
    let names =
      parameters.indices.map { "parameter \($0)" } + ["inputs"]
      + starts.indices.map { "initial state \($0)" }
      + added.indices.map { "perturbation \($0)" }
    return made + zip(names, gradients).map { ("gradient of " + $0, $1) }
  }
  let tolerance = tolerance ?? (type == .float32 ? 1e-5 : 1e-11)
  for (planned, reference) in zip(run(.planned), run(.reference)) {
    let largest = reference.tensor.scalars.reduce(0) { Swift.max($0, abs($1)) }
    expectClose(
      planned.tensor, reference.tensor, relative: 0, absolute: tolerance * Swift.max(largest, 1e-3),
      "\(what) \(over): \(planned.name)", sourceLocation: sourceLocation)
  }
}

extension Tensor {
  /// Whether a plan had a part in computing a recorded tensor.
  public var isFromPlan: Bool {
    var pending = [self].compactMap(\.node), seen: Set<ObjectIdentifier> = []
    while let node = pending.popLast() {
      if "\(type(of: node.operation))" == "PlannedUnfolding" { return true }
      pending += node.inputs.compactMap(\.node).filter {
        seen.insert(ObjectIdentifier($0)).inserted
      }
    }
    return false
  }
}
