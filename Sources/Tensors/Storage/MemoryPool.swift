internal import Synchronization

/// Keeps freed blocks for the next tensor of about the same size.
///
/// A training step makes and drops the same sizes over and over; the system's allocator would map and unmap the large
/// ones each time, and every fresh page costs a fault.
final class MemoryPool: Sendable {
  static let shared = MemoryPool()

  /// Blocks start on a cache line, which is also the widest vector.
  static let alignment = 64
  /// What the pool keeps at most; beyond it blocks go back to the system.
  static let limit = 1 << 30

  init() {}

  private struct State {
    var free: [Int: [UInt]] = [:]
    var kept = 0
    var inUse = 0
    var peak = 0
  }

  private let state = Mutex(State())

  /// A block of at least `byteCount` bytes, and its real size.
  func take(_ byteCount: Int) -> (bytes: UnsafeMutableRawPointer, capacity: Int) {
    let capacity = Self.roundedUp(byteCount)
    let address = state.withLock { state -> UInt? in
      state.inUse += capacity
      state.peak = max(state.peak, state.inUse)
      guard let address = state.free[capacity]?.popLast() else { return nil }
      state.kept -= capacity
      return address
    }
    if let address, let bytes = UnsafeMutableRawPointer(bitPattern: address) {
      return (bytes, capacity)
    }
    return (.allocate(byteCount: capacity, alignment: Self.alignment), capacity)
  }

  /// Takes a block back.
  func give(_ bytes: UnsafeMutableRawPointer, capacity: Int) {
    let kept = state.withLock { state -> Bool in
      state.inUse -= capacity
      guard state.kept + capacity <= Self.limit else { return false }
      state.kept += capacity
      state.free[capacity, default: []].append(UInt(bitPattern: bytes))
      return true
    }
    if !kept { bytes.deallocate() }
  }

  /// The bytes of all blocks that are out.
  var bytesInUse: Int { state.withLock(\.inUse) }

  /// The most bytes that were out at once while `body` ran, in any thread.
  func peak<Result>(during body: () throws -> Result) rethrows -> (result: Result, bytes: Int) {
    state.withLock { $0.peak = $0.inUse }
    let result = try body()
    return (result, state.withLock(\.peak))
  }

  /// The next of four sizes per power of two: at most a quarter of a block is unused.
  static func roundedUp(_ byteCount: Int) -> Int {
    guard byteCount > 256 else {
      return max(alignment, (byteCount + alignment - 1) & ~(alignment - 1))
    }
    let step = 1 << (Int.bitWidth - 3 - (byteCount - 1).leadingZeroBitCount)
    return (byteCount + step - 1) & ~(step - 1)
  }
}
