internal import CKernels
internal import Tensors

/// One run of a plan over a structure: the memory it computes in, and the kernels called on it.
struct PlanRun<S: KernelScalar> {
  private let plan: Plan
  private let layout: Layout
  private let precision: ProductPrecision
  private let skipsStarts: Bool
  private let memory: PlanMemory<S>
  private let prepared: PreparedPlan?
  /// Shared values by their number in the graph.
  private var shared: [Int: Tensor] = [:]
  /// Predecessors' rows of all nodes.
  private var shifted: [Source: Storage] = [:]
  private var columnSums: [[Plan.View]: Tensor] = [:]

  /// The rows of the predecessors in a slot.
  private struct Source: Hashable {
    let memory: Plan.Memory
    let slot: Int
  }

  /// A run that reads what is given, by memory, and the shared values: ``Plan/sharedTensors(_:finding:)``.
  ///
  /// With `skipsStarts`, products of the initial states are left out, because they are zero, or, in an adjoint, what
  /// reaches them, because nobody asks. Only where predecessors are gathered.
  init(
    _ plan: Plan, _ layout: Layout, given: [Plan.Memory: Tensor], shared: [Int: Tensor],
    prepared: PreparedPlan? = nil, precision: ProductPrecision, skipsStarts: Bool = false
  ) {
    self.plan = plan
    self.skipsStarts = skipsStarts
    self.precision = precision
    self.layout = layout
    self.shared = shared
    self.prepared = prepared
    memory = PlanMemory(
      plan, given: given, shared: shared, nodeCount: layout.nodeCount, frontRows: layout.widest)
  }

  /// Computes what comes before the walk.
  mutating func hoist() {
    var packed = (prepared?.hoisted ?? [])[...]
    for pass in plan.hoisted {
      if case .product(let product) = pass, let weights = packed.popFirst() {
        multiply(product, by: weights)
      } else {
        run(pass)
      }
    }
  }

  /// Computes everything.
  mutating func run() {
    if let counter = WorkCounter.current {
      counter.add(plan.work(over: layout, skipsStarts: skipsStarts, S.scalarType))
    }
    hoist()
    walk()
    for pass in plan.sunk { run(pass) }
    for sums in plan.productSums { total(sums) }
    for number in plan.lastValues where shared[number] == nil {
      if let sums = plan.columnSums[number] {
        shared[number] = total(sums).reshaped(to: plan.graph.values[number].shape)
      } else {
        shared[number] = plan.evaluated(number, from: shared)
      }
    }
    // Only what is asked for outlives the run.
    shifted = [:]
    columnSums = [:]
  }

  /// A shared value, computed by the run.
  func sharedValue(_ number: Int) -> Tensor {
    guard let tensor = shared[number] else {
      fatalError("unfold: value \(number) of the plan was not computed")
    }
    return tensor
  }

  /// Memory as one array.
  func memory(_ memory: Plan.Memory) -> Tensor { self.memory.array(memory) }

  /// Rows of all nodes as a tensor, `[N, width]`.
  func rows(_ view: Plan.View, width: Int) -> Tensor {
    let shape = Shape([layout.nodeCount, width])
    let first = rowsBefore(view.memory) * view.rowStride
    if view.rowStride == width {
      return memory.array(view.memory).slice(first..<first + shape.count).reshaped(to: shape)
    }
    let source = memory.base(view.memory) + first + view.column
    return .filled(shape, S.self) {
      S.copyBlock(layout.nodeCount, width, source, view.rowStride, $0, width, accumulate: false)
    }
  }

  /// Rows that lie before the first node's: the initial states.
  private func rowsBefore(_ memory: Plan.Memory) -> Int {
    switch memory {
    case .state, .reaching: layout.stateRowsBefore
    default: 0
    }
  }

  // MARK: Over all nodes

  /// The first element of a view of all nodes.
  private mutating func start(_ view: Plan.View) -> UnsafeMutablePointer<S> {
    let base = memory.base(view.memory)
    guard let slot = view.slot else {
      return base + rowsBefore(view.memory) * view.rowStride + view.column
    }
    if let first = layout.run(ofPredecessors: slot) {
      return base + first * view.rowStride + view.column
    }
    let source = Source(memory: view.memory, slot: slot)
    let storage = shifted[source] ?? gathered(base, view.rowStride, slot)
    shifted[source] = storage
    return storage.bytes.assumingMemoryBound(to: S.self) + view.column
  }

