internal import CKernels
internal import Tensors

/// The stages of a walk as the kernel reads them, bound to memory, and their weights packed.
///
/// Checked by hand to be `Sendable`: it is changed only by ``pack(_:)``, before it is shared. The memory that its
/// pointers lead to is kept, and guarded, by whoever made it.
final class WalkKernels: @unchecked Sendable {
  /// The packed weights, product by product.
  let packed: [Storage]
  let count: Int
  let stages: UnsafeMutablePointer<unfold_walk_stage>
  /// The work for a row, in multiply-adds or as much.
  let work: Int
  /// Keeps the programs.
  private let plan: [Plan.Stage]
  private let products: UnsafeMutablePointer<unfold_walk_product>
  private let productCount: Int
  private let rowProducts: UnsafeMutablePointer<unfold_walk_row_product>
  private let views: UnsafeMutablePointer<unfold_walk_view>

  /// Binds stages to memory.
  ///
  /// - Parameters:
  ///   - plan: The stages.
  ///   - memory: Where the weights are.
  ///   - precision: That of the products.
  ///   - given: The products' weights, for each as it has been packed before; `nil` for room of its own, which is filled by
  ///     ``pack(_:)`` or whenever they are walked.
  ///   - place: Where a view lies.
  init<S: KernelScalar>(
    _ plan: [Plan.Stage], _ memory: PlanMemory<S>, precision: ProductPrecision,
    packed given: [Storage?] = [], at place: (Plan.View) -> unfold_walk_view
  ) {
    self.plan = plan
    let all = plan.flatMap(\.products)
    let known = given.isEmpty ? all.map { _ in nil } : given
    let packed = zip(all, known).map { product, known in
      known
        ?? Storage(
          byteCount: S.packedByteCount(
            product.inner, product.columns.count, precision, isChained: product.isChained))
    }
    let bound = zip(zip(all, known), packed).map { given, storage in
      let (product, known) = given
      let (right, stride) = memory.right(of: product)
      return unfold_walk_product(
        left: place(product.left), output: place(product.output),
        right: known == nil ? right : nil, right_stride: Int64(stride),
        transposed: product.isTransposed, packed: storage.bytes, inner: Int64(product.inner),
        columns: Int64(product.columns.count), accumulate: product.accumulates,
        of_predecessors: product.isOfPredecessors,
        bf16_parts: Int32(
          S.bfloat16Parts(precision, isChained: product.isChained)?.rawValue ?? 0))
    }
    let seen = plan.flatMap { $0.program?.views ?? [] }.map(place)
    self.packed = packed
    productCount = bound.count
    products = Self.array(bound)
    rowProducts = Self.array(
      plan.flatMap(\.rowProducts).map {
        unfold_walk_row_product(
          shape: $0.kernel, left: place($0.left), right: place($0.right),
          output: place($0.output))
      })
    views = Self.array(seen)
    var product = products, rowProduct = rowProducts, view = views
    func isOfSequence(_ view: unfold_walk_view) -> Bool {
      view.origin == Int32(UNFOLD_ORIGIN_CONTEXT.rawValue)
    }
    count = plan.count
    stages = Self.array(
      plan.map { stage in
        defer {
          product += stage.products.count
          rowProduct += stage.rowProducts.count
          view += stage.program?.views.count ?? 0
        }
        let given = UnsafeBufferPointer(start: view, count: stage.program?.views.count ?? 0)
        let multiplied = UnsafeBufferPointer(start: rowProduct, count: stage.rowProducts.count)
        return unfold_walk_stage(
          by_rows: stage.isByRows, columns: Int64(stage.columns),
          product_count: Int64(stage.products.count), products: product,
          row_product_count: Int64(stage.rowProducts.count), row_products: rowProduct,
          tile: stage.program?.kernel ?? unfold_tile_program(), views: view,
          reads_contexts: given.contains(where: isOfSequence)
            || multiplied.contains { isOfSequence($0.left) || isOfSequence($0.right) },
          barrier: stage.hasBarrier)
      })
    work = plan.reduce(0) { work, stage in
      stage.products.reduce(work) { $0 + $1.inner * $1.columns.count }
        + stage.rowProducts.reduce(0) { $0 + $1.shape.work }
        + (stage.program.map { $0.instructionCount * $0.columns * 4 } ?? 0)
    }
  }

  private static func array<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let array = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    array.initialize(from: elements, count: elements.count)
    return array
  }

  deinit {
    stages.deallocate()
    products.deallocate()
    rowProducts.deallocate()
    views.deallocate()
  }

  /// The most threads that are worth waking for fronts of so many rows.
  func limit(rows: Int) -> Int32 { Int32(max(1, min(1024, work * rows / 32768))) }

  /// Whether each thread should walk rows of its own: where it has enough of them to keep the multiply-adds busy.
  /// Otherwise threads part the columns, and each reads its part of the weights alone. Matrix tiles would wait for
  /// weights that do not stay in the cache, unless there are many rows to each.
  func splitsByRows(_ rows: Int) -> Bool {
    guard rows < 64 else { return true }
    let tiled = zip(packed, UnsafeBufferPointer(start: products, count: productCount))
    let bytes = tiled.reduce(0) { $0 + ($1.1.bf16_parts == 0 ? 0 : $1.0.capacity) }
    return rows >= 16 && bytes <= Self.cacheBytes
  }

  /// What of a second-level cache weights may take.
  private static let cacheBytes = 3 << 19

  /// A walk of one front by some of the stages.
  ///
  /// - Parameters:
  ///   - rows: Those of the front.
  ///   - capacity: The most that there is memory for.
  ///   - part: The stages; `nil` for all.
  ///   - body: Takes the walk, which is valid while it runs, says what else belongs to it, and enters the kernel.
  func withOneFront(
    rows: Int, capacity: Int, _ part: Range<Int>? = nil, _ body: (inout unfold_walk) -> Void
  ) {
    let part = part ?? 0..<count
    withUnsafePointer(to: Int64(rows)) { rowCount in
      withUnsafePointer(to: Int64(0)) { zero in
        var walk = unfold_walk()
        walk.front_count = 1
        walk.rows = rowCount
        walk.nodes = zero
        walk.front_rows = Int64(capacity)
        walk.sharing = splitsByRows(rows) ? UNFOLD_SHARE_LANES : UNFOLD_SHARE_STAGES
        walk.stage_count = Int64(part.count)
        walk.stages = UnsafePointer(stages) + part.lowerBound
        walk.limit = limit(rows: rows)
        withExtendedLifetime(self) { body(&walk) }
      }
    }
  }

  /// Packs the weights once for all walks to come.
  func pack(_ walk: (inout unfold_walk) -> Void) {
    var nowhere = unfold_walk()
    nowhere.stage_count = Int64(count)
    nowhere.stages = UnsafePointer(stages)
    nowhere.limit = limit(rows: 1)
    walk(&nowhere)
    for product in 0..<productCount { products[product].right = nil }
  }
}
