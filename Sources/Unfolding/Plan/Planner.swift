internal import CKernels
internal import Tensors

/// Makes a plan of a simplified graph.
///
/// - *Hoist*: what no predecessor's state is needed for is computed for all nodes before the walk.
/// - *Sink*: what no other node's state needs is computed for all nodes after it; sums over nodes come last.
/// - *Fuse*: element-wise work between two products is one program over tiles.
/// - The rest is walked, in stages that a barrier parts: within a stage a thread reads only what it wrote itself.
struct Planner {
  /// A value that is a node's next state, or in an adjoint one that is added to what reaches a predecessor's state or
  /// a sequence.
  struct Carried {
    let value: Int
    let target: Target

    enum Target: Hashable {
      /// The state of that number: the node's own, or in an adjoint that of the predecessor in a slot.
      case state(Int, slot: Int)
      /// In an adjoint: what belongs to the node's sequence.
      case context(Int)
    }

    /// A state's number and slot.
    var state: (number: Int, slot: Int)? {
      if case .state(let number, let slot) = target { (number, slot) } else { nil }
    }
  }

  /// What a graph is computed for.
  struct Goals {
    /// In a forward step the next state of each number; in an adjoint what is added to the predecessor's, or to what
    /// belongs to the sequence. Values that ``Graph/writable(_:)`` gave, or products.
    var carried: [Carried]
    /// Values wanted as rows of all nodes.
    var rows: [Int]
    /// Sums over all nodes that are wanted, and what is computed from them.
    var sums: [Int]
  }

  enum Phase: Int { case shared, hoisted, walked, sunk, last }

  let graph: Graph
  let isAdjoint: Bool
  let goals: Goals
  /// How node arrays lie in memory that are parts of wider ones, made for this plan alone: it may write over them.
  let nodeViews: [Int: Plan.View]
  var phases: [Phase] = []
  /// Who reads each value.
  private(set) var readers: [[Int]]
  /// How often each value is read or wanted.
  private(set) var useCounts: [Int]
  /// In an adjoint: what is added to what reaches a predecessor's state or a sequence, term by term.
  private(set) var terms: [Carried] = []
  /// Sums of terms, which need not be computed.
  private(set) var isSplit: Set<Int> = []

  /// Products of two factors by the only sum that reads each: one multiply-add, wherever the sum is. So an element is
  /// rounded as often in any plan that the same work is a part of.
  private(set) var multiplyAdds: [Int: Int] = [:]

  /// Rows that are far wider than what they are made of.
  private(set) var spread: Set<Int> = []

  /// Products of rows that are left to sums over all nodes.
  var putOff: Set<Int> = []

  /// Whether cheap rows wait for the stage that reads them.
  var sinksCheap = true

  /// The stage or pass in which a value is computed, within its phase.
  var stageOf: [Int: Int] = [:]
  /// Where a stored value is written; the first is also where it is read.
  var targets: [Int: [Plan.View]] = [:]
  var rowWidths: [Int: Int] = [:]
  var frontWidths: [Int: Int] = [:]
  /// What the walk consists of, if it is no more than that.
  private var linear: [Linear] = []
  /// Columns of each array that were given to values which have none of their own.
  var reusedWidths: [Plan.Memory: Int] = [:]

  static func plan(
    _ graph: Graph, isAdjoint: Bool, goals: Goals, nodeViews: [Int: Plan.View] = [:]
  ) throws(Unplannable) -> Plan {
    func plan(sinksCheap: Bool) throws(Unplannable) -> Plan {
      var planner = Planner(graph, isAdjoint: isAdjoint, goals: goals, nodeViews: nodeViews)
      planner.sinksCheap = sinksCheap
      return try planner.plan()
    }
    let dense = try plan(sinksCheap: true)
    if dense.mostViews <= Int(UNFOLD_WALK_VIEWS) { return dense }
    // What waits for its reader looks at its own operands there.
    let loose = try plan(sinksCheap: false)
    guard loose.mostViews <= Int(UNFOLD_WALK_VIEWS) else {
      throw Unplannable(reason: "a program that looks at too many rows of memory")
    }
    return loose
  }

  private init(_ graph: Graph, isAdjoint: Bool, goals: Goals, nodeViews: [Int: Plan.View]) {
    self.nodeViews = nodeViews
    self.graph = graph
    self.isAdjoint = isAdjoint
    self.goals = goals
    readers = Array(repeating: [], count: graph.values.count)
    for (number, value) in graph.values.enumerated() {
      for input in value.inputs { readers[input].append(number) }
    }
    useCounts = readers.map(\.count)
    for value in goals.carried.map(\.value) + goals.rows + goals.sums { useCounts[value] += 1 }
    if isAdjoint {
      for goal in goals.carried { split(goal) }
    }
    for (number, value) in graph.values.enumerated() where value.isRow {
      guard value.operation(Binary.self)?.function == .add, !isSplit.contains(number) else {
        continue
      }
      if let factor = Self.factor(of: number, in: graph, useCounts) {
        multiplyAdds[factor] = number
      }
    }
  }

