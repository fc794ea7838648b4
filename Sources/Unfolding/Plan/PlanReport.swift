public import Tensors

/// What a plan does, for a person to read: each piece of work of a cell's unfolding and of its gradient, with what it
/// costs for one node.
public struct PlanReport: Sendable {
  /// When a piece of work is done.
  public enum Place: String, Sendable, CaseIterable {
    /// For all nodes at once, before the walk.
    case hoisted
    /// At each front.
    case walked
    /// For all nodes at once, after the walk.
    case sunk
    /// A sum over all nodes, after the walk.
    case summed
  }

  /// A piece of work.
  public struct Part: Sendable {
    /// When it is done.
    public let place: Place
    /// The stage of a front between two barriers; 0 for what is not walked.
    public let stage: Int
    /// What is done.
    public let work: String
    /// Multiply-adds of products, for one node.
    public let multiplyAdds: Int
    /// Element-wise operations, for one node.
    public let elementOperations: Int
    /// Bytes of rows read and written, for one node.
    public let bytes: Int

    init(_ place: Place, _ stage: Int, _ work: String, _ perNode: Work) {
      self.place = place
      self.stage = stage
      self.work = work
      multiplyAdds = perNode.multiplyAdds
      elementOperations = perNode.elementOperations
      bytes = perNode.bytes
    }
  }

  /// The way there.
  public private(set) var forward: [Part] = []
  /// The way back, for the gradients of all parameters, inputs and states.
  public private(set) var backward: [Part] = []
  /// Arrays of all nodes that the way there makes besides the states, in bytes for one node.
  public private(set) var forwardBytes = 0
  /// What of them is kept for the way back.
  public private(set) var keptBytes = 0
  /// Arrays of all nodes that the way back makes besides what reaches the states.
  public private(set) var backwardBytes = 0
  /// Rows that take no memory of their own.
  public private(set) var reused: [Reuse] = []

  /// Rows that are written over others which are read no more.
  public struct Reuse: Sendable, Equatable {
    /// What is written over.
    public enum Old: String, Sendable, CaseIterable {
      /// Rows of the same walk, such as a product of the inputs.
      case rows = "rows of the same way"
      /// What the way there has kept for the way back.
      case kept = "what was kept"
      /// What reaches the states.
      case reaching = "what has reached the states"
    }

    /// Whether that is on the way back.
    public let isBackward: Bool
    /// What is written over.
    public let old: Old
    /// How many columns.
    public let columns: Int

    /// So many columns.
    public init(isBackward: Bool, old: Old, columns: Int) {
      self.isBackward = isBackward
      self.old = old
      self.columns = columns
    }
  }

  /// The plan of a cell for inputs `[N, inputSize]` and nodes of so many predecessors; `nil` for a cell that no plan can
  /// be made of.
  public init?<C: RecursiveCell>(
    _ cell: C, inputSize: Int, slots: Int = 1, scalarType: ScalarType = .float32
  ) {
    let states = cell.initialState(batch: 1).tensors
    let inputs = [Tensor.zeros([1, inputSize], scalarType: scalarType)]
    guard states.allSatisfy({ $0.rank == 2 }) else { return nil }
    let trace = Trace.step(of: cell, inputs: inputs, states: states, slots: slots, draws: false)
    let parameters = trace.shared.indices.filter { trace.shared[$0].count > 1 }
    guard
      let plans = try? StepPlans.plans(
        for: trace.graph, nodeCount: 1, slotCount: slots, sharedCount: trace.shared.count,
        wanted: [.node(0)] + parameters.map(Graph.Leaf.shared))
    else { return nil }
    let size = scalarType.byteCount
    forward = Self.parts(plans.forward, scalarType)
    backward = plans.adjoint.map { Self.parts($0, scalarType) } ?? []
    forwardBytes = size * plans.forward.widthPerNode
    keptBytes =
      size
      * plans.keptArrays.keys.reduce(0) { sum, memory in
        if case .rows(let number) = memory {
          sum + (plans.forward.rowWidths[number] ?? 0)
        } else {
          sum
        }
      }
    backwardBytes = size * (plans.adjoint?.widthPerNode ?? 0)
    reused =
      Self.reused(plans.forward, isBackward: false)
      + (plans.adjoint.map { Self.reused($0, isBackward: true) } ?? [])
  }

