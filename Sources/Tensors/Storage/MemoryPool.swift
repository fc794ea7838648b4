internal import CKernels
internal import Synchronization

/// Keeps freed memory for the next tensors: small blocks by their size, large ones in an ``Arena``.
///
/// A training step makes and drops the same sizes over and over; the system's allocator would map and unmap the large
/// ones each time, and every fresh page costs a fault.
final class MemoryPool: Sendable {
  static let shared = MemoryPool()

  /// Blocks start on a cache line, which is also the widest vector.
  static let alignment = 64
  /// What the pool keeps at most unless told to keep less; beyond it memory goes back to the system.
  static let limit = 1 << 30
  /// Blocks of this size and more are taken from the arena. Smaller ones fit into a cache, and the next tensor of the same
  /// size, which often is the same tensor of the next call, finds its memory there.
  private static let largeBlock = 1 << 19

  init() {}

  private struct State {
    /// Small blocks, by size.
    var free: [Int: [UInt]] = [:]
    /// The bytes of those.
    var keptInBlocks = 0
    var arena = Arena()
    /// The most that is kept.
    var limit = MemoryPool.limit
    var inUse = 0
    var peak = 0

    var kept: Int { keptInBlocks + arena.bytesKept }
  }

  private let state = Mutex(State())

  /// A block of at least `byteCount` bytes, and its real size.
  func take(_ byteCount: Int) -> (bytes: UnsafeMutableRawPointer, capacity: Int) {
    let capacity = Self.roundedUp(byteCount)
    let address = state.withLock { state -> UInt? in
      state.inUse += capacity
      state.peak = max(state.peak, state.inUse)
      return Self.block(capacity, &state)
    }
    guard let address, let bytes = UnsafeMutableRawPointer(bitPattern: address) else {
      fatalError("MemoryPool: there are no \(capacity) bytes of memory left for a tensor")
    }
    return (bytes, capacity)
  }

  /// A block that is kept, or one from the system; where that has none left, it gets back first what is kept here.
  private static func block(_ capacity: Int, _ state: inout State) -> UInt? {
    if let address = state.free[capacity]?.popLast() {
      state.keptInBlocks -= capacity
      return address
    }
    func new(_ state: inout State) -> UInt? {
      guard capacity < largeBlock else { return state.arena.take(capacity) }
      return unfold_block(capacity, alignment).map { UInt(bitPattern: $0) }
    }
    if let address = new(&state) { return address }
    empty(&state)
    return new(&state)
  }

  /// Takes a block back. Where more would be kept than the limit, memory of large ones goes back to the system.
  func give(_ bytes: UnsafeMutableRawPointer, capacity: Int) {
    let address = UInt(bitPattern: bytes)
    state.withLock { state in
      state.inUse -= capacity
      if capacity >= Self.largeBlock {
        state.arena.give(address, capacity)
      } else if state.keptInBlocks + capacity <= state.limit {
        state.keptInBlocks += capacity
        state.free[capacity, default: []].append(address)
      } else {
        unfold_free_block(bytes)
      }
      state.arena.keep(atMost: state.limit - state.keptInBlocks)
    }
  }

  /// Keeps no more than `limit` bytes from now on.
  func keep(atMost limit: Int) {
    state.withLock { state in
      state.limit = limit
      if state.kept > limit { Self.empty(&state) }
    }
  }

  /// Gives what is kept back to the system.
  private static func empty(_ state: inout State) {
    for address in state.free.values.joined() {
      unfold_free_block(UnsafeMutableRawPointer(bitPattern: address))
    }
    (state.free, state.keptInBlocks) = ([:], 0)
    unfold_trim_heap()
    state.arena.keep(atMost: 0)
  }

  /// The bytes of memory that are kept for the next one who asks.
  var bytesKept: Int { state.withLock(\.kept) }

  /// The bytes of all blocks that are out.
  var bytesInUse: Int { state.withLock(\.inUse) }

  /// The most bytes that were out at once while `body` ran, in any thread.
  func peak<Result>(during body: () throws -> Result) rethrows -> (result: Result, bytes: Int) {
    state.withLock { $0.peak = $0.inUse }
    let result = try body()
    return (result, state.withLock(\.peak))
  }

  /// The size of a block with room for so many bytes: whole cache lines, and of small blocks one of four sizes per power
  /// of two, so that at most a quarter is unused.
  static func roundedUp(_ byteCount: Int) -> Int {
    guard 256 < byteCount, byteCount <= largeBlock else {
      return max(alignment, (byteCount + alignment - 1) & ~(alignment - 1))
    }
    let step = 1 << (Int.bitWidth - 3 - (byteCount - 1).leadingZeroBitCount)
    return (byteCount + step - 1) & ~(step - 1)
  }
}
