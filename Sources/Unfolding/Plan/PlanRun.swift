internal import CKernels
internal import Tensors

/// One run of a plan over a structure: the memory it computes in, and the kernels called on it.
struct PlanRun<S: KernelScalar> {
  private let plan: Plan
  private let layout: ChainLayout
  private let precision: ProductPrecision
  /// Where each piece of memory starts.
  private var bases: [Plan.Memory: UnsafeMutablePointer<S>] = [:]
  /// What holds that memory.
  private(set) var storages: [Plan.Memory: Storage] = [:]
  /// Shared values by their number in the graph.
  private var shared: [Int: Tensor] = [:]
  private var packed: [Storage] = []
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
    for (memory, tensor) in given {
      guard let storage = tensor.storage else {
        fatalError("unfold: the value of a \(tensor.shape) tensor was not kept")
      }
      hold(storage, as: memory, offset: tensor.offset)
    }
    for (number, value) in plan.graph.values.enumerated() {
      if case .shared(let tensor) = value.leaf { shared[number] = tensors[tensor].detached }
    }
    for number in plan.sharedValues { shared[number] = evaluated(number) }
    for (number, tensor) in shared where tensor.storage != nil {
      if let storage = tensor.storage {
        hold(storage, as: .shared(number), offset: tensor.offset)
      }
    }
    for (number, width) in plan.rowWidths { allocate(layout.nodeCount * width, as: .rows(number)) }
    for (number, width) in plan.frontWidths {
      allocate(2 * layout.widest * width, as: .front(number))
    }
  }

  private mutating func hold(_ storage: Storage, as memory: Plan.Memory, offset: Int = 0) {
    storages[memory] = storage
    bases[memory] = storage.bytes.assumingMemoryBound(to: S.self) + offset
  }

  private mutating func allocate(_ count: Int, as memory: Plan.Memory) {
    hold(Storage(byteCount: count * S.scalarType.byteCount), as: memory)
  }

  private func evaluated(_ number: Int) -> Tensor {
    let value = plan.graph.values[number]
    guard case .operation(let operation) = value.kind else {
      fatalError("unfold: a leaf is not computed")
    }
    let inputs = value.inputs.map { input -> Tensor in
      guard let tensor = shared[input] else {
        fatalError("unfold: value \(input) of the plan was not computed")
      }
      return tensor
    }
    return operation.evaluate(inputs)
  }

  /// Computes everything.
  mutating func run() {
    for pass in plan.hoisted { run(pass) }
    walk()
    for pass in plan.sunk { run(pass) }
    for number in plan.lastValues {
      if let sum = plan.sums[number] {
        shared[number] = total(sum).reshaped(to: plan.graph.values[number].shape)
      } else {
        shared[number] = evaluated(number)
      }
    }
    // Only what is asked for outlives the run.
    packed = []
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
  func memory(_ memory: Plan.Memory) -> Tensor {
    guard let storage = storages[memory], let base = bases[memory] else {
      fatalError("unfold: memory of the plan was not computed")
    }
    let offset = base - storage.bytes.assumingMemoryBound(to: S.self)
    let count = storage.capacity / S.scalarType.byteCount - offset
    return Tensor(shape: [count], scalarType: S.scalarType, storage: storage, offset: offset)
  }

  /// Rows of all nodes as a tensor, `[N, width]`.
  func rows(_ view: Plan.View, width: Int) -> Tensor {
    guard let storage = storages[view.memory], let base = bases[view.memory] else {
      fatalError("unfold: rows of the plan were not computed")
    }
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
    guard let base = bases[view.memory] else {
      fatalError("unfold: memory of the plan was not given")
    }
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
      let (right, stride) = self.right(of: product)
      let shape = unfold_matmul_shape(
        rows: Int64(layout.nodeCount), columns: Int64(product.columns.count),
        inner: Int64(product.inner), left_stride: Int64(product.left.rowStride),
        right_stride: Int64(stride), output_stride: Int64(product.output.rowStride),
        transpose_left: false, transpose_right: product.isTransposed,
        accumulate: product.accumulates)
      S.matmul(shape, left, right, output, precision)
    }
  }

  private func right(of product: Plan.Product) -> (UnsafePointer<S>, stride: Int) {
    guard let base = bases[.shared(product.right)], let weights = shared[product.right] else {
      fatalError("unfold: a weight of the plan was not given")
    }
    let stride = weights.shape[1]
    let first = product.columns.lowerBound * (product.isTransposed ? stride : 1)
    return (UnsafePointer(base + first), stride)
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
        S.matmul(shape, l, r, $0, precision)
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

  private mutating func walk() {
    guard !plan.stages.isEmpty, layout.nodeCount > 0 else { return }
    let stages = plan.stages.map { stage in
      (
        products: stage.products.map { kernel($0) },
        views: (stage.program?.views ?? []).map(kernel)
      )
    }
    let work = plan.stages.reduce(0) { work, stage in
      stage.products.reduce(work) { $0 + $1.inner * $1.columns.count }
        + (stage.program.map { $0.instructionCount * $0.columns * 4 } ?? 0)
    }
    let limit = max(1, min(1024, work * layout.widest / 32768))
    withKernelStages(stages, plan.stages) { kernels, count in
      layout.rows.withUnsafeBufferPointer { rows in
        layout.starts.withUnsafeBufferPointer { starts in
          layout.before.withUnsafeBufferPointer { before in
            var walk = unfold_walk(
              front_count: Int64(rows.count), rows: rows.baseAddress, nodes: starts.baseAddress,
              before: before.baseAddress, descending: plan.isDescending,
              front_rows: Int64(layout.widest), split_by_rows: splitsByRows,
              stage_count: Int64(count), stages: kernels,
              limit: Int32(limit))
            S.walk(&walk)
          }
        }
      }
    }
  }

  /// Whether each thread should walk rows of its own: where it has enough of them to keep the multiply-adds busy.
  /// Otherwise threads part the columns, and each keeps its part of the weights in its cache.
  private var splitsByRows: Bool { layout.widest >= 16 }

  private mutating func kernel(_ product: Plan.Product) -> unfold_walk_product {
    let storage = Storage(
      byteCount: S.packedByteCount(product.inner, product.columns.count, precision))
    packed.append(storage)
    let (right, stride) = self.right(of: product)
    return unfold_walk_product(
      left: kernel(product.left), output: kernel(product.output), right: right,
      right_stride: Int64(stride), transposed: product.isTransposed, packed: storage.bytes,
      inner: Int64(product.inner), columns: Int64(product.columns.count),
      accumulate: product.accumulates, bfloat16: precision == .bfloat16)
  }

  private func kernel(_ view: Plan.View) -> unfold_walk_view {
    guard let base = bases[view.memory] else {
      fatalError("unfold: memory of the plan was not given")
    }
    var first = base + view.column
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

/// Calls `body` with the stages as the kernel reads them.
private func withKernelStages(
  _ parts: [(products: [unfold_walk_product], views: [unfold_walk_view])], _ stages: [Plan.Stage],
  _ body: (UnsafePointer<unfold_walk_stage>?, Int) -> Void
) {
  let products = parts.flatMap(\.products), views = parts.flatMap(\.views)
  products.withUnsafeBufferPointer { products in
    views.withUnsafeBufferPointer { views in
      var firstProduct = 0, firstView = 0
      let kernels = zip(stages, parts).map { stage, part -> unfold_walk_stage in
        defer {
          firstProduct += part.products.count
          firstView += part.views.count
        }
        return unfold_walk_stage(
          by_rows: stage.isByRows, columns: Int64(stage.columns),
          product_count: Int64(part.products.count),
          products: products.baseAddress.map { $0 + firstProduct },
          tile: stage.program?.kernel ?? unfold_tile_program(),
          views: views.baseAddress.map { $0 + firstView }, barrier: stage.hasBarrier)
      }
      kernels.withUnsafeBufferPointer { body($0.baseAddress, $0.count) }
    }
  }
}
