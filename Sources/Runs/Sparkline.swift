/// Numbers as one line of eight bar heights.
public enum Sparkline {
  private static let bars: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]

  /// The values in at most `width` columns; more values than columns are averaged in equal groups.
  /// The lowest value is the lowest bar, the highest the highest; a value that is not finite is a
  /// blank.
  public static func render(_ values: [Double], width: Int) -> String {
    guard !values.isEmpty, width > 0 else { return "" }
    let columns = condensed(values, to: width)
    let finite = columns.filter(\.isFinite)
    guard let low = finite.min(), let high = finite.max() else {
      return String(repeating: " ", count: columns.count)
    }
    return String(
      columns.map { value in
        guard value.isFinite else { return " " }
        let share = high > low ? (value - low) / (high - low) : 0
        return bars[min(bars.count - 1, Int(share * Double(bars.count)))]
      })
  }

  /// Means of equal groups, so that at most `count` numbers are left.
  static func condensed(_ values: [Double], to count: Int) -> [Double] {
    guard values.count > count else { return values }
    return (0..<count).map { column in
      let group = values[(column * values.count / count)..<((column + 1) * values.count / count)]
      let finite = group.filter(\.isFinite)
      return finite.isEmpty ? .nan : finite.reduce(0, +) / Double(finite.count)
    }
  }
}
