internal import Tensors

extension Planner {
  /// Where a value is read from memory.
  func location(_ number: Int) -> Plan.View {
    let value = graph.values[number]
    if !value.isRow {
      return Plan.View(
        memory: .shared(number), rowStride: 0, columnStride: value.shape.count == 1 ? 0 : 1)
    }
    if let target = targets[number]?.first { return target }
    switch value.kind {
    case .leaf(.node(let array)): return nodeViews[array] ?? whole(.node(array), number)
    case .leaf(.before(let state, let slot)):
      var view = whole(.state(state), number)
      view.slot = slot
      return view
    case .leaf(.state(let state)): return whole(.state(state), number)
    case .leaf(.reaching(let state)): return whole(.reaching(state), number)
    case .leaf(.draw(let draw)): return whole(.draw(draw), number)
    case .leaf(.context(let context)): return whole(.context(context), number)
    case .operation(let slice as Slice):
      var part = location(value.inputs[0])
      part.column += slice.range.lowerBound
      part.columnStride = value.width == 1 ? 0 : 1
      return part
    default:
      fatalError("unfold: value \(number) of the plan was not kept")
    }
  }

  /// All columns of memory as wide as the value.
  private func whole(_ memory: Plan.Memory, _ number: Int) -> Plan.View {
    let width = graph.values[number].width
    return Plan.View(memory: memory, rowStride: width, columnStride: width == 1 ? 0 : 1)
  }

  /// Decides what is kept in memory, and where: what is read outside of the program that computes it, or by anything but
  /// element-wise work. All else lives in registers.
  mutating func findMemory(_ order: [Int]) throws(Unplannable) {
    // The next states are written where states are.
    if !isAdjoint {
      for goal in goals.carried {
        guard let state = goal.state?.number else { continue }
        targets[goal.value, default: []].append(whole(.state(state), goal.value))
      }
    }
    for number in graph.values.indices where isJoined(number) {
      // Parts may be computed at different times: each writes its columns when it is.
      let parts = graph.values[number].inputs
      let isWalked = parts.allSatisfy { phases[$0] == .walked }
      store(number, forAllNodes: need(of: number) == .allNodes || !isWalked)
      var column = 0
      for part in parts {
        guard !isSplit.contains(part) else {
          throw Unplannable(reason: "rows joined of a sum that is taken apart")
        }
        var view = location(number)
        view.column += column
        view.columnStride = graph.values[part].width == 1 ? 0 : 1
        targets[part, default: []].append(view)
        column += graph.values[part].width
      }
    }
    for number in order {
      let need = need(of: number)
      let places = targets[number] ?? []
      let isEverywhere = places.contains { view in
        if case .front = view.memory { false } else { true }
      }
      switch need {
      case .register where places.isEmpty && isProduct(number):
        if !isAccumulated(number) { store(number, forAllNodes: phases[number] != .walked) }
      case .register: break
      case .front where places.isEmpty: store(number, forAllNodes: phases[number] != .walked)
      case .front: break
      case .allNodes: if !isEverywhere { store(number, forAllNodes: true) }
      }
      // Where all nodes' rows are is where a value is read.
      if need == .allNodes,
        let all = targets[number]?.firstIndex(where: { view in
          if case .front = view.memory { false } else { true }
        })
      {
        targets[number]?.swapAt(0, all)
      }
      if isProduct(number), (targets[number]?.count ?? 0) > 1 {
        throw Unplannable(reason: "a product that is wanted in two places")
      }
    }
  }

  /// Whether a product is added straight to what reaches a predecessor's state or a sequence.
  func isAccumulated(_ number: Int) -> Bool {
    isProduct(number) && phases[number] == .walked && useCounts[number] == 1
      && terms.contains { $0.value == number }
  }

  private enum Need: Int { case register, front, allNodes }

  private func need(of number: Int) -> Need {
    var need = Need.register
    func raise(_ to: Need) { if to.rawValue > need.rawValue { need = to } }
    if goals.rows.contains(number) || goals.sums.contains(number) { raise(.allNodes) }
    for term in terms where term.value == number {
      if phases[number] != .walked { raise(.allNodes) }
    }
    for reader in readers[number] {
      if isSplit.contains(reader) { continue }
      if isSliced(reader) {
        raise(.front)
        let beyond = self.need(of: reader)
        if beyond == .allNodes { raise(.allNodes) }
        if readers[reader].contains(where: { phases[$0] != phases[number] && !isSliced($0) }) {
          raise(.allNodes)
        }
        continue
      }
      if isJoined(reader) { continue }
      if phases[reader] != phases[number] {
        raise(.allNodes)
      } else if isJoined(number) || isProduct(reader) || stageOf[reader] != stageOf[number]
        || isProduct(number)
      {
        raise(.front)
      }
    }
    return need
  }

  /// Gives a value memory of its own, for one front or for all nodes.
  private mutating func store(_ number: Int, forAllNodes: Bool) {
    let width = graph.values[number].width
    if forAllNodes { rowWidths[number] = width } else { frontWidths[number] = width }
    let memory: Plan.Memory = forAllNodes ? .rows(number) : .front(number)
    targets[number, default: []].insert(whole(memory, number), at: 0)
  }

  // MARK: Places

  /// What is written where a value is kept, and at which column: the value, or the rows that it is joined of.
  func parts(of number: Int) -> [(value: Int, column: Int)] {
    guard isJoined(number) else { return [(number, 0)] }
    var column = 0
    return graph.values[number].inputs.map { part in
      defer { column += graph.values[part].width }
      return (part, column)
    }
  }

  /// Where a value is kept; none for one that lives in registers.
  func places(of number: Int) -> [MemoryColumns] {
    let value = graph.values[number]
    guard value.isRow else { return [] }
    if let views = targets[number] {
      return views.compactMap { MemoryColumns($0, width: value.width) }
    }
    if value.leaf != nil {
      return MemoryColumns(location(number), width: value.width).map { [$0] } ?? []
    }
    guard let slice = value.operation(Slice.self) else { return [] }
    return places(of: value.inputs[0]).map { $0.part(slice.range.lowerBound, value.width) }
  }

  /// Gives up a value's own memory for columns of another's.
  mutating func move(_ number: Int, to place: MemoryColumns) {
    rowWidths[number] = nil
    reusedWidths[place.memory, default: 0] += place.columns.count
    for value in Set(parts(of: number).map(\.value) + [number]) {
      targets[value] = targets[value]?.map { view in
        guard view.memory == .rows(number) else { return view }
        return Plan.View(
          memory: place.memory, column: place.columns.lowerBound + view.column,
          rowStride: place.rowStride, columnStride: view.columnStride)
      }
    }
  }
}
