public import Datasets

/// Which class each of many examples has, and which a model gave it.
public struct Confusion: Sendable, Equatable {
  /// A class that an example has, and one that it was given.
  public struct Pair: Sendable, Hashable {
    /// The class in the data.
    public let expected: String
    /// The class by the model.
    public let found: String
  }

  /// How many examples have each pair of classes.
  public private(set) var pairs: [Pair: Int] = [:]

  /// No examples yet.
  public init() {}

  /// Counts an example.
  public mutating func add(expected: String, found: String) {
    pairs[Pair(expected: expected, found: found), default: 0] += 1
  }

  /// All examples.
  public var count: Int { pairs.values.reduce(0, +) }

  /// The examples that have the right class.
  public var right: Int {
    pairs.reduce(0) { $0 + ($1.key.expected == $1.key.found ? $1.value : 0) }
  }

  /// The part of the examples that have the right class.
  public var accuracy: Double { count == 0 ? .nan : Double(right) / Double(count) }

  /// How often a class is expected, found and right.
  public func counts(of label: String) -> PhraseScore.Counts {
    var counts = PhraseScore.Counts()
    for (pair, number) in pairs {
      if pair.expected == label { counts.expected += number }
      if pair.found == label { counts.found += number }
      if pair.expected == label, pair.found == label { counts.correct += number }
    }
    return counts
  }

  /// Every class that is expected or found, numbers by their size and other names by the alphabet.
  public var labels: [String] {
    Set(pairs.keys.flatMap { [$0.expected, $0.found] }).sorted { first, second in
      if let a = Int(first), let b = Int(second), a != b { return a < b }
      return first < second
    }
  }

  /// The most classes that are shown as a matrix: more do not fit into a terminal.
  private static let mostColumns = 12

  /// For a person: precision, recall and F1 of each class; a row for each class of the data with what was found instead,
  /// or the commonest mistakes where there are many classes. A class is called `label`, and `examples` are counted.
  func table(_ label: String, of examples: String) -> String {
    let labels = labels
    let scores = TextTable(
      [label, examples] + PhraseScore.Counts.columns,
      rows: labels.map { counts(of: $0).row($0) })
    return "\(scores.text)\n\n\(labels.count <= Self.mostColumns ? matrix : mistakes)"
  }

  private var matrix: String {
    let labels = labels
    return TextTable(
      ["found →"] + labels,
      rows: labels.map { expected in
        [expected]
          + labels.map { "\(pairs[Pair(expected: expected, found: $0)] ?? 0)" }
      }
    ).text
  }

  private var mistakes: String {
    let wrong = pairs.filter { $0.key.expected != $0.key.found }.sorted {
      ($1.value, $0.key.expected, $0.key.found) < ($0.value, $1.key.expected, $1.key.found)
    }
    return TextTable(
      ["instead of", "found", "number"],
      rows: wrong.prefix(10).map { [$0.key.expected, $0.key.found, "\($0.value)"] }
    ).text
  }
}

extension PhraseScore.Counts {
  /// The columns of a table after those of the name and of what is counted.
  static var columns: [String] { ["precision", "recall", "F1"] }

  /// A row of a table.
  func row(_ name: String) -> [String] {
    [name, "\(expected)"] + [precision, recall, f1].map(percent)
  }
}