  private func gathered(
    _ base: UnsafeMutablePointer<S>, _ width: Int, _ slot: Int
  ) -> Storage {
    let storage = Storage(byteCount: layout.nodeCount * width * S.scalarType.byteCount)
    S.gatherRows(
      layout.nodeCount, width, base, layout.predecessors(slot),
      storage.bytes.assumingMemoryBound(to: S.self))
    return storage
  }

  private mutating func run(_ pass: Plan.Pass) {
    switch pass {
    case .program(let program):
      let views = program.views.map { view in Optional(start(view)) }
      S.tileRows(program.kernel, views, layout.nodeCount, program.columns)
    case .rowProduct(let product):
      S.rowProducts(
        product.kernel, layout.nodeCount, start(product.left), product.left.rowStride,
        start(product.right), product.right.rowStride, start(product.output),
        product.output.rowStride)
    case .product(let product):
      let left = start(product.left), output = start(product.output)
      let (right, stride) = memory.right(of: product)
      let shape = unfold_matmul_shape(
        rows: Int64(layout.nodeCount), columns: Int64(product.columns.count),
        inner: Int64(product.inner), left_stride: Int64(product.left.rowStride),
        right_stride: Int64(stride), output_stride: Int64(product.output.rowStride),
        transpose_left: false, transpose_right: product.isTransposed,
        accumulate: product.accumulates)
      S.matmul(shape, left, right, output, precision, isChained: product.isChained)
    }
  }

  /// A product over all nodes with packed weights, as a walk of one front.
  private mutating func multiply(_ product: Plan.Product, by weights: Storage) {
    let stage = Plan.stage(of: .product(product)), rows = layout.nodeCount
    let kernels = WalkKernels([stage], memory, precision: precision, packed: [weights]) { view in
      unfold_walk_view(
        base: start(view), row_stride: Int64(view.rowStride),
        column_stride: Int32(view.columnStride), origin: Int32(UNFOLD_ORIGIN_NODE.rawValue))
    }
    kernels.withOneFront(rows: rows, capacity: rows) { S.walk(&$0) }
  }

  private mutating func total(_ sums: Plan.ProductSums) {
    let left = start(sums.left)
    let outputs = sums.rights.map { right in
      Storage(byteCount: sums.leftColumns * right.columns * S.scalarType.byteCount)
    }
    let rights = zip(sums.rights, outputs).map { right, output in
      RightOperand<S>(
        columns: right.columns, values: start(right.view), stride: right.view.rowStride,
        output: output.bytes.assumingMemoryBound(to: S.self))
    }
    let shape = unfold_matmul_shape(
      rows: Int64(sums.leftColumns), columns: 0, inner: Int64(layout.nodeCount),
      left_stride: Int64(sums.left.rowStride), right_stride: 0, output_stride: 0,
      transpose_left: true, transpose_right: false, accumulate: false)
    S.matmul(shape, left, rights, precision)
    for (right, output) in zip(sums.rights, outputs) {
      shared[right.number] = Tensor(
        shape: plan.graph.values[right.number].shape, scalarType: S.scalarType, storage: output,
        offset: 0)
    }
  }

  private mutating func total(_ sums: Plan.ColumnSums) -> Tensor {
    let views = sums.views, first = views[0], width = first.rowStride
    // Columns at the same place of whole arrays are summed once for all parts of these.
    let isOfWhole = views.allSatisfy { $0.rowStride == width && $0.column == first.column }
    guard isOfWhole else { return total(views, sums.scale, columns: sums.columns) }
    let whole = views.map { view in
      var whole = view
      whole.column = 0
      return whole
    }
    let key = whole + [sums.scale].compactMap { $0 }
    let all = columnSums[key] ?? total(whole, sums.scale, columns: width)
    columnSums[key] = all
    return all.slice(first.column..<first.column + sums.columns, axis: 1)
  }

  /// The sums of columns of one array, as wide as it is, or of some of two.
  private mutating func total(_ views: [Plan.View], _ scale: Plan.View?, columns: Int) -> Tensor {
    let left = start(views[0]), right = views.count > 1 ? start(views[1]) : nil
    return .filled([1, columns], S.self) { output in
      if let right {
        S.sumOfProducts(
          layout.nodeCount, columns, left, views[0].rowStride, right, views[1].rowStride,
          scale.map { start($0) }, scale?.rowStride ?? 0, output)
      } else {
        S.reduce(UNFOLD_SUM, 1, layout.nodeCount, columns, left, output)
      }
    }
  }

