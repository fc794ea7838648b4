/// How long something takes that is done several times, of which the first may not count.
struct RepeatedTiming {
  private var early: [Double] = [], counted: [Double] = []

  var isEmpty: Bool { early.isEmpty && counted.isEmpty }

  mutating func add(_ seconds: Double, counts: Bool) {
    if counts { counted.append(seconds) } else { early.append(seconds) }
  }

  /// The mean of those that count, or else of all; `nil` if there is none.
  var mean: Double? {
    let known = counted.isEmpty ? early : counted
    return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
  }
}
