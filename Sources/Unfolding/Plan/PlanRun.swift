internal import CKernels
internal import Tensors

/// One run of a plan over a structure: the memory it computes in, and the kernels called on it.
struct PlanRun<S: KernelScalar> {
  private let plan: Plan
  private let layout: ChainLayout
  private let precision: ProductPrecision
  private let memory: PlanMemory<S>
  /// Shared values by their number in the graph.
  private var shared: [Int: Tensor] = [:]
  private var shifted: [Plan.Memory: Storage] = [:]
  private var columnSums: [Plan.Memory: Tensor] = [:]

  /// A run that reads what is given, by memory, and the shared tensors.
  init(
    _ plan: Plan, _ layout: ChainLayout, given: [Plan.Memory: Tensor], shared tensors: [Tensor],
    precision: ProductPrecision
  ) {
    self.plan = plan
    self.precision = precision
    self.layout = layout
    shared = plan.sharedTensors(tensors)
    memory = PlanMemory(
      plan, given: given, shared: shared, nodeCount: layout.nodeCount, frontRows: layout.widest)
  }

  /// Computes what comes before the walk.
  mutating func hoist() { for pass in plan.hoisted { run(pass) } }

  /// Computes everything.
  mutating func run() {
    hoist()
    walk()
    for pass in plan.sunk { run(pass) }
    for number in plan.lastValues {
      if let sum = plan.sums[number] {
        shared[number] = total(sum).reshaped(to: plan.graph.values[number].shape)
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
    guard let storage = memory.storages[view.memory] else {
      fatalError("unfold: rows of the plan were not computed")
    }
    let base = memory.base(view.memory)
    let offset = base - storage.bytes.assumingMemoryBound(to: S.self)
    let first = offset + rowsBefore(view.memory) * view.rowStride
    if view.rowStride == width {
      return Tensor(
        shape: [layout.nodeCount, width], scalarType: S.scalarType, storage: storage, offset: first)
    }
    let source = base + (first - offset) + view.column
    return .filled([layout.nodeCount, width], S.self) {
      S.copyBlock(layout.nodeCount, width, source, view.rowStride, $0, width, accumulate: false)
    }
  }

  /// Rows that lie before the first node's: the initial states.
  private func rowsBefore(_ memory: Plan.Memory) -> Int {
    switch memory {
    case .state, .reaching: layout.sequenceCount
    default: 0
    }
  }

  // MARK: Over all nodes

  /// The first element of a view of all nodes.
  private mutating func start(_ view: Plan.View) -> UnsafeMutablePointer<S> {
    let base = memory.base(view.memory)
    guard view.isBefore else {
      return base + rowsBefore(view.memory) * view.rowStride + view.column
    }
    // With as many rows at each front the states before the nodes are the array itself, from its start.
    if layout.isEven { return base + view.column }
    let storage = shifted[view.memory] ?? gathered(base, view.rowStride)
    shifted[view.memory] = storage
    return storage.bytes.assumingMemoryBound(to: S.self) + view.column
  }

  private func gathered(_ base: UnsafeMutablePointer<S>, _ width: Int) -> Storage {
    let storage = Storage(byteCount: layout.nodeCount * width * S.scalarType.byteCount)
    S.gatherRows(
      layout.nodeCount, width, base, layout.predecessors,
      storage.bytes.assumingMemoryBound(to: S.self))
    return storage
  }

  private mutating func run(_ pass: Plan.Pass) {
    switch pass {
    case .program(let program):
      let views = program.views.map { view in Optional(start(view)) }
      S.tileRows(program.kernel, views, layout.nodeCount, program.columns)
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

  private mutating func total(_ sum: Plan.Sum) -> Tensor {
    switch sum {
    case .product(let left, let leftColumns, let right, let rightColumns):
      let l = start(left), r = start(right)
      let shape = unfold_matmul_shape(
        rows: Int64(leftColumns), columns: Int64(rightColumns), inner: Int64(layout.nodeCount),
        left_stride: Int64(left.rowStride), right_stride: Int64(right.rowStride),
        output_stride: Int64(rightColumns), transpose_left: true, transpose_right: false,
        accumulate: false)
      return .filled([leftColumns, rightColumns], S.self) { [precision] in
        S.matmul(shape, l, r, $0, precision, isChained: false)
      }
    case .columns(let view, let columns):
      // The columns of the whole array are summed once for all parts of it.
      let width = view.rowStride
      var whole = view
      whole.column = 0
      let sums: Tensor
      if let known = columnSums[view.memory] {
        sums = known
      } else {
        let first = start(whole)
        sums = .filled([1, width], S.self) {
          S.reduce(UNFOLD_SUM, 1, layout.nodeCount, width, first, $0)
        }
        columnSums[view.memory] = sums
      }
      return sums.slice(view.column..<view.column + columns, axis: 1)
    }
  }

  // MARK: The walk

  private func walk() {
    guard !plan.stages.isEmpty, layout.nodeCount > 0 else { return }
    let kernels = WalkKernels(plan.stages, memory, precision: precision, at: kernel)
    layout.rows.withUnsafeBufferPointer { rows in
      layout.starts.withUnsafeBufferPointer { starts in
        layout.before.withUnsafeBufferPointer { before in
          var walk = unfold_walk(
            front_count: Int64(rows.count), rows: rows.baseAddress, nodes: starts.baseAddress,
            before: before.baseAddress, descending: plan.isDescending,
            front_rows: Int64(layout.widest),
            split_by_rows: kernels.splitsByRows(layout.widest),
            stage_count: Int64(kernels.count), stages: kernels.stages,
            limit: kernels.limit(rows: layout.widest))
          withExtendedLifetime(kernels) { S.walk(&walk) }
        }
      }
    }
  }

  private func kernel(_ view: Plan.View) -> unfold_walk_view {
    var first = memory.base(view.memory) + view.column
    let origin: unfold_origin
    switch view.memory {
    case .shared: origin = UNFOLD_ORIGIN_SHARED
    case .front: origin = UNFOLD_ORIGIN_FRONT
    default:
      origin = view.isBefore ? UNFOLD_ORIGIN_BEFORE : UNFOLD_ORIGIN_NODE
      if !view.isBefore { first += rowsBefore(view.memory) * view.rowStride }
    }
    return unfold_walk_view(
      base: first, row_stride: Int64(view.rowStride), column_stride: Int32(view.columnStride),
      origin: origin)
  }
}