  // MARK: The walk

  private func walk() {
    guard !plan.stages.isEmpty, layout.nodeCount > 0 else { return }
    let gathers = Gathers<S>(plan.stages, layout, memory)
    let kernels = WalkKernels(
      plan.stages, memory, precision: precision, packed: prepared?.stages ?? []
    ) { view in
      kernel(view, gathers)
    }
    let firsts = layout.slots.compactMap { slot -> Storage? in
      if case .runs(let firsts) = slot { Storage(firsts) } else { nil }
    }
    let before = firsts.map { UnsafePointer($0.bytes.assumingMemoryBound(to: Int64.self)) }
    let sharing =
      !layout.hasLanes
      ? UNFOLD_SHARE_FRONTS
      : kernels.splitsByRows(layout.widest) ? UNFOLD_SHARE_LANES : UNFOLD_SHARE_STAGES
    let scans = layout.hasLanes ? plan.scans.map { scan($0, gathers) } : []
    layout.rows.withUnsafeBufferPointer { rows in
      layout.starts.withUnsafeBufferPointer { starts in
        before.map(Optional.some).withUnsafeBufferPointer { before in
          scans.withUnsafeBufferPointer { scans in
            var walk = unfold_walk(
              front_count: Int64(rows.count), rows: rows.baseAddress, nodes: starts.baseAddress,
              slot_count: Int64(before.count), before: before.baseAddress,
              gather_count: Int64(gathers.count), gathers: gathers.kernels, adds: gathers.adds,
              descending: plan.isDescending, front_rows: Int64(layout.widest),
              context_rows: nil, spread_count: 0, spreads: nil, spread_from: nil,
              sharing: sharing,
              whole_rows: Self.wholeRows, skips_starts: skipsStarts && !layout.hasLanes,
              scan_count: Int64(scans.count), scans: scans.baseAddress,
              stage_count: Int64(kernels.count), stages: kernels.stages,
              limit: scans.isEmpty ? kernels.limit(rows: layout.meanRows) : scanLimit)
            withExtendedLifetime((kernels, gathers, firsts)) { S.walk(&walk) }
          }
        }
      }
    }
  }

  /// Fronts of gathered rows are shared by rows from here on: threads then meet once a front instead of at each stage,
  /// but each reads all weights.
  private static var wholeRows: Int64 { 16 }

  /// The most threads that are worth waking for scans, which are entered once for all fronts.
  private var scanLimit: Int32 {
    let work = plan.scans.reduce(0) { $0 + $1.columns } * layout.nodeCount
    return Int32(max(1, min(1024, work / 32768)))
  }

  private func scan(_ scan: Plan.Scan, _ gathers: Gathers<S>) -> unfold_walk_scan {
    unfold_walk_scan(
      from: kernel(scan.from, gathers), factor: kernel(scan.factor, gathers),
      addend: scan.addend.map { kernel($0, gathers) } ?? unfold_walk_view(),
      to: kernel(scan.to, gathers), columns: Int64(scan.columns),
      has_addend: scan.addend != nil, adds: scan.adds)
  }

  private func kernel(_ view: Plan.View, _ gathers: Gathers<S>) -> unfold_walk_view {
    var first = memory.base(view.memory) + view.column
    var origin = Int32(UNFOLD_ORIGIN_NODE.rawValue)
    if let slot = view.slot {
      origin = Int32(UNFOLD_ORIGIN_BEFORE.rawValue) + Int32(slot)
      if let gathered = gathers.rows(of: view) {
        first = gathered + view.column
        origin = Int32(UNFOLD_ORIGIN_SHARED.rawValue)
      }
    } else {
      switch view.memory {
      // A lane's row is its sequence's, at every front.
      case .shared, .context, .contextSum: origin = Int32(UNFOLD_ORIGIN_SHARED.rawValue)
      case .front(let number):
        let isPassedOn = plan.passedOn.contains(number)
        origin = Int32((isPassedOn ? UNFOLD_ORIGIN_PASSED_ON : UNFOLD_ORIGIN_FRONT).rawValue)
      default: first += rowsBefore(view.memory) * view.rowStride
      }
    }
    return unfold_walk_view(
      base: first, row_stride: Int64(view.rowStride), column_stride: Int32(view.columnStride),
      origin: origin)
  }
}
