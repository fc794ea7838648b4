internal import CKernels
internal import Tensors

/// The rows of predecessors that a walk brings together, front by front, because they do not lie side by side.
///
/// Checked by hand to be `Sendable`: nothing is changed after it was made but by the walk that it is made for.
final class Gathers<S: KernelScalar>: @unchecked Sendable {
  let count: Int
  let kernels: UnsafeMutablePointer<unfold_walk_gather>
  /// Whether a front adds to any of them.
  let adds: Bool
  private var gathered: [Source: Storage] = [:]
  private let indices: [Int: Storage]

  private struct Source: Hashable {
    let memory: Plan.Memory
    let slot: Int
  }

  /// What the stages of a walk read of predecessors, or add to them.
  init(_ stages: [Plan.Stage], _ layout: Layout, _ memory: PlanMemory<S>) {
    let views = stages.flatMap { stage in
      stage.products.flatMap { [$0.left, $0.output] }
        + stage.rowProducts.flatMap { [$0.left, $0.right, $0.output] }
        + (stage.program?.views ?? [])
    }
    var indices: [Int: Storage] = [:]
    var made: [unfold_walk_gather] = []
    for view in views {
      guard let slot = view.slot, case .rows(let rows) = layout.slots[slot] else { continue }
      let source = Source(memory: view.memory, slot: slot)
      guard gathered[source] == nil else { continue }
      let storage = Storage(byteCount: layout.widest * view.rowStride * S.scalarType.byteCount)
      let numbers = indices[slot] ?? Storage(rows)
      (gathered[source], indices[slot]) = (storage, numbers)
      made.append(
        unfold_walk_gather(
          rows: memory.base(view.memory), gathered: storage.bytes, columns: Int64(view.rowStride),
          indices: UnsafePointer(numbers.bytes.assumingMemoryBound(to: Int32.self)),
          adds: view.isAddedTo))
    }
    self.indices = indices
    count = made.count
    adds = made.contains { $0.adds }
    kernels = .allocate(capacity: max(made.count, 1))
    kernels.initialize(from: made, count: made.count)
  }

  deinit { kernels.deallocate() }

  /// The first element of the rows that a view's are brought to; `nil` where they lie side by side anyway.
  func rows(of view: Plan.View) -> UnsafeMutablePointer<S>? {
    guard let slot = view.slot else { return nil }
    return gathered[Source(memory: view.memory, slot: slot)]?.bytes
      .assumingMemoryBound(to: S.self)
  }
}

extension Plan.View {
  /// Whether a walk adds to these rows of predecessors, instead of reading them.
  var isAddedTo: Bool {
    if case .reaching = memory { slot != nil } else { false }
  }
}

extension Storage {
  /// Numbers, where a kernel reads them.
  convenience init<Number: BitwiseCopyable>(_ numbers: [Number]) {
    self.init(byteCount: numbers.count * MemoryLayout<Number>.stride)
    bytes.assumingMemoryBound(to: Number.self).update(from: numbers, count: numbers.count)
  }
}