  private static func reused(_ plan: Plan, isBackward: Bool) -> [Reuse] {
    var columns: [Reuse.Old: Int] = [:]
    for (memory, width) in plan.reusedWidths {
      switch memory {
      case .node: columns[.kept, default: 0] += width
      case .reaching: columns[.reaching, default: 0] += width
      default: columns[.rows, default: 0] += width
      }
    }
    return Reuse.Old.allCases.compactMap { old in
      columns[old].map { Reuse(isBackward: isBackward, old: old, columns: $0) }
    }
  }

  private static func parts(_ plan: Plan, _ type: ScalarType) -> [Part] {
    let size = type.byteCount
    var parts: [Part] = []
    func add(_ pass: Plan.Pass, _ place: Place) {
      switch pass {
      case .product(let product): parts.append(part(product, place, 0, type))
      case .rowProduct(let product): parts.append(part(product, place, 0, type))
      case .program(let program): parts.append(part(program, place, 0, type))
      }
    }
    for pass in plan.hoisted { add(pass, .hoisted) }
    for (stage, work) in plan.stages.enumerated() {
      for product in work.products { parts.append(part(product, .walked, stage, type)) }
      for product in work.rowProducts { parts.append(part(product, .walked, stage, type)) }
      if let program = work.program { parts.append(part(program, .walked, stage, type)) }
    }
    for pass in plan.sunk { add(pass, .sunk) }
    for sums in plan.productSums {
      let rows = sums.leftColumns
      let work = sums.rights.map { "[N, \($0.columns)]" }.joined(separator: ", ")
      let columns = sums.rights.reduce(0) { $0 + $1.columns }
      parts.append(
        Part(
          .summed, 0, "[N, \(rows)]ᵀ · \(work)",
          Work(multiplyAdds: rows * columns, bytes: size * (rows + columns))))
    }
    for number in plan.lastValues {
      guard let sums = plan.columnSums[number] else { continue }
      let widths = sums.views.map { _ in sums.columns } + (sums.scale == nil ? [] : [1])
      let rows = widths.map { "[N, \($0)]" }.joined(separator: " ⊙ ")
      parts.append(Part(.summed, 0, "columns of \(rows)", sums.work(rows: 1, type)))
    }
    return parts
  }

  private static func part(
    _ product: Plan.Product, _ place: Place, _ stage: Int, _ type: ScalarType
  ) -> Part {
    let rows = place == .walked ? "n" : "N", columns = product.columns.count
    return Part(
      place, stage,
      "[\(rows), \(product.inner)] · [\(product.inner), \(columns)]"
        + (product.accumulates ? ", added to what reaches the state before" : ""),
      product.work(rows: 1, type))
  }

  private static func part(
    _ product: Plan.MatrixRows, _ place: Place, _ stage: Int, _ type: ScalarType
  ) -> Part {
    let shape = product.shape
    return Part(
      place, stage,
      "for each row [\(shape.rows), \(shape.inner)] · [\(shape.inner), \(shape.columns)]",
      product.work(rows: 1, type))
  }

  private static func part(
    _ program: TileProgram, _ place: Place, _ stage: Int, _ type: ScalarType
  ) -> Part {
    let columns = program.columns
    return Part(
      place, stage,
      "\(program.instructionCount) element-wise instructions over tiles of "
        + (program.takesWholeRows ? "whole rows, \(columns) columns" : "\(columns) columns"),
      program.work(rows: 1, type))
  }

