internal import CKernels
internal import Synchronization

/// Keeps freed blocks for the next tensor of about the same size.
///
/// A training step makes and drops the same sizes over and over; the system's allocator would map and unmap the large
/// ones each time, and every fresh page costs a fault.
final class MemoryPool: Sendable {
  static let shared = MemoryPool()

  /// Blocks start on a cache line, which is also the widest vector.
  static let alignment = 64
  /// What the pool keeps at most unless told to keep less; beyond it blocks go back to the system.
  static let limit = 1 << 30
  /// Blocks of this size and more are worth giving back for one another.
  private static let largeBlock = 1 << 18

  init() {}

  /// A block that nobody has.
  private struct Block {
    let address: UInt
    /// When it was given back.
    let time: Int
  }

  private struct State {
    /// By size; of each those given back first come first.
    var free: [Int: [Block]] = [:]
    var kept = 0
    /// The most that is kept.
    var limit = MemoryPool.limit
    var inUse = 0
    var peak = 0
    /// Of each size how many blocks are out, beyond those that were when somebody began to count, and the most there
    /// have been; `nil` while nobody counts.
    var counts: [Int: (out: Int, most: Int)]?
    /// Counts what is given back.
    var time = 0
    /// Of each size how many blocks have gone back to the system to make room for others.
    var released: [Int: Int] = [:]
  }

  private let state = Mutex(State())

  /// A block of at least `byteCount` bytes, and its real size.
  func take(_ byteCount: Int) -> (bytes: UnsafeMutableRawPointer, capacity: Int) {
    let capacity = Self.roundedUp(byteCount)
    let (address, released) = state.withLock { state -> (UInt?, [UInt]) in
      state.inUse += capacity
      state.peak = max(state.peak, state.inUse)
      Self.count(1, capacity, &state)
      guard let block = state.free[capacity]?.popLast() else {
        return (nil, Self.makeRoom(for: capacity, &state))
      }
      state.kept -= capacity
      return (block.address, [])
    }
    if !released.isEmpty { Self.release(released) }
    if let address, let bytes = UnsafeMutableRawPointer(bitPattern: address) {
      return (bytes, capacity)
    }
    return (block(capacity), capacity)
  }

  /// A block from the system; where it has none left, it gets back first what is kept here.
  private func block(_ capacity: Int) -> UnsafeMutableRawPointer {
    if let bytes = unfold_block(capacity, Self.alignment) { return bytes }
    Self.release(state.withLock { Self.emptied(&$0) })
    guard let bytes = unfold_block(capacity, Self.alignment) else {
      fatalError("MemoryPool: there are no \(capacity) bytes of memory left for a tensor")
    }
    return bytes
  }

  /// Chooses blocks of other sizes to go back to the system for a large new one: those that have been free for longest,
  /// such as what only the making of a model took. A size that is missed later grows at nobody's cost, so that a program
  /// which goes round in circles soon finds all its blocks here.
  private static func makeRoom(for capacity: Int, _ state: inout State) -> [UInt] {
    // Who asks what is held in the end gets there at once.
    guard capacity >= largeBlock, state.counts == nil else { return [] }
    if let count = state.released[capacity], count > 0 {
      state.released[capacity] = count - 1
      return []
    }
    var room = capacity, addresses: [UInt] = []
    while let (address, size) = oldest(upTo: room, &state) {
      room -= size
      addresses.append(address)
    }
    return addresses
  }

  private static func release(_ addresses: [UInt]) {
    for address in addresses { unfold_free_block(UnsafeMutableRawPointer(bitPattern: address)) }
    unfold_trim_heap()
  }

  /// Takes a block back. Where there is no room for all, large ones that have been free for longest go.
  func give(_ bytes: UnsafeMutableRawPointer, capacity: Int) {
    let released = state.withLock { state -> [UInt] in
      state.inUse -= capacity
      Self.count(-1, capacity, &state)
      var released: [UInt] = []
      while capacity <= state.limit, state.kept + capacity > state.limit,
        let (address, _) = Self.oldest(upTo: .max, &state)
      {
        released.append(address)
      }
      guard state.kept + capacity <= state.limit else {
        return released + [UInt(bitPattern: bytes)]
      }
      state.kept += capacity
      state.time += 1
      state.free[capacity, default: []].append(
        Block(address: UInt(bitPattern: bytes), time: state.time))
      return released
    }
    for address in released { unfold_free_block(UnsafeMutableRawPointer(bitPattern: address)) }
  }

  /// Takes away the block that has been free for longest of the large ones up to `most` bytes.
  private static func oldest(
    upTo most: Int, _ state: inout State
  ) -> (address: UInt, size: Int)? {
    let oldest = state.free.filter { $0.key >= largeBlock && $0.key <= most }
      .compactMap { size, blocks in blocks.first.map { (size, $0) } }
      .min { $0.1.time < $1.1.time }
    guard let (size, block) = oldest else { return nil }
    state.free[size]?.removeFirst()
    state.kept -= size
    state.released[size, default: 0] += 1
    return (block.address, size)
  }

  /// Keeps no more than `limit` bytes from now on.
  func keep(atMost limit: Int) {
    let addresses = state.withLock { state -> [UInt] in
      state.limit = limit
      return state.kept > limit ? Self.emptied(&state) : []
    }
    Self.release(addresses)
  }

  /// All that is kept, which then is kept no more.
  private static func emptied(_ state: inout State) -> [UInt] {
    defer { (state.free, state.kept) = ([:], 0) }
    return state.free.values.joined().map(\.address)
  }

  /// The bytes of all blocks that are kept for the next one who asks.
  var bytesKept: Int { state.withLock(\.kept) }

  /// The bytes of all blocks that are out.
  var bytesInUse: Int { state.withLock(\.inUse) }

  /// The most bytes that were out at once while `body` ran, in any thread.
  func peak<Result>(during body: () throws -> Result) rethrows -> (result: Result, bytes: Int) {
    state.withLock { $0.peak = $0.inUse }
    let result = try body()
    return (result, state.withLock(\.peak))
  }

  private static func count(_ change: Int, _ capacity: Int, _ state: inout State) {
    guard var count = state.counts?[capacity, default: (0, 0)] else { return }
    count.out += change
    count.most = max(count.most, count.out)
    state.counts?[capacity] = count
  }

  /// The bytes that the pool and who takes from it have in the end when what is done in `body` is done over and over: of
  /// each size as many blocks as were out at once, for all of them end up being kept, as far as the limit lets them.
  func hold<Result>(during body: () throws -> Result) rethrows -> (result: Result, bytes: Int) {
    let before = state.withLock { state in
      state.counts = [:]
      return state.inUse
    }
    defer { state.withLock { $0.counts = nil } }
    let result = try body()
    let bytes = state.withLock { state in
      let all = (state.counts ?? [:]).reduce(before) { $0 + $1.key * $1.value.most }
      return min(all, max(before, state.peak) + state.limit)
    }
    return (result, bytes)
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
