internal import Tensors

extension Planner {
  /// The order of a phase's work.
  struct Schedule {
    enum Kind: Equatable {
      /// Threads part so many columns. Products may come first.
      case columns(Int)
      /// Threads part the rows: for what looks at whole rows.
      case rows
      /// A product over all nodes, by a kernel of its own.
      case product
    }

    struct Stage {
      let kind: Kind
      var values: [Int] = []
    }

    var stages: [Stage] = []
  }

  /// Puts each value into the first stage where all that it reads is there; but wide rows only where they are first read,
  /// that they need not be kept until then.
  mutating func schedule(_ values: [Int], isWalk: Bool) -> Schedule {
    var schedule = Schedule()
    let mine = Set(values)
    // A factor is computed with its sum.
    let factors = Dictionary(
      multiplyAdds.filter { mine.contains($0.key) && mine.contains($0.value) }.map { ($1, $0) },
      uniquingKeysWith: { first, _ in first })
    func inputs(_ number: Int) -> [Int] {
      let factor = factors[number]
      return graph.values[number].inputs.filter { $0 != factor }
        + (factor.map { graph.values[$0].inputs } ?? [])
    }
    func place(_ number: Int, from first: Int) {
      // What it reads and has been put off, not before anything else that it reads.
      let sources = inputs(number).flatMap(sources).filter(mine.contains)
      let known = sources.compactMap { stageOf[$0] }.max() ?? 0
      for source in sources where stageOf[source] == nil { place(source, from: max(first, known)) }
      let kinds = possibleKinds(number, isWalk)
      let chosen = schedule.stages.indices.first { index in
        index >= first && kinds.accepts(schedule.stages[index].kind)
          && goesTogether(number, schedule.stages[index].values)
          && inputs(number).allSatisfy { input in
            self.sources(input).allSatisfy { source in
              guard mine.contains(source), let made = stageOf[source] else { return true }
              return made < index
                || made == index
                  && isAligned(number, reading: input, of: source, schedule.stages[index].kind)
            }
          }
      }
      let stage = chosen ?? schedule.stages.count
      if chosen == nil { schedule.stages.append(.init(kind: kinds.preferred)) }
      for value in [factors[number], number].compactMap({ $0 }) {
        schedule.stages[stage].values.append(value)
        stageOf[value] = stage
      }
    }
    let all = values.filter { multiplyAdds[$0].map(mine.contains) != true }
    for number in all where !isWalk || !spread.contains(number) { place(number, from: 0) }
    for number in all where stageOf[number] == nil { place(number, from: 0) }
    if sinksCheap { sinkCheap(&schedule, factors) }
    return schedule
  }