  /// The operand of a sum that is multiplied and added at once.
  ///
  /// Of two it is the product with a predecessor's state, if there is one: the other can then be computed beforehand.
  static func factor(of sum: Int, in graph: Graph, _ useCounts: [Int]) -> Int? {
    let products = graph.values[sum].inputs.filter { input in
      useCounts[input] == 1 && graph.values[input].isRow
        && graph.values[input].operation(Binary.self)?.function == .multiply
        && graph.values[input].width == graph.values[sum].width
    }
    let ofState = products.first { product in
      graph.values[product].inputs.contains { input in
        if case .before = graph.values[input].leaf { true } else { false }
      }
    }
    return ofState ?? products.first
  }

  private mutating func split(_ goal: Carried) {
    let value = goal.value
    if graph.values[value].operation(Binary.self)?.function == .add, useCounts[value] == 1,
      graph.values[value].inputs.allSatisfy({
        graph.values[$0].isRow && graph.values[$0].width == graph.values[value].width
      })
    {
      isSplit.insert(value)
      for input in graph.values[value].inputs {
        split(.init(value: input, target: goal.target))
      }
    } else {
      terms.append(goal)
    }
  }

  private mutating func plan() throws(Unplannable) -> Plan {
    findSpread()
    findPhases()
    let order = graph.values.indices.filter { isComputed($0) && !isSplit.contains($0) }
    var schedules: [Phase: Schedule] = [:]
    for phase in [Phase.hoisted, .walked, .sunk] {
      schedules[phase] = schedule(order.filter { phases[$0] == phase }, isWalk: phase == .walked)
    }
    try findMemory(order)
    PlaceReuse.apply(to: &self, &schedules)

    var plan = Plan(graph: graph, isDescending: isAdjoint)
    plan.sharedValues = graph.values.indices.filter {
      phases[$0] == .shared && graph.values[$0].leaf == nil
    }
    plan.hoisted = passes(schedules[.hoisted, default: .init()])
    plan.stages = stages(schedules[.walked, default: .init()])
    plan.passedOn = Plan.passedOn(in: plan.stages)
    plan.scans = scans(linear)
    plan.sunk = passes(schedules[.sunk, default: .init()])
    plan.lastValues = graph.values.indices.filter {
      phases[$0] == .last && !putOff.contains($0)
    }
    findSums(&plan)
    plan.rowOutputs = goals.rows.map(location)
    plan.rowWidths = rowWidths
    plan.frontWidths = frontWidths
    plan.reusedWidths = reusedWidths
    return plan
  }

  // MARK: Hoist and sink

  /// Whether a leaf is what another node's step makes. What reaches a state that no step reads is known before the walk
  /// back.
  func isRecurrent(_ leaf: Graph.Leaf) -> Bool {
    switch leaf {
    case .before: !isAdjoint
    case .reaching(let state): isAdjoint && goals.carried.contains { $0.state?.number == state }
    default: false
    }
  }

  /// Whether other nodes wait for what is carried: a state that no step reads can be found after the walk.
  private func isAwaited(_ goal: Carried) -> Bool {
    guard !isAdjoint, let state = goal.state?.number else { return true }
    return graph.reads(state: state)
  }

  /// Whether a leaf is known only while the nodes are walked.
  private func isWalkedLeaf(_ leaf: Graph.Leaf) -> Bool {
    if case .context = leaf { return true }
    return isRecurrent(leaf)
  }

  /// Whether a value reads rows of sequences.
  private func readsContext(_ number: Int) -> Bool {
    graph.values[number].inputs.contains { input in
      if case .context = graph.values[input].leaf { return true }
      return isSliced(input) && readsContext(input)
    }
  }

