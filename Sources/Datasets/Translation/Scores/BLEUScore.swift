internal import Foundation

/// A BLEU score and what it is made of.
public struct BLEUScore: Sendable, Equatable {
  /// From 0 to 100.
  public let score: Double
  /// The runs of 1, 2, … words that are in a reference too.
  public let correct: [Int]
  /// The runs of 1, 2, … words.
  public let total: [Int]
  /// The precision of runs of 1, 2, … words in percent, smoothed.
  public let precisions: [Double]
  /// BP, by which translations that are too short lose.
  public let brevityPenalty: Double
  /// c, the words of the translations.
  public let words: Int
  /// r, the words of the references.
  public let referenceWords: Int
}

/// As sacrebleu prints it: `BLEU = 35.21 66.3/41.7/28.0/19.1 (BP = 1.000 ratio = 1.013 hyp_len = 12264 ref_len = 12103)`.
extension BLEUScore: CustomStringConvertible {
  public var description: String {
    let ratio = referenceWords == 0 ? 0 : Double(words) / Double(referenceWords)
    return String(
      format: "BLEU = %.2f %@ (BP = %.3f ratio = %.3f hyp_len = %d ref_len = %d)", score,
      precisions.map { String(format: "%.1f", $0) }.joined(separator: "/"), brevityPenalty, ratio,
      words, referenceWords)
  }
}
