internal import Tensors

/// Finds values that can be written over others which are read no more, so that a plan takes less memory: a gate over
/// the product that it is made of, what reaches a gate over the gate.
///
/// A value is written over another where all that reads the other comes first: an earlier phase, an earlier stage, or
/// the same program, in which it reads the very columns that the thread goes on to write. Nobody reads another node's
/// rows of what is kept so.
struct PlaceReuse {
  private var planner: Planner
  private var schedules: [Planner.Phase: Planner.Schedule]
  /// Arrays that may be written over.
  private let given: Set<Plan.Memory>
  /// For each value written over another, what its program has to do first.
  private var first: [Int: Set<Int>] = [:]
  /// For each sum the product of two factors that is computed with it.
  private let factors: [Int: Int]
  /// Who is kept in each memory, and where.
  private var tenants: [Plan.Memory: [(value: Int, place: MemoryColumns)]] = [:]

  /// Reuses what can be: moves values of `planner`, and puts programs of `schedules` in an order in which that is right.
  static func apply(
    to planner: inout Planner, _ schedules: inout [Planner.Phase: Planner.Schedule]
  ) {
    var reuse = PlaceReuse(planner, schedules)
    reuse.run()
    (planner, schedules) = (reuse.planner, reuse.schedules)
  }

  private init(_ planner: Planner, _ schedules: [Planner.Phase: Planner.Schedule]) {
    self.planner = planner
    self.schedules = schedules
    given = Set(planner.nodeViews.values.map(\.memory))
    factors = Dictionary(
      planner.multiplyAdds.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    findTenants()
  }

  private mutating func run() {
    // First where a value comes from, so that parts of a row stay beside each other; then wherever there is room.
    for isNear in [true, false] {
      for number in planner.rowWidths.keys.sorted() {
        guard let (place, needs) = room(for: number, isNear: isNear) else { continue }
        first = needs
        planner.move(number, to: place)
        findTenants()
      }
    }
    for (phase, schedule) in schedules {
      for (index, stage) in schedule.stages.enumerated()
      where stage.values.contains(where: { first[$0] != nil }) {
        let products = stage.values.filter(planner.isProduct)
        let others = stage.values.filter { !planner.isProduct($0) }
        let values = products + ordered(others)
        schedules[phase]?.stages[index].values = values
      }
    }
  }

  private mutating func findTenants() {
    tenants = [:]
    for number in graph.values.indices {
      for place in planner.places(of: number) {
        tenants[place.memory, default: []].append((number, place))
      }
    }
  }

  private var graph: Graph { planner.graph }

  // MARK: Places

  private func isReusable(_ memory: Plan.Memory) -> Bool {
    switch memory {
    case .rows: true
    // What reaches a node's state is read by the node alone, after all was added.
    case .reaching: planner.isAdjoint
    default: given.contains(memory)
    }
  }

  /// Where a value with memory of its own can be kept instead, and what every program then has to do first.
  private func room(for number: Int, isNear: Bool) -> (MemoryColumns, needs: [Int: Set<Int>])? {
    let parts = planner.parts(of: number)
    // What is handed out should not keep a larger array alive.
    let isHandedOut = planner.isAdjoint && planner.goals.rows.contains(number)
    guard !isHandedOut, parts.allSatisfy({ isWritable($0.value) }), isAlone(number),
      let start = parts.first?.value
    else { return nil }
    let width = graph.values[start].width, whole = graph.values[number].width
    var tried: Set<MemoryColumns> = []
    for place in isNear ? sources(of: start) : everywhere()
    where place.columns.count == width && isReusable(place.memory) {
      let all = place.part(0, whole)
      guard all.columns.upperBound <= all.rowStride, all.memory != .rows(number),
        tried.insert(all).inserted
      else { continue }
      if let needs = needs(
        parts.map { ($0.value, all.part($0.column, graph.values[$0.value].width)) })
      {
        return (all, needs)
      }
    }
    return nil
  }

  /// Whether a value is computed element by element, by an instruction of its own.
  private func isWritable(_ number: Int) -> Bool {
    planner.isComputed(number) && !planner.isProduct(number) && !planner.isReduction(number)
      && planner.multiplyAdds[number] == nil && graph.values[number].width > 1
  }

  /// Whether nobody else was moved to a value's memory.
  private func isAlone(_ number: Int) -> Bool {
    let own = Set(planner.parts(of: number).map(\.value) + [number])
    return (tenants[.rows(number)] ?? []).allSatisfy { value, _ in
      own.contains(value) || planner.targets[value] == nil
    }
  }

  /// Where the operands of a value are kept, and their operands within the program, the nearest first.
  private func sources(of number: Int) -> [MemoryColumns] {
    var found: [MemoryColumns] = [], seen: Set<Int> = [number], pending = [number], next = 0
    while next < pending.count {
      for input in graph.values[pending[next]].inputs where seen.insert(input).inserted {
        found += planner.places(of: input)
        if isTogether(input, number) { pending.append(input) }
      }
      next += 1
    }
    return found
  }

  private func everywhere() -> [MemoryColumns] {
    graph.values.indices.flatMap { planner.places(of: $0) }
  }

  // MARK: What comes first

  /// Whether two values are computed by one program.
  private func isTogether(_ a: Int, _ b: Int) -> Bool {
    planner.isComputed(a) && planner.isComputed(b) && !planner.isProduct(a)
      && !planner.isProduct(b) && planner.phases[a] == planner.phases[b]
      && planner.stageOf[a] == planner.stageOf[b]
  }

  /// The value whose instruction computes this one.
  private func instruction(_ number: Int) -> Int {
    guard let sum = planner.multiplyAdds[number], isTogether(number, sum) else { return number }
    return sum
  }

  /// What each program has to do first when these values are written to these places as well; `nil` if that cannot be.
  private func needs(_ written: [(value: Int, place: MemoryColumns)]) -> [Int: Set<Int>]? {
    var needs = first
    for (number, place) in written {
      guard let before = before(number, at: place) else { return nil }
      needs[number, default: []].formUnion(before)
    }
    let isPossible = written.allSatisfy { number, _ in
      !(needs[number] ?? []).contains { depends($0, on: number, needs) }
    }
    return isPossible ? needs : nil
  }

  /// What the program of a value has to do before it writes the value to a place; `nil` where it may not be written.
  private func before(_ number: Int, at place: MemoryColumns) -> Set<Int>? {
    // Before the walk nothing has reached a state yet.
    if case .reaching = place.memory, planner.phases[number] == .hoisted { return nil }
    var before: Set<Int> = []
    for (tenant, other) in tenants[place.memory] ?? [] where other.overlaps(place) {
      if isWantedLater(tenant) { return nil }
      let isSame = other == place
      if planner.isComputed(tenant) {
        switch order(tenant, number) {
        case .earlier: break
        case .sameProgram where isSame || takesWholeRows(number):
          before.insert(instruction(tenant))
        case .sameStage where isPart(place, ofProduct: tenant, other): break
        default: return nil
        }
      }
      for reader in planner.readers[tenant]
      where !planner.isSplit.contains(reader) && !planner.isSliced(reader)
        && !planner.isJoined(reader)
      {
        if instruction(reader) == number, isTogether(reader, number) {
          if isSame { continue }
          return nil
        }
        switch order(reader, number) {
        case .earlier: break
        case .sameProgram where isSame || takesWholeRows(number):
          before.insert(instruction(reader))
        default: return nil
        }
      }
    }
    before.remove(number)
    return before
  }

  /// Whether a value is read by what is not known here, or by stores at the end of a program.
  private func isWantedLater(_ number: Int) -> Bool {
    planner.goals.rows.contains(number) || planner.goals.sums.contains(number)
      || planner.terms.contains { $0.value == number }
  }

  private enum Order { case earlier, sameStage, sameProgram, later }

  /// When a value is computed, seen from another. Between stages threads meet.
  private func order(_ number: Int, _ other: Int) -> Order {
    let phase = planner.phases[number].rawValue, otherPhase = planner.phases[other].rawValue
    guard phase == otherPhase else { return phase < otherPhase ? .earlier : .later }
    guard let stage = planner.stageOf[number], let otherStage = planner.stageOf[other],
      stage <= otherStage
    else { return .later }
    if stage < otherStage { return .earlier }
    return isTogether(number, other) ? .sameProgram : .sameStage
  }

  /// Whether columns are a part of a product of the same stage that a thread shares in as it does in the program.
  private func isPart(_ place: MemoryColumns, ofProduct number: Int, _ whole: MemoryColumns) -> Bool
  {
    let width = place.columns.count
    return planner.isProduct(number) && planner.unit(of: number) == width
      && (place.columns.lowerBound - whole.columns.lowerBound) % width == 0
  }

  /// Whether a value's program is run for whole rows, one instruction after the other, by one thread.
  private func takesWholeRows(_ number: Int) -> Bool {
    guard let stage = planner.stageOf[number],
      let scheduled = schedules[planner.phases[number]]?.stages[stage]
    else { return false }
    if case .columns = scheduled.kind { return false }
    return planner.range(of: scheduled.values.filter { !planner.isProduct($0) }) == nil
  }

  // MARK: The order of a program

  /// The instructions of its program that a value's instruction waits for.
  private func awaited(_ number: Int, _ needs: [Int: Set<Int>]) -> [Int] {
    let inputs = graph.values[number].inputs
    let all = inputs + (factors[number].map { graph.values[$0].inputs } ?? [])
    return all.flatMap(planner.sources).filter { isTogether($0, number) }.map(instruction)
      .filter { $0 != number } + (needs[number] ?? [])
  }

  private func depends(_ number: Int, on other: Int, _ needs: [Int: Set<Int>]) -> Bool {
    var pending = [number], seen: Set<Int> = [number]
    while let value = pending.popLast() {
      if value == other { return true }
      pending += awaited(value, needs).filter { seen.insert($0).inserted }
    }
    return false
  }

  /// The values of a program, each after what it waits for; otherwise late, next to what reads them.
  private func ordered(_ values: [Int]) -> [Int] {
    let mine = Set(values)
    let instructions = values.filter { instruction($0) == $0 || !mine.contains(instruction($0)) }
    var waiting: [Int: Int] = [:], awaited: [Int: [Int]] = [:]
    for value in instructions {
      let before = Set(self.awaited(value, first)).intersection(mine)
      awaited[value] = before.sorted()
      for other in before { waiting[other, default: 0] += 1 }
    }
    // From the end.
    var ready = instructions.filter { waiting[$0, default: 0] == 0 }, reversed: [Int] = []
    while let latest = ready.last {
      let freed = (reversed.last.flatMap { awaited[$0] } ?? []).last { ready.contains($0) }
      let next = freed ?? latest
      ready.removeAll { $0 == next }
      reversed.append(next)
      for other in awaited[next] ?? [] {
        waiting[other, default: 0] -= 1
        if waiting[other] == 0 {
          let place = ready.firstIndex { $0 > other } ?? ready.endIndex
          ready.insert(other, at: place)
        }
      }
    }
    return reversed.reversed().flatMap { number in
      [factors[number], number].compactMap { $0 }.filter(mine.contains)
    }
  }
}
