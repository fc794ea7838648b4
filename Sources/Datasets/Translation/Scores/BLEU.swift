internal import Foundation

/// How much of translations is as in references: the precision of runs of one to four words, as sacrebleu 2.6 counts it.
///
///     BLEU = BP · exp(1/N Σₙ ln pₙ)
///     pₙ   = 100 · runs of n words that are in a reference too / runs of n words
///     BP   = min(1, exp(1 − r/c))
///
/// c and r are the words of all translations, and of the reference of each that is nearest to it in length. A run counts
/// at most as often as it occurs in one reference.
///
/// Sources: Papineni, Roukos, Ward and Zhu (2002), "BLEU: a method for automatic evaluation of machine translation", §2;
/// Post (2018), "A call for clarity in reporting BLEU scores", <https://arxiv.org/abs/1804.08771>.
public struct BLEU: Sendable, Hashable {
  /// What precision a run has that is found in no reference (Chen and Cherry 2014); without, one such length makes
  /// the whole score 0.
  public enum Smoothing: Sendable, Hashable {
    /// 0.
    case none
    /// As if this number of runs were right; sacrebleu's is 0.1.
    case floor(Double)
    /// This number is added to the runs found and to those right, but for single words; sacrebleu's is 1.
    case addK(Double)
    /// As if half a run were right, a quarter at the next such length, and so on.
    case exponential
  }

  /// How sentences are divided into words.
  public var tokenization: Tokenization
  /// Whether capital letters count as small ones.
  public var lowercase: Bool
  /// What lengths without a match count.
  public var smoothing: Smoothing
  /// N, the length of the longest runs.
  public var maximumOrder: Int
  /// Whether lengths that the translation has no runs of are left out; for scores of single sentences.
  public var usesEffectiveOrder: Bool

  /// A score by its options, sacrebleu's unless told otherwise.
  public init(
    tokenization: Tokenization = .mteval13a, lowercase: Bool = false,
    smoothing: Smoothing = .exponential, maximumOrder: Int = 4, usesEffectiveOrder: Bool = false
  ) {
    demand(maximumOrder > 0, "BLEU: runs have a word or more, got \(maximumOrder)")
    self.tokenization = tokenization
    self.lowercase = lowercase
    self.smoothing = smoothing
    self.maximumOrder = maximumOrder
    self.usesEffectiveOrder = usesEffectiveOrder
  }

  /// The score of many translations, as one text.
  ///
  /// - Parameters:
  ///   - translations: The sentences to judge.
  ///   - references: What each might be, one sentence or more.
  /// - Returns: The score and what it is made of.
  public func score(_ translations: [String], references: [[String]]) -> BLEUScore {
    demand(
      translations.count == references.count,
      "BLEU: references for each of \(translations.count) translations, got \(references.count)")
    var counts = Counts(order: maximumOrder)
    for (translation, references) in zip(translations, references) {
      add(translation, references, to: &counts)
    }
    return score(counts)
  }

  /// The score of one translation.
  public func score(_ translation: String, references: [String]) -> BLEUScore {
    score([translation], references: [references])
  }

  /// The options in sacrebleu's words, which a figure should be given with; `version` is that of the sacrebleu whose
  /// figures these are.
  ///
  ///     nrefs:1|case:mixed|eff:no|tok:13a|smooth:exp|version:2.6.0
  public func signature(references: [[String]]) -> String {
    let smooth =
      switch smoothing {
      case .none: "none"
      case .floor(let value): String(format: "floor[%.2f]", value)
      case .addK(let value): String(format: "add-k[%.2f]", value)
      case .exponential: "exp"
      }
    return [
      "nrefs:\(Sacrebleu.referenceCount(references))", "case:\(lowercase ? "lc" : "mixed")",
      "eff:\(usesEffectiveOrder ? "yes" : "no")", "tok:\(tokenization.rawValue)",
      "smooth:\(smooth)", "version:\(Sacrebleu.version)",
    ].joined(separator: "|")
  }

  /// Sums over sentences.
  private struct Counts {
    var words = 0
    var referenceWords = 0
    /// By length.
    var correct: [Int]
    var total: [Int]

    init(order: Int) {
      correct = Array(repeating: 0, count: order)
      total = correct
    }
  }

  private func words(of sentence: String) -> [[Unicode.Scalar]] {
    tokenization.words(of: lowercase ? sentence.lowercasedInContext : sentence)
  }

  private func add(_ translation: String, _ references: [String], to counts: inout Counts) {
    demand(!references.isEmpty, "BLEU: a reference or more for each translation")
    var table = NgramTable<[Unicode.Scalar]>()
    let words = words(of: translation)
    let found = table.counts(of: words, upTo: maximumOrder)
    var expected = Array(repeating: [Int: Int](), count: maximumOrder)
    var nearest: Int?
    for reference in references.map(self.words) {
      for (order, runs) in table.counts(of: reference, upTo: maximumOrder).enumerated() {
        expected[order].merge(runs, uniquingKeysWith: max)
      }
      let distance = (abs(reference.count - words.count), reference.count)
      if nearest.map({ distance < (abs($0 - words.count), $0) }) ?? true {
        nearest = reference.count
      }
    }
    counts.words += words.count
    counts.referenceWords += nearest ?? 0
    for order in 0..<maximumOrder {
      counts.correct[order] += matches(found[order], expected[order])
      counts.total[order] += max(0, words.count - order)
    }
  }

  private func score(_ counts: Counts) -> BLEUScore {
    let ratio = Double(counts.referenceWords) / Double(counts.words)
    let penalty =
      counts.words >= counts.referenceWords ? 1 : counts.words == 0 ? 0 : exp(1 - ratio)
    var precisions = Array(repeating: 0.0, count: maximumOrder)
    var order = maximumOrder
    var halving = 1.0
    if counts.correct.contains(where: { $0 > 0 }) {
      for length in 0..<maximumOrder {
        var correct = Double(counts.correct[length])
        var total = Double(counts.total[length])
        if case .addK(let value) = smoothing, length > 0 {
          correct += value
          total += value
        }
        if total == 0 { break }
        if usesEffectiveOrder { order = length + 1 }
        if correct == 0 {
          switch smoothing {
          case .exponential:
            halving *= 2
            correct = 1 / halving
          case .floor(let value): correct = value
          case .none, .addK: break
          }
        }
        precisions[length] = 100 * correct / total
      }
    }
    let mean = precisions[..<order].reduce(0) { $0 + log($1) } / Double(order)
    return BLEUScore(
      score: penalty * exp(mean), correct: counts.correct, total: counts.total,
      precisions: precisions, brevityPenalty: penalty, words: counts.words,
      referenceWords: counts.referenceWords)
  }
}
