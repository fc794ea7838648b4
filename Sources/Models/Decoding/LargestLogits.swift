internal import Tensors

/// The largest of a lane's logits: largest first, equal ones by their symbols.
struct LargestLogits<Scalar: KernelScalar> {
  struct Entry {
    let logit: Scalar
    let symbol: Int32
  }

  /// What was found, at most as many as asked for.
  private(set) var entries: [Entry] = []

  /// Finds the largest of the logits that may be taken, −∞ never being one.
  ///
  /// Blocks of logits are compared with the smallest of those kept, and most have nothing larger: a block costs a few
  /// vector comparisons, and about count · ln(V / count) of V symbols in random order are looked at alone.
  mutating func select(
    _ count: Int, of logits: UnsafeBufferPointer<Scalar>, unless ban: DecodingConstraints.Ban,
    end: Int32
  ) {
    entries.removeAll(keepingCapacity: true)
    if ban.allowsEndOnly {
      if logits[Int(end)] > -.infinity, !ban.contains(end) {
        entries.append(Entry(logit: logits[Int(end)], symbol: end))
      }
      return
    }
    var least = -Scalar.infinity
    let block = 64
    var first = 0
    while first < logits.count {
      let next = Swift.min(first + block, logits.count)
      if Self.has(logits, first..<next, above: least) {
        for index in first..<next where logits[index] > least {
          if ban.contains(Int32(index)) { continue }
          insert(Entry(logit: logits[index], symbol: Int32(index)), keeping: count)
          if entries.count == count { least = entries[count - 1].logit }
        }
      }
      first = next
    }
  }

  private static func has(
    _ logits: UnsafeBufferPointer<Scalar>, _ range: Range<Int>, above least: Scalar
  ) -> Bool {
    var found: Int32 = 0
    for index in range { found |= logits[index] > least ? 1 : 0 }
    return found != 0
  }

  /// Symbols come in their order, so that one comes after those it equals.
  private mutating func insert(_ entry: Entry, keeping count: Int) {
    if entries.count == count { entries.removeLast() }
    var place = entries.count
    while place > 0, entries[place - 1].logit < entry.logit { place -= 1 }
    entries.insert(entry, at: place)
  }
}
