/// How many runs of characters, and of words, translations share with references: chrF and chrF++, as sacrebleu 2.6
/// counts them.
///
///     chrFβ = 100 · (1 + β²) P R / (β² P + R)
///
/// P and R are the precision and the recall of runs of n elements, their mean over the lengths that both have. Of several
/// references that which gives the sentence the best score counts.
///
/// Sources: Popović (2015), "chrF: character n-gram F-score for automatic MT evaluation"; Popović (2017), "chrF++:
/// words helping character n-grams".
public struct CharacterFScore: Sendable, Hashable {
  /// The length of the longest runs of characters (Unicode scalars).
  public var characterOrder: Int
  /// The length of the longest runs of words; 0 for chrF, 2 for chrF++.
  public var wordOrder: Int
  /// β: how many times as much recall counts as precision.
  public var beta: Int
  /// Whether capital letters count as small ones.
  public var lowercase: Bool
  /// Whether white space counts as characters.
  public var countsWhiteSpace: Bool

  /// A score by its options: chrF2 unless told otherwise.
  public init(
    characterOrder: Int = 6, wordOrder: Int = 0, beta: Int = 2, lowercase: Bool = false,
    countsWhiteSpace: Bool = false
  ) {
    demand(
      characterOrder >= 0 && wordOrder >= 0 && characterOrder + wordOrder > 0 && beta > 0,
      "CharacterFScore: runs of characters or words and a weight, got orders \(characterOrder) and"
        + " \(wordOrder), and \(beta)")
    self.characterOrder = characterOrder
    self.wordOrder = wordOrder
    self.beta = beta
    self.lowercase = lowercase
    self.countsWhiteSpace = countsWhiteSpace
  }

  /// chrF2: runs of up to six characters.
  public static let chrF = CharacterFScore()
  /// chrF2++: and of one and two words.
  public static let chrFPlusPlus = CharacterFScore(wordOrder: 2)

  /// The name in sacrebleu's words, such as `chrF2++`.
  public var name: String { "chrF\(beta)" + String(repeating: "+", count: wordOrder) }

  /// The score of many translations, as one text.
  ///
  /// - Parameters:
  ///   - translations: The sentences to judge.
  ///   - references: What each might be, one sentence or more.
  /// - Returns: The score, from 0 to 100.
  public func score(_ translations: [String], references: [[String]]) -> Double {
    demand(
      translations.count == references.count,
      "CharacterFScore: references for each of \(translations.count) translations, got"
        + " \(references.count)")
    var sums = Array(repeating: Counts(), count: characterOrder + wordOrder)
    for (translation, references) in zip(translations, references) {
      for (order, counts) in counts(of: translation, references).enumerated() {
        sums[order].found += counts.found
        sums[order].expected += counts.expected
        sums[order].common += counts.common
      }
    }
    return score(sums)
  }

  /// The score of one translation.
  public func score(_ translation: String, references: [String]) -> Double {
    score([translation], references: [references])
  }

  /// The options in sacrebleu's words, which a figure should be given with; `version` is that of the sacrebleu whose
  /// figures these are.
  public func signature(references: [[String]]) -> String {
    [
      "nrefs:\(Sacrebleu.referenceCount(references))", "case:\(lowercase ? "lc" : "mixed")",
      "eff:yes", "nc:\(characterOrder)", "nw:\(wordOrder)",
      "space:\(countsWhiteSpace ? "yes" : "no")", "version:\(Sacrebleu.version)",
    ].joined(separator: "|")
  }

  /// Runs of one length.
  private struct Counts {
    var found = 0
    var expected = 0
    var common = 0
  }

  private func counts(of translation: String, _ references: [String]) -> [Counts] {
    demand(!references.isEmpty, "CharacterFScore: a reference or more for each translation")
    var characters = NgramTable<Unicode.Scalar>()
    var words = NgramTable<[Unicode.Scalar]>()
    func runs(_ sentence: String) -> [[Int: Int]] {
      let scalars = Array((lowercase ? sentence.lowercasedInContext : sentence).unicodeScalars)
      let visible = countsWhiteSpace ? scalars : scalars.filter { !$0.isSpace }
      return characters.counts(of: visible, upTo: characterOrder)
        + words.counts(of: Self.words(of: scalars), upTo: wordOrder)
    }
    let found = runs(translation)
    var best: [Counts] = []
    var bestScore = -1.0
    for reference in references {
      let counts = zip(found, runs(reference)).map { found, expected in
        Counts(
          // What the reference has no runs to compare with does not count as wrong.
          found: expected.isEmpty ? 0 : found.values.reduce(0, +),
          expected: expected.values.reduce(0, +), common: matches(found, expected))
      }
      let score = score(counts)
      if score > bestScore {
        best = counts
        bestScore = score
      }
    }
    return best
  }

  /// Words with a punctuation mark of ASCII at their end, or else at their start, apart.
  private static func words(of sentence: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    sentence.words.flatMap { word -> [[Unicode.Scalar]] in
      guard word.count > 1 else { return [word] }
      if isMark(word[word.count - 1]) { return [Array(word.dropLast()), Array(word.suffix(1))] }
      if isMark(word[0]) { return [Array(word.prefix(1)), Array(word.dropFirst())] }
      return [word]
    }
  }

  private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "!"..."/", ":"..."@", "["..."`", "{"..."~": true
    default: false
    }
  }

  private func score(_ sums: [Counts]) -> Double {
    let lengths = sums.filter { $0.found > 0 && $0.expected > 0 }
    let precision = lengths.reduce(0) { $0 + Double($1.common) / Double($1.found) }
    let recall = lengths.reduce(0) { $0 + Double($1.common) / Double($1.expected) }
    if precision + recall == 0 { return 0 }
    let weight = Double(beta * beta)
    // Both are sums over the lengths, not means.
    return 100 * (1 + weight) * precision * recall
      / (weight * precision + recall) / Double(lengths.count)
  }
}
