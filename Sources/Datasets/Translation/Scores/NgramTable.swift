/// Gives runs of n elements numbers, the same to those that are equal.
///
/// A run is known by the run without its last element and that element, so that no run is ever hashed whole.
struct NgramTable<Element: Hashable> {
  private struct Key: Hashable {
    var beginning: Int
    var last: Element
  }

  private var numbers: [Key: Int] = [:]

  /// How often each run of 1, 2, … up to `order` elements occurs, by the runs' numbers.
  mutating func counts(of elements: [Element], upTo order: Int) -> [[Int: Int]] {
    var beginnings = Array(repeating: -1, count: elements.count)
    return (0..<order).map { length in
      var counts: [Int: Int] = [:]
      for place in 0..<max(0, elements.count - length) {
        let key = Key(beginning: beginnings[place], last: elements[place + length])
        let number = numbers[key] ?? numbers.count
        numbers[key] = number
        beginnings[place] = number
        counts[number, default: 0] += 1
      }
      return counts
    }
  }
}

/// How many of the counted things are there in both.
func matches(_ counts: [Int: Int], _ other: [Int: Int]) -> Int {
  counts.reduce(0) { $0 + min($1.value, other[$1.key] ?? 0) }
}
