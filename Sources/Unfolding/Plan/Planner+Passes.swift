internal import Tensors

extension Planner {
  // MARK: Over all nodes

  /// A phase as passes over all nodes.
  func passes(_ schedule: Schedule) -> [Plan.Pass] {
    schedule.stages.flatMap { stage -> [Plan.Pass] in
      if stage.kind == .product {
        return stage.values.map { number in
          rowProduct(number, output: { location(number) }).map(Plan.Pass.rowProduct)
            ?? .product(
              product(number, output: location(number), columns: 0..<graph.values[number].width))
        }
      }
      return [.program(program(stage.values, range: range(of: stage.values)))]
    }
  }

  private func program(_ values: [Int], range: Int?, stores: [ProgramBuilder.Store] = [])
    -> TileProgram
  {
    ProgramBuilder.program(
      graph, useCounts: useCounts, range: range, values: values, targets: targets, stores: stores,
      location: location)
  }

  private func product(
    _ number: Int, output: Plan.View, columns: Range<Int>, accumulates: Bool = false
  ) -> Plan.Product {
    let inputs = graph.values[number].inputs
    let operation = graph.values[number].operation(MatrixProduct.self)
    return Plan.Product(
      left: location(inputs[0]), right: inputs[1], isTransposed: operation?.transposeRight ?? false,
      columns: columns, inner: graph.values[inputs[0]].width, output: output,
      accumulates: accumulates, isChained: isChained(number))
  }

  private func rowProduct(
    _ number: Int, output: () -> Plan.View, accumulates: Bool = false
  ) -> Plan.MatrixRows? {
    graph.values[number].operation(RowProduct.self).map { shape in
      let inputs = graph.values[number].inputs
      return Plan.MatrixRows(
        shape: shape, left: location(inputs[0]), right: location(inputs[1]), output: output(),
        accumulates: accumulates)
    }
  }

  /// Where a product of the walk is written, or added to what is carried.
  private func output(_ number: Int) -> Plan.View {
    let term = isAccumulated(number) ? terms.first { $0.value == number } : nil
    return term.map(carriedView) ?? location(number)
  }

  /// Whether a product is the recurrence itself: of the predecessors' states, with nothing but element-wise work before
  /// it and no input of the node's, or of what the walk back carries.
  ///
  /// Matrix tiles, which take floats apart, are the fastest way to multiply many rows, and vectors the fastest to
  /// multiply one. Recurrent products have as few rows as there are sequences; the others mostly have all nodes'. Which
  /// way it is must not depend on the number of rows, nor, in the step forward, on whether layers are run one by one or
  /// as one step, where a layer's input is what the one below has made: bits would. (A layer below without any product,
  /// such as a delay, is the exception.)
  func isChained(_ number: Int) -> Bool {
    if isAdjoint && phases[number] != .walked { return false }
    var pending = [graph.values[number].inputs[0]], isRecurrent = false
    var seen: Set<Int> = []
    while let value = pending.popLast() {
      guard seen.insert(value).inserted else { continue }
      if isProduct(value) { return false }
      if !isAdjoint, case .node = graph.values[value].leaf { return false }
      isRecurrent = isRecurrent || graph.values[value].leaf.map(self.isRecurrent) ?? false
      pending += graph.values[value].inputs
    }
    return isRecurrent
  }

  // MARK: The walk

  /// The walk as stages.
  func stages(_ schedule: Schedule) -> [Plan.Stage] {
    // What is added to the predecessors' is added in the stage that computes it, or the next that can.
    var stores: [Int: [ProgramBuilder.Store]] = [:]
    for term in terms where !isAccumulated(term.value) {
      let width = graph.values[term.value].width
      let made = sources(term.value).compactMap { phases[$0] == .walked ? stageOf[$0] : nil }.max()
      let stage = schedule.stages.indices.first { index in
        index >= made ?? 0 && takes(width, schedule.stages[index])
      }
      stores[stage ?? -1, default: []].append(
        .init(value: term.value, view: carriedView(term), adds: true))
    }
    var stages: [Plan.Stage] = []
    for (index, scheduled) in schedule.stages.enumerated() {
      let programmed = scheduled.values.filter { !isProduct($0) }
      let stored = stores.removeValue(forKey: index) ?? []
      let columns = if case .columns(let columns) = scheduled.kind { columns } else { Int?.none }
      let range = columns ?? range(of: programmed, stores: stored)
      var stage = Plan.Stage(isByRows: columns == nil, columns: range ?? 1)
      stage.rowProducts = scheduled.values.compactMap { number in
        rowProduct(number, output: { output(number) }, accumulates: isAccumulated(number))
      }
      for number in scheduled.values where isWeighted(number) {
        let width = columns ?? graph.values[number].width
        var output = output(number)
        for start in stride(from: 0, to: graph.values[number].width, by: width) {
          stage.products.append(
            product(
              number, output: output, columns: start..<start + width,
              accumulates: isAccumulated(number)))
          output.column += width
        }
      }
      if !programmed.isEmpty || !stored.isEmpty {
        stage.program = program(programmed, range: range, stores: stored)
      }
      stages.append(stage)
    }
    // What reaches a predecessor without being computed in the walk.
    for stored in stores.sorted(by: { $0.key < $1.key }).map(\.value) {
      var stage = Plan.Stage(isByRows: true, columns: 1)
      stage.program = program([], range: nil, stores: stored)
      stages.append(stage)
    }
    if let last = stages.indices.last, canPassFronts(stages, schedule) {
      stages[last].hasBarrier = false
    }
    return stages
  }

  /// Whether a program of the stage can store rows of so many columns.
  private func takes(_ width: Int, _ stage: Schedule.Stage) -> Bool {
    if case .columns(let columns) = stage.kind { columns == width } else { true }
  }

  /// Where a term is added to what reaches the predecessor's state or the sequence.
  private func carriedView(_ term: Carried) -> Plan.View {
    let width = graph.values[term.value].width, columnStride = width == 1 ? 0 : 1
    switch term.target {
    case .state(let number, let slot):
      return Plan.View(
        memory: .reaching(number), slot: slot, rowStride: width, columnStride: columnStride)
    case .context(let number):
      return Plan.View(
        memory: .contextSum(number), rowStride: width, columnStride: columnStride)
    }
  }

  /// Whether a thread may go on to the next front without waiting: what the first stage reads there of what the last one
  /// writes here is all its own.
  private func canPassFronts(_ stages: [Plan.Stage], _ schedule: Schedule) -> Bool {
    guard stages.count == schedule.stages.count, let first = stages.first, let last = stages.last,
      !first.isByRows, !last.isByRows, first.columns == last.columns
    else { return false }
    // States are read by their predecessors' rows, and what reaches nodes by their own: both were written by the front
    // before. Whoever reads a whole row of them needs the others' columns too.
    func isCarried(_ view: Plan.View) -> Bool {
      switch view.memory {
      case .state: !isAdjoint
      case .reaching: isAdjoint
      default: false
      }
    }
    return first.products.allSatisfy { !isCarried($0.left) }
      && (first.program?.views ?? []).allSatisfy { view in
        !isCarried(view)
          || view.rowStride == first.columns && (view.columnStride == 1 || view.rowStride == 1)
      }
  }
}
