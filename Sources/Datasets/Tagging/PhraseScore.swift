/// How many phrases were found, and how many of them are right, as conlleval counts them.
///
/// A phrase that was found is right if one of the same words and the same type is expected.
public struct PhraseScore: Sendable, Equatable {
  /// How many phrases of a kind there are.
  public struct Counts: Sendable, Equatable {
    /// Phrases that should be found.
    public var expected = 0
    /// Phrases that were found.
    public var found = 0
    /// Phrases that were found and should be.
    public var correct = 0

    /// What was counted; nothing yet unless given.
    public init(expected: Int = 0, found: Int = 0, correct: Int = 0) {
      self.expected = expected
      self.found = found
      self.correct = correct
    }

    /// What part of the phrases found is right; 0 if none was found.
    public var precision: Double { found == 0 ? 0 : Double(correct) / Double(found) }
    /// What part of the phrases expected was found; 0 if none is expected.
    public var recall: Double { expected == 0 ? 0 : Double(correct) / Double(expected) }
    /// The harmonic mean of both, 2PR / (P + R); 0 if both are.
    public var f1: Double {
      found + expected == 0 ? 0 : 2 * Double(correct) / Double(found + expected)
    }
  }

  /// All phrases.
  public private(set) var all = Counts()
  /// The phrases of each type that is expected or found.
  public private(set) var byType: [String: Counts] = [:]
  /// All words.
  public private(set) var words = 0
  /// The words whose tag is right.
  public private(set) var correctWords = 0

  /// Nothing counted yet.
  public init() {}

  /// What part of the tags is right; 0 if there are none.
  public var accuracy: Double { words == 0 ? 0 : Double(correctWords) / Double(words) }

  /// Counts a sentence.
  ///
  /// - Parameters:
  ///   - found: The tags as found, in any scheme.
  ///   - expected: The tags as they should be, as many.
  public mutating func add(found: [String], expected: [String]) {
    demand(found.count == expected.count, "PhraseScore: a tag found for each that is expected")
    words += expected.count
    for (found, expected) in zip(found, expected)
    where PhraseTag(found[...]) == PhraseTag(expected[...]) {
      correctWords += 1
    }
    let expectedPhrases = Phrase.decode(expected)
    let expectedSet = Set(expectedPhrases)
    for phrase in expectedPhrases { count(phrase.type) { $0.expected += 1 } }
    for phrase in Phrase.decode(found) {
      count(phrase.type) { $0.found += 1 }
      if expectedSet.contains(phrase) { count(phrase.type) { $0.correct += 1 } }
    }
  }

  private mutating func count(_ type: String, _ change: (inout Counts) -> Void) {
    change(&all)
    change(&byType[type, default: Counts()])
  }
}
