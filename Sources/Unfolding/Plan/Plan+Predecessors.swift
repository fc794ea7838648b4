internal import Tensors

extension Plan {
  /// The stages of one front in two parts, each in order: what depends on the predecessors alone, and on what belongs to
  /// sequences, comes first. Where several nodes have one predecessor, it is the same for all of them.
  struct PredecessorsFirst {
    /// What depends on the predecessors alone.
    fileprivate(set) var first: [Stage] = []
    fileprivate(set) var rest: [Stage] = []
    /// Rows that the first part makes and that the second reads, or that are states.
    fileprivate(set) var made: [MemoryColumns] = []
    /// The states whose predecessors' rows the second part reads.
    fileprivate(set) var states: Set<Int> = []
  }

  /// Parts the stages of one front.
  ///
  /// - Parameter stages: Of ``singleFront(hoistsAhead:)``.
  /// - Returns: Them in another order, in which each value is computed from the same ones.
  func predecessorsFirst(_ stages: [Stage]) -> PredecessorsFirst {
    var division = PredecessorDivision()
    for stage in stages { division.add(stage) }
    return division.finish()
  }
}

/// Parts stages one after the other into what depends on predecessors alone and the rest.
private struct PredecessorDivision {
  private var parted = Plan.PredecessorsFirst()
  /// What the first part has written so far, and what the rest has written and read.
  private var written: [MemoryColumns] = []
  private var writtenByRest: [MemoryColumns] = []
  private var readByRest: [MemoryColumns] = []

  /// What a product or a program reads and writes of a row.
  private struct Access {
    var reads: [(view: Plan.View, width: Int)] = []
    var writes: [(view: Plan.View, width: Int)] = []
  }

  mutating func add(_ stage: Plan.Stage) {
    var first = Plan.Stage(isByRows: stage.isByRows, columns: stage.columns)
    var rest = first
    for product in stage.products {
      if takes(access(product)) {
        first.products.append(product)
      } else {
        rest.products.append(product)
      }
    }
    for product in stage.rowProducts {
      if takes(access(product)) {
        first.rowProducts.append(product)
      } else {
        rest.rowProducts.append(product)
      }
    }
    if let program = stage.program {
      if takes(access(program)) { first.program = program } else { rest.program = program }
    }
    if !first.isEmpty { parted.first.append(first) }
    if !rest.isEmpty { parted.rest.append(rest) }
  }

  consuming func finish() -> Plan.PredecessorsFirst {
    // Whoever is done waits for the others at the end of the walk anyway.
    if let last = parted.first.indices.last { parted.first[last].hasBarrier = false }
    if let last = parted.rest.indices.last { parted.rest[last].hasBarrier = false }
    parted.made = written.filter { made in
      if case .state = made.memory { return true }
      return readByRest.contains { $0.overlaps(made) }
    }
    return parted
  }

  /// Whether something can be done first; it has been taken down with its part then.
  private mutating func takes(_ access: Access) -> Bool {
    let isFirst =
      access.reads.allSatisfy { isKnown($0.view, $0.width) }
      && access.writes.allSatisfy { isFree($0.view, $0.width) }
    if isFirst {
      written += access.writes.compactMap { MemoryColumns($0.view, width: $0.width) }
      return true
    }
    for (view, width) in access.reads {
      if case .state(let number) = view.memory, view.slot != nil { parted.states.insert(number) }
      if let columns = MemoryColumns(view, width: width) { readByRest.append(columns) }
    }
    writtenByRest += access.writes.compactMap { MemoryColumns($0.view, width: $0.width) }
    return false
  }

  /// Whether the first part knows what is read.
  private func isKnown(_ view: Plan.View, _ width: Int) -> Bool {
    switch view.memory {
    case .shared, .context: return true
    case .state where view.slot != nil: return true
    case .rows, .front, .state:
      guard let columns = MemoryColumns(view, width: width),
        !writtenByRest.contains(where: columns.overlaps)
      else { return false }
      var missing = [columns.columns]
      for known in written where known.memory == columns.memory {
        missing = missing.flatMap { part in
          [
            part.lowerBound..<max(part.lowerBound, min(part.upperBound, known.columns.lowerBound)),
            min(part.upperBound, max(part.lowerBound, known.columns.upperBound))..<part.upperBound,
          ].filter { !$0.isEmpty }
        }
      }
      return missing.isEmpty
    case .node, .reaching, .draw, .contextSum: return false
    }
  }

  /// Whether nothing of the rest, which would come earlier, reads or writes what is written.
  private func isFree(_ view: Plan.View, _ width: Int) -> Bool {
    guard let columns = MemoryColumns(view, width: width) else { return false }
    return !(readByRest + writtenByRest).contains(where: columns.overlaps)
  }

  private func access(_ product: Plan.Product) -> Access {
    let output = (product.output, product.columns.count)
    return Access(
      reads: [(product.left, product.inner)] + (product.accumulates ? [output] : []),
      writes: [output])
  }

  private func access(_ product: Plan.MatrixRows) -> Access {
    let shape = product.shape
    let output = (product.output, shape.rows * shape.columns)
    return Access(
      reads: [
        (product.left, shape.rows * shape.inner), (product.right, shape.inner * shape.columns),
      ] + (product.accumulates ? [output] : []), writes: [output])
  }

  private func access(_ program: TileProgram) -> Access {
    func touched(_ widths: [Int]) -> [(view: Plan.View, width: Int)] {
      zip(program.views, widths).filter { $1 > 0 }.map { (view: $0, width: $1) }
    }
    return Access(reads: touched(program.read), writes: touched(program.written))
  }
}

extension Plan.Stage {
  fileprivate var isEmpty: Bool { products.isEmpty && rowProducts.isEmpty && program == nil }
}
