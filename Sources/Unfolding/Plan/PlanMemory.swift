internal import Tensors

/// The memory that a plan computes in.
struct PlanMemory<S: KernelScalar> {
  private struct Place {
    let storage: Storage
    let first: UnsafeMutablePointer<S>
  }

  /// Where each piece of memory starts, and what holds it.
  private var places: [Plan.Memory: Place] = [:]
  private let shared: [Int: Tensor]

  /// Memory for a plan.
  ///
  /// - Parameters:
  ///   - plan: What it is for.
  ///   - given: What the plan reads, or adds to.
  ///   - shared: The shared values.
  ///   - nodeCount: The rows of arrays over all nodes.
  ///   - frontRows: The most rows of a front.
  init(
    _ plan: Plan, given: [Plan.Memory: Tensor], shared: [Int: Tensor], nodeCount: Int,
    frontRows: Int
  ) {
    self.shared = shared
    places.reserveCapacity(
      given.count + shared.count + plan.rowWidths.count + plan.frontWidths.count)
    for (memory, tensor) in given {
      guard let storage = tensor.storage else {
        fatalError("unfold: the value of a \(tensor.shape) tensor was not kept")
      }
      hold(storage, as: memory, offset: tensor.offset)
    }
    for (number, tensor) in shared {
      if let storage = tensor.storage {
        hold(storage, as: .shared(number), offset: tensor.offset)
      }
    }
    for (number, width) in plan.rowWidths { allocate(nodeCount * width, as: .rows(number)) }
    for (number, width) in plan.frontWidths {
      let rows = plan.passedOn.contains(number) ? frontRows : 2 * frontRows
      allocate(rows * width, as: .front(number))
    }
  }

  private mutating func hold(_ storage: Storage, as memory: Plan.Memory, offset: Int = 0) {
    places[memory] = Place(
      storage: storage, first: storage.bytes.assumingMemoryBound(to: S.self) + offset)
  }

  private mutating func allocate(_ count: Int, as memory: Plan.Memory) {
    hold(Storage(byteCount: count * S.scalarType.byteCount), as: memory)
  }

  /// What holds all memory.
  var storages: [Storage] { places.values.map(\.storage) }

  /// The first element of memory.
  func base(_ memory: Plan.Memory) -> UnsafeMutablePointer<S> { place(memory).first }

  /// All of some memory, from its first element on.
  func array(_ memory: Plan.Memory) -> Tensor {
    let place = place(memory)
    let offset = place.first - place.storage.bytes.assumingMemoryBound(to: S.self)
    let count = place.storage.capacity / S.scalarType.byteCount - offset
    return Tensor(
      shape: [count], scalarType: S.scalarType, storage: place.storage, offset: offset)
  }

  private func place(_ memory: Plan.Memory) -> Place {
    guard let place = places[memory] else {
      fatalError("unfold: memory of the plan was neither given nor computed")
    }
    return place
  }

  /// The part of a weight that a product takes, and the elements from one of its rows to the next.
  func right(of product: Plan.Product) -> (first: UnsafePointer<S>, stride: Int) {
    guard let weights = shared[product.right] else {
      fatalError("unfold: a weight of the plan was not given")
    }
    let stride = weights.shape[1]
    let first = product.columns.lowerBound * (product.isTransposed ? stride : 1)
    return (UnsafePointer(base(.shared(product.right)) + first), stride)
  }
}
