extension Sequence<String> {
  /// The text that is there most often, of several the first by the alphabet; `nil` if there is none.
  var mostFrequent: String? {
    var counts: [String: Int] = [:]
    for text in self { counts[text, default: 0] += 1 }
    return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
  }

  /// What giving every example the most frequent of these labels reaches on examples of the labels `labels`, as a line of
  /// a report; what is reached is called `name`: "accuracy of roots".
  func mostFrequentBaseline(on labels: [String], as name: String = "accuracy") -> String? {
    guard !labels.isEmpty, let common = mostFrequent else { return nil }
    let right = labels.count { $0 == common }
    return "most frequent label: \(name) \(percent(Double(right) / Double(labels.count))) %"
  }
}
