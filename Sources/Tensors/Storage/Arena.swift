internal import CKernels

/// Memory that is parted as it is asked for: a block takes the smallest free range that has room for it, rather than memory
/// that nobody has had yet, and what is given back becomes one range with what is free beside it.
///
/// So memory serves one size after another, and little more is held than was in use at once: what lies between blocks and
/// is too small for anybody. New memory is asked for below what there is, and blocks are taken from the ends of ranges, so
/// that they lie beside each other.
struct Arena {
  /// Memory that nobody has.
  private struct FreeRange {
    let first: UInt
    var count: Int
    /// How many of its bytes, up to the last, have been given back; nobody has had those before them yet.
    var kept: Int
    /// When something was given back to it.
    var time: Int

    var end: UInt { first + UInt(count) }

    /// The whole pages of what is kept.
    var pages: Range<UInt> {
      let page = UInt(unfold_page_size())
      let start = (end - UInt(kept) + page - 1) / page * page
      return start..<max(start, end / page * page)
    }

    /// One range with the next, if that is beside it and what nobody has had yet comes first.
    func joined(with next: FreeRange) -> FreeRange? {
      guard end == next.first, kept == 0 || next.kept == next.count else { return nil }
      return FreeRange(
        first: first, count: count + next.count, kept: kept + next.kept, time: max(time, next.time))
    }
  }

  /// What the system is asked for at once where less is needed.
  private static let growth = 32 << 20
  /// What goes back to the system at once, at least, where there is as much.
  private static let release = 1 << 20

  /// By address.
  private var free: [FreeRange] = []
  /// Where the newest memory starts.
  private var lowest: UInt = 0
  /// The bytes that have been given back.
  private(set) var bytesKept = 0
  /// Counts what is given back.
  private var time = 0

  /// A block of `count` bytes, a multiple of the alignment that all of its blocks shall have; `nil` if the system has
  /// no memory left.
  mutating func take(_ count: Int) -> UInt? {
    guard let index = best(for: count) ?? grow(by: count) else { return nil }
    let kept = min(free[index].kept, count)
    bytesKept -= kept
    free[index].kept -= kept
    free[index].count -= count
    let first = free[index].end
    if free[index].count == 0 { free.remove(at: index) }
    return first
  }

  /// Takes a block back.
  mutating func give(_ first: UInt, _ count: Int) {
    time += 1
    bytesKept += count
    insert(FreeRange(first: first, count: count, kept: count, time: time))
  }

  /// Gives memory back to the system until no more than `limit` bytes are kept, but for parts of pages: of those ranges first
  /// to which nothing has been given back for longest.
  mutating func keep(atMost limit: Int) {
    while bytesKept > limit {
      var oldest: Int?
      for index in free.indices where !free[index].pages.isEmpty {
        if oldest.map({ free[index].time < free[$0].time }) ?? true { oldest = index }
      }
      guard let oldest else { return }
      let range = free[oldest], pages = range.pages
      let size = max(bytesKept - limit, Self.release), page = unfold_page_size()
      let count = min(pages.count, (size + page - 1) / page * page)
      unfold_unmap(pages.lowerBound, count)
      bytesKept -= count
      let end = pages.lowerBound + UInt(count), after = Int(range.end - end)
      free.remove(at: oldest)
      for part in [
        FreeRange(
          first: range.first, count: Int(pages.lowerBound - range.first),
          kept: range.kept - count - after, time: range.time),
        FreeRange(first: end, count: after, kept: after, time: range.time),
      ] where part.count > 0 {
        free.insert(part, at: place(of: part.first))
      }
    }
  }

  /// The range to take a block from: the smallest with as little as can be that nobody has had yet.
  private func best(for count: Int) -> Int? {
    var found: (index: Int, new: Int)?
    for index in free.indices where free[index].count >= count {
      if free[index].kept == count, free[index].count == count { return index }
      let new = max(0, count - free[index].kept)
      if found.map({ (new, free[index].count) < ($0.new, free[$0.index].count) }) ?? true {
        found = (index, new)
      }
    }
    return found?.index
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

  /// Adds a free range, as one with those beside it.
  private mutating func insert(_ range: FreeRange) {
    var range = range, index = place(of: range.first)
    if index < free.count, let joined = range.joined(with: free[index]) {
      free.remove(at: index)
      range = joined
    }
    if index > 0, let joined = free[index - 1].joined(with: range) {
      index -= 1
      free.remove(at: index)
      range = joined
    }
    free.insert(range, at: index)
  }

  /// A range with room for `count` bytes, some of them from the system.
  private mutating func grow(by count: Int) -> Int? {
    // Where the process may not have so many addresses, just what is needed.
    for least in [max(count, Self.growth), count] {
      let (bytes, isTooLarge) = least.addingReportingOverflow(unfold_page_size() - 1)
      let whole = bytes / unfold_page_size() * unfold_page_size()
      guard !isTooLarge else { return nil }
      let first = unfold_map(whole, lowest > UInt(whole) ? lowest - UInt(whole) : 0)
      guard first != 0 else { continue }
      lowest = first
      insert(FreeRange(first: first, count: whole, kept: 0, time: time))
      return best(for: count)
    }
    return nil
  }
}
