/// Byte strings under the numbers 0, 1, 2, … in the order in which they were added.
///
/// An open-addressing hash table over one array of bytes: looking up a unit of a text neither
/// allocates nor compares as strings do.
struct UnitTable: Sendable, Equatable {
  private var bytes: [UInt8] = []
  private var starts: [Int] = [0]
  /// Numbers, or −1; a power of two of them, at most half in use.
  private var slots = [Int32](repeating: -1, count: 64)
  /// The numbers of units of a single byte, or −1: most of what most texts look up.
  private var singles = [Int32](repeating: -1, count: 256)

  /// How many byte strings there are.
  var count: Int { starts.count - 1 }

  /// The byte string under `number`.
  subscript(number: Int) -> ArraySlice<UInt8> { bytes[starts[number]..<starts[number + 1]] }

  /// The number of the part `range` of `source`, or `nil`.
  func number(of source: [UInt8], _ range: Range<Int>) -> Int32? {
    let found =
      range.count == 1
      ? singles[Int(source[range.lowerBound])] : slots[slot(of: source, range)]
    return found < 0 ? nil : found
  }

  /// The number of the part `range` of `source`, which is added if it is new.
  mutating func insert(_ source: [UInt8], _ range: Range<Int>) -> Int32 {
    if let number = number(of: source, range) { return number }
    let number = append(source, range)
    if range.count == 1 {
      singles[Int(source[range.lowerBound])] = number
    } else {
      slots[slot(of: source, range)] = number
      if count * 2 > slots.count { grow() }
    }
    return number
  }

  /// Adds a symbol: under its name if texts may spell it, or as a text that cannot be looked up.
  mutating func insertSymbol(_ name: String, isSpelled: Bool, otherwise hidden: String) {
    let bytes = Array((isSpelled ? name : hidden).utf8)
    _ = isSpelled ? insert(bytes, bytes.indices) : append(bytes, bytes.indices)
  }

  private mutating func append(_ source: [UInt8], _ range: Range<Int>) -> Int32 {
    let number = Int32(count)
    bytes += source[range]
    starts.append(bytes.count)
    return number
  }

  /// The slot that holds the part `range` of `source`, or the empty one where it belongs.
  private func slot(of source: [UInt8], _ range: Range<Int>) -> Int {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325  // FNV-1a, then mixed so that the low bits are good
    for index in range { hash = (hash ^ UInt64(source[index])) &* 0x100_0000_01B3 }
    hash ^= hash >> 32
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] >= 0, !isEqual(Int(slots[slot]), source, range) {
      slot = (slot + 1) & (slots.count - 1)
    }
    return slot
  }

  private func isEqual(_ number: Int, _ source: [UInt8], _ range: Range<Int>) -> Bool {
    let start = starts[number]
    guard starts[number + 1] - start == range.count else { return false }
    for offset in 0..<range.count where bytes[start + offset] != source[range.lowerBound + offset] {
      return false
    }
    return true
  }

  private mutating func grow() {
    let old = slots.filter { $0 >= 0 }
    slots = [Int32](repeating: -1, count: slots.count * 2)
    for number in old {
      let range = starts[Int(number)]..<starts[Int(number) + 1]
      slots[slot(of: bytes, range)] = number
    }
  }
}