  /// Puts cheap rows off until the stage shared by rows that first reads them, where they are made of nothing but what was in
  /// memory before the phase: it costs less to read that there than to write them down until then. What is made of a product
  /// is not put off; the thread that has just made its columns has them at hand.
  private mutating func sinkCheap(_ schedule: inout Schedule, _ factors: [Int: Int]) {
    let mine = Set(schedule.stages.flatMap(\.values))
    let goals = Set(goals.carried.map(\.value) + goals.rows + goals.sums + terms.map(\.value))
    let sums = Dictionary(factors.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    // By what they read, in order; then where they are read, from the last.
    var isOfMemory: Set<Int> = []
    for number in mine.sorted() where graph.values[number].isCheap && !isProduct(number) {
      let made = graph.values[number].inputs.flatMap(sources).filter(mine.contains)
      if made.allSatisfy(isOfMemory.contains) { isOfMemory.insert(number) }
    }
    for number in mine.sorted(by: >) where isOfMemory.contains(number) && sums[number] == nil {
      let readers = computedReaders(number).filter(mine.contains)
      guard !goals.contains(number), factors[number].map(isOfMemory.contains) != false,
        let made = stageOf[number], let first = readers.compactMap({ stageOf[$0] }).min(),
        first > made, schedule.stages[first].kind == .rows,
        readers.allSatisfy({ stageOf[$0] != first || !isProduct($0) }),
        goesTogether(number, schedule.stages[first].values)
      else { continue }
      let moved = [factors[number], number].compactMap { $0 }
      schedule.stages[made].values.removeAll(where: moved.contains)
      schedule.stages[first].values.insert(contentsOf: moved, at: 0)
      for value in moved { stageOf[value] = first }
    }
    schedule.stages.removeAll(where: \.values.isEmpty)
    for (index, stage) in schedule.stages.enumerated() {
      for value in stage.values { stageOf[value] = index }
    }
  }

  /// The values that are computed of a row: those that read it, whole or in part, or joined with others.
  private func computedReaders(_ number: Int) -> [Int] {
    readers[number].flatMap { isSliced($0) || isJoined($0) ? computedReaders($0) : [$0] }
  }

  /// The columns of which the tiles of a program take a share, by what it computes and what it stores besides; `nil` where it
  /// takes whole rows.
  func range(of values: [Int], stores: [ProgramBuilder.Store] = []) -> Int? {
    let widths = Set((values + stores.map(\.value)).map { graph.values[$0].width })
    let mine = Set(values)
    // Columns of a part, or of one of the rows that are joined, are others of the whole.
    func readsOtherColumns(_ number: Int) -> Bool {
      (isSliced(number) || isJoined(number)) && sources(number).contains(where: mine.contains)
    }
    let takesWholeRows = values.contains { value in
      isReduction(value) || graph.values[value].inputs.contains(where: readsOtherColumns)
    }
    return widths.count == 1 && !takesWholeRows ? widths.first : nil
  }

  /// Whether a value may be in a stage with others: a program of wide rows alone need not take them whole.
  private func goesTogether(_ number: Int, _ others: [Int]) -> Bool {
    guard !isProduct(number) else { return true }
    let programmed = others.filter { !isProduct($0) }
    guard spread.contains(number) || programmed.contains(where: spread.contains) else {
      return true
    }
    let width = graph.values[number].width
    return !isReduction(number)
      && programmed.allSatisfy { graph.values[$0].width == width && !isReduction($0) }
  }

  private struct Kinds {
    let preferred: Schedule.Kind
    let acceptsRows: Bool
    func accepts(_ kind: Schedule.Kind) -> Bool {
      kind == preferred || acceptsRows && kind == .rows
    }
  }

  private func possibleKinds(_ number: Int, _ isWalk: Bool) -> Kinds {
    let width = graph.values[number].width
    if isRowProduct(number) {
      return Kinds(preferred: isWalk ? .rows : .product, acceptsRows: false)
    }
    if isProduct(number) {
      return Kinds(
        preferred: isWalk ? .columns(unit(of: number)) : .product, acceptsRows: false)
    }
    if !isWalk || isReduction(number) || width == 1 {
      return Kinds(preferred: .rows, acceptsRows: true)
    }
    return Kinds(preferred: .columns(width), acceptsRows: true)
  }

  /// The columns of a product that belong together: those of a gate, where all readers take gates.
  func unit(of product: Int) -> Int {
    let width = graph.values[product].width
    let parts = readers[product].filter(isSliced).compactMap {
      graph.values[$0].operation(Slice.self)?.range
    }
    guard let unit = parts.first?.count, width % unit == 0,
      parts.allSatisfy({ $0.count == unit && $0.lowerBound % unit == 0 })
    else { return width }
    return unit
  }

  /// Whether a thread that computes its share of `number` reads of `source` only what it has computed itself.
  private func isAligned(
    _ number: Int, reading input: Int, of source: Int, _ kind: Schedule.Kind
  ) -> Bool {
    switch kind {
    case .product: return false
    // Programs come after the products of rows.
    case .rows: return isRowProduct(number) ? isRowProduct(source) : !isProduct(number)
    case .columns(let columns):
      if isProduct(number) || isReduction(source) { return false }
      if isJoined(input) { return false }
      return graph.values[input].width == columns
        && (isProduct(source) ? unit(of: source) : graph.values[source].width) == columns
    }
  }
}