  /// The machine's speed, for ``seconds(at:)``.
  public struct Speed: Sendable {
    /// Multiply-adds a second.
    public var multiplyAdds: Double
    /// Element-wise operations a second.
    public var elementOperations: Double

    /// A given speed.
    public init(multiplyAdds: Double, elementOperations: Double) {
      self.multiplyAdds = multiplyAdds
      self.elementOperations = elementOperations
    }

    /// This machine's, by a few products and element-wise passes: some tens of milliseconds.
    public static func measured() -> Speed {
      let matrix = Tensor.ones([512, 512]), vector = Tensor.full([1 << 16], 0.5)
      func best(_ work: () -> Void) -> Double {
        let clock = ContinuousClock()
        let times = (0..<5).map { _ in clock.measure(work) }
        return (times.min() ?? .zero) / .seconds(1)
      }
      return Speed(
        multiplyAdds: 512 * 512 * 512 / best { _ = matrix.matmul(matrix) },
        elementOperations: Double(1 << 16) / best { _ = vector.tanh() })
    }
  }
}

extension PlanReport.Part {
  /// The time that it should take for one node, in seconds.
  public func seconds(at speed: PlanReport.Speed) -> Double {
    Double(multiplyAdds) / speed.multiplyAdds
      + Double(elementOperations) / speed.elementOperations
  }
}

extension PlanReport: CustomStringConvertible {
  public var description: String { text(at: nil) }

  /// The plan as a table, with predicted times where the machine's speed is known.
  public func text(at speed: Speed?) -> String {
    var lines: [String] = []
    func number(_ value: Int) -> String {
      var digits = String(value), groups: [String] = []
      while digits.count > 3 {
        groups.insert(String(digits.suffix(3)), at: 0)
        digits = String(digits.dropLast(3))
      }
      return ([digits] + groups).joined(separator: ",")
    }
    func microseconds(_ seconds: Double) -> String {
      let hundredths = Int((seconds * 1e8).rounded())
      let rest = String(hundredths % 100)
      return "\(hundredths / 100).\(rest.count < 2 ? "0" : "")\(rest)"
    }
    func pad(_ text: String, _ width: Int) -> String {
      String(repeating: " ", count: max(width - text.count, 0)) + text
    }
    func row(_ name: String, _ work: String, _ cells: [String]) {
      let left = name + String(repeating: " ", count: max(11 - name.count, 1))
      let middle = work + String(repeating: " ", count: max(62 - work.count, 1))
      lines.append(left + middle + cells.map { pad($0, 14) }.joined())
    }
    func table(_ title: String, _ parts: [Part]) {
      row(
        title, "",
        ["multiply-adds", "element-wise", "bytes"] + (speed == nil ? [] : ["µs predicted"]))
      for part in parts {
        row(
          "  " + part.place.rawValue,
          (part.place == .walked ? "stage \(part.stage + 1): " : "") + part.work,
          [number(part.multiplyAdds), number(part.elementOperations), number(part.bytes)]
            + (speed.map { [microseconds(part.seconds(at: $0))] } ?? []))
      }
      row(
        "  all", "for each node",
        [
          number(parts.reduce(0) { $0 + $1.multiplyAdds }),
          number(parts.reduce(0) { $0 + $1.elementOperations }),
          number(parts.reduce(0) { $0 + $1.bytes }),
        ]
          + (speed.map { speed in
            [microseconds(parts.reduce(0) { $0 + $1.seconds(at: speed) })]
          } ?? []))
    }
    table("there", forward)
    table("back", backward)
    for reuse in reused {
      lines.append(
        "\(reuse.isBackward ? "back" : "there"): \(number(reuse.columns)) columns are written over "
          + "\(reuse.old.rawValue), which nobody reads any more")
    }
    lines.append(
      "rows for each node: \(number(forwardBytes)) bytes there, \(number(keptBytes)) of them kept for "
        + "the way back; \(number(backwardBytes)) more back")
    return lines.joined(separator: "\n")
  }
}