  private mutating func findPhases() {
    let values = graph.values
    var depends = Array(repeating: false, count: values.count)
    var isLast = depends
    for (number, value) in values.enumerated() {
      depends[number] = value.leaf.map(isWalkedLeaf) ?? value.inputs.contains { depends[$0] }
      isLast[number] = graph.isContraction(number) || value.inputs.contains { isLast[$0] }
    }
    var isWalked = Array(repeating: false, count: values.count)
    for goal in goals.carried where isAwaited(goal) { isWalked[goal.value] = true }
    // Rows of sequences are at hand in the walk, where a row is a lane.
    let ofSequences = values.indices.filter { readsContext($0) && isComputed($0) }
    for number in ofSequences {
      isWalked[number] = true
      if let sum = multiplyAdds[number] { isWalked[sum] = true }
    }
    for number in values.indices.reversed() where isWalked[number] {
      for input in values[number].inputs { isWalked[input] = true }
    }
    // A scan does nothing else.
    linear = ofSequences.isEmpty ? linearRecurrences(depends) : []
    // What is added up for sequences is added when it is made: not kept for all nodes until then.
    let added = Set(
      terms.compactMap { term -> Int? in
        if case .context = term.target { term.value } else { nil }
      })
    phases = values.indices.map { number in
      if isLast[number] { return .last }
      if !values[number].isRow { return .shared }
      if added.contains(number), values[number].leaf == nil { return .walked }
      if !depends[number] { return .hoisted }
      return isWalked[number] ? .walked : .sunk
    }
    // Joined rows are made where their last part is.
    for (number, value) in values.enumerated() where value.operation(Concatenate.self) != nil {
      guard value.isRow,
        let last = value.inputs.map({ phases[$0] }).max(by: { $0.rawValue < $1.rawValue })
      else { continue }
      phases[number] = last
    }
    // What is cheap is not worth a pass over all nodes of its own, nor what is far wider than what it is made of the
    // memory: it is computed where it is read.
    let wanted = Set(goals.rows + goals.carried.map(\.value))
    for number in values.indices.reversed() where phases[number] == .hoisted {
      guard isComputed(number), !wanted.contains(number), let first = readers[number].first else {
        continue
      }
      let isPart = readers[number].allSatisfy { values[$0].operation(Concatenate.self) != nil }
      let isSpread = spread.contains(number)
      guard values[number].isCheap || isPart || isOfState(number) || isSpread else { continue }
      // A scan reads nothing but its operands.
      if !linear.isEmpty, readers[number].contains(where: { phases[$0] == .walked }) { continue }
      let phase = readers[number].reduce(phases[first]) {
        phases[$1].rawValue < $0.rawValue ? phases[$1] : $0
      }
      if phase == .walked || phase == .sunk { phases[number] = phase }
    }
    // What is made of far wider rows of the walk is made there, not of all nodes' rows after it.
    for (number, value) in values.enumerated() where phases[number] == .sunk {
      let isNarrow = value.inputs.contains { input in
        phases[input] == .walked && isComputed(input)
          && values[input].width >= Graph.wide * value.width
      }
      let isReady = value.inputs.allSatisfy { phases[$0].rawValue <= Phase.walked.rawValue }
      if isNarrow, isReady { phases[number] = .walked }
    }
    for (factor, sum) in multiplyAdds { phases[factor] = phases[sum] }
    putOffProducts()
  }

  /// Whether a row takes work: leaves, slices and joined rows are only looked at in another way.
  func isComputed(_ number: Int) -> Bool {
    let value = graph.values[number]
    guard value.isRow, case .operation(let operation) = value.kind else { return false }
    return !(operation is Slice) && !(operation is Concatenate)
  }

  /// Whether a value is a function of the node's own state, which is read where it is.
  private func isOfState(_ number: Int) -> Bool {
    guard graph.values[number].operation(Unary.self) != nil,
      case .state = graph.values[graph.values[number].inputs[0]].leaf
    else { return false }
    return true
  }

  /// Rows that are far wider than those they are spread from, and what is computed of them element by element.
  private mutating func findSpread() {
    for (number, value) in graph.values.enumerated() where isComputed(number) {
      let isOfSpread =
        !isProduct(number) && !isReduction(number) && value.inputs.contains(where: spread.contains)
      if graph.isSpread(number) || isOfSpread { spread.insert(number) }
    }
  }

  /// Whether a value is a product with a shared matrix.
  func isWeighted(_ number: Int) -> Bool {
    graph.values[number].operation(MatrixProduct.self) != nil
  }
  /// Whether a value is a product of rows.
  func isRowProduct(_ number: Int) -> Bool {
    graph.values[number].operation(RowProduct.self) != nil
  }
  /// Whether a value is a product, which reads and writes memory.
  func isProduct(_ number: Int) -> Bool { isWeighted(number) || isRowProduct(number) }
  func isReduction(_ number: Int) -> Bool { graph.values[number].operation(Reduce.self) != nil }
  func isJoined(_ number: Int) -> Bool {
    graph.values[number].isRow && graph.values[number].operation(Concatenate.self) != nil
  }
  func isSliced(_ number: Int) -> Bool {
    graph.values[number].isRow && graph.values[number].operation(Slice.self) != nil
  }

  /// The computed values that are read when `number` is.
  func sources(_ number: Int) -> [Int] {
    if isSliced(number) { return sources(graph.values[number].inputs[0]) }
    if isJoined(number) { return graph.values[number].inputs.flatMap(sources) }
    return isComputed(number) ? [number] : []
  }
}
