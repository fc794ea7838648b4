/// How many examples in a row have the first label, how many then the second, and so on: "30 30 30".
public struct LabelCounts: ConfigurationValue {
  /// The numbers, label by label.
  public var counts: [Int]

  /// Counts by their numbers.
  public init(_ counts: [Int]) { self.counts = counts }

  public static var expected: String { "whole numbers from 0 on divided by spaces" }

  public init?(scalar: Scalar) {
    let words = scalar.text.split(separator: " ")
    let counts = words.compactMap { Int($0) }
    guard !words.isEmpty, counts.count == words.count,
      counts.allSatisfy({ (0...1_000_000_000).contains($0) })
    else { return nil }
    self.counts = counts
  }

  public var scalar: Scalar {
    Scalar(counts.map(String.init).joined(separator: " "), isQuoted: true)
  }
}
