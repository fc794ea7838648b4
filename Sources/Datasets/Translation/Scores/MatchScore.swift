/// How many sentences, and how many of their units, are exactly as expected.
public struct MatchScore: Sendable, Equatable {
  /// All sentences.
  public private(set) var sentences = 0
  /// The sentences that are as expected.
  public private(set) var correctSentences = 0
  /// The places of all sentences: as many for each as the longer of what was found and what is expected has units.
  public private(set) var units = 0
  /// The places whose unit is the one expected there.
  public private(set) var correctUnits = 0

  /// Nothing counted yet.
  public init() {}

  /// What part of the sentences is exactly right; 0 if there are none.
  public var exactMatch: Double {
    sentences == 0 ? 0 : Double(correctSentences) / Double(sentences)
  }

  /// What part of the units is right; 0 if there are none.
  public var accuracy: Double { units == 0 ? 0 : Double(correctUnits) / Double(units) }

  /// Counts a sentence by its units.
  public mutating func add<Unit: Equatable>(found: [Unit], expected: [Unit]) {
    let right = zip(found, expected).count { $0 == $1 }
    sentences += 1
    units += max(found.count, expected.count)
    correctUnits += right
    if right == max(found.count, expected.count) { correctSentences += 1 }
  }

  /// Counts a sentence by the units of its text. Words are compared by their characters; the white space between them
  /// does not count.
  public mutating func add(found: String, expected: String, by unit: TextUnit) {
    let units = [found, expected].map { text in
      let bytes = Array(text.utf8)
      var units: [ArraySlice<UInt8>] = []
      unit.forEach(in: bytes, endOfLine: false) { units.append(bytes[$0]) }
      return units
    }
    add(found: units[0], expected: units[1])
  }
}
