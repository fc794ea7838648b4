internal import CKernels

/// Memory that is parted as it is asked for: a block takes the smallest free range that has room for it, and what is
/// given back becomes one range with what is free beside it.
///
/// So memory serves one size after another, and no more is held than was in use at once, but for what lies between
/// blocks and is too small for anybody.
struct Arena {
  /// Memory that nobody has.
  private struct FreeRange {
    let first: UInt
    var count: Int
    /// How many of its bytes, from the first on, may be in memory; behind them pages are the system's until somebody
    /// writes there.
    var kept: Int
    /// When something was given back to it.
    var time: Int

    var end: UInt { first + UInt(count) }
  }

  /// What the system is asked for at once: addresses, which cost nothing before they are written to.
  private static let regionBytes = 1 << 30

  /// By address.
  private var free: [FreeRange] = []
  /// Where regions start: ranges of two are not one, though they may lie side by side.
  private var regions: Set<UInt> = []
  /// The bytes of free ranges that may be in memory.
  private(set) var bytesKept = 0
  /// Counts what is given back.
  private var time = 0

  /// A block of `count` bytes, a multiple of the alignment that all of its blocks shall have; `nil` if the system has
  /// no memory left.
  mutating func take(_ count: Int) -> UInt? {
    guard let index = smallest(for: count) ?? grow(by: count) else { return nil }
    let range = free[index], kept = min(range.kept, count)
    bytesKept -= kept
    let rest = FreeRange(
      first: range.first + UInt(count), count: range.count - count, kept: range.kept - kept,
      time: range.time)
    if rest.count > 0 {
      free[index] = rest
    } else {
      free.remove(at: index)
    }
    return range.first
  }

  /// Takes a block back.
  mutating func give(_ first: UInt, _ count: Int) {
    time += 1
    bytesKept += count
    var range = FreeRange(first: first, count: count, kept: count, time: time)
    var index = place(of: first)
    if index < free.count, free[index].first == range.end, !regions.contains(range.end) {
      range.count += free[index].count
      range.kept += free[index].kept
      free.remove(at: index)
    }
    if index > 0, free[index - 1].end == first, !regions.contains(first) {
      index -= 1
      let before = free.remove(at: index)
      bytesKept += before.count - before.kept
      range = FreeRange(
        first: before.first, count: before.count + range.count, kept: before.count + range.kept,
        time: time)
    }
    free.insert(range, at: index)
  }

  /// Gives pages of free ranges back to the system until no more than `limit` bytes are kept: of those first that have
  /// been free for longest.
  mutating func keep(atMost limit: Int) {
    while bytesKept > limit {
      let kept = free.indices.filter { free[$0].kept > 0 }
      guard let oldest = kept.min(by: { free[$0].time < free[$1].time }) else { return }
      let count = min(free[oldest].kept, bytesKept - limit)
      free[oldest].kept -= count
      bytesKept -= count
      unfold_release_pages(free[oldest].first + UInt(free[oldest].kept), count)
    }
  }

  private func smallest(for count: Int) -> Int? {
    free.indices.filter { free[$0].count >= count }.min { free[$0].count < free[$1].count }
  }

  /// Where a range is that starts at an address, or would be.
  private func place(of first: UInt) -> Int {
    var low = 0, high = free.count
    while low < high {
      let middle = (low + high) / 2
      if free[middle].first < first { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// A new range with room for `count` bytes.
  private mutating func grow(by count: Int) -> Int? {
    let (whole, isTooLarge) = count.addingReportingOverflow(Self.regionBytes - 1)
    guard !isTooLarge else { return nil }
    // Where the process may not have so many addresses, just what is needed.
    for bytes in [whole / Self.regionBytes * Self.regionBytes, count] {
      let first = unfold_region(bytes)
      guard first != 0 else { continue }
      regions.insert(first)
      let index = place(of: first)
      free.insert(FreeRange(first: first, count: bytes, kept: 0, time: 0), at: index)
      return index
    }
    return nil
  }
}
