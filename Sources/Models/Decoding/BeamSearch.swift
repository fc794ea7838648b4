internal import Tensors

/// Beam search: of all the ways to go on with the hypotheses of a sentence, the most probable go on.
///
/// At each step the ``width`` most probable continuations by one symbol of a sentence's open hypotheses are taken. Those
/// by the end symbol are finished, the others are the open hypotheses of the next step. With a width of 1 that is greedy
/// decoding: the most probable symbol, until it is the end.
///
/// A sentence is done when it has ``count`` finished hypotheses and no open one can end with a higher score than the
/// lowest of these: an open hypothesis cannot become more probable than it is, and its score would be highest at the
/// greatest length allowed (``LengthNormalization``). It is done, too, when nothing may go on. Its lanes are then left
/// out.
///
/// Among equally probable continuations those of the hypothesis that ranks first come first, and of one hypothesis
/// those by the larger logit, then the lower symbol; among equal scores, what was finished earlier. So the result is a
/// function of the sentence's logits alone.
public struct BeamSearch: Sendable, Hashable {
  /// How many continuations are taken at each step.
  public var width: Int
  /// How many hypotheses are returned for a sentence, if as many are found.
  public var count: Int
  /// How the length counts.
  public var normalization: LengthNormalization
  /// β of the coverage penalty β · Σᵢ ln(min(Σⱼ aⱼᵢ, 1)), added to the score, with aⱼᵢ the weight of the source's unit i
  /// when symbol j was written: Wu et al. (2016), eq. 14. A unit without any weight counts as one of 10⁻⁶, so that the
  /// score is a number.
  public var coveragePenalty: Double
  /// What may be written.
  public var constraints: DecodingConstraints
  /// Whether hypotheses say how they looked at their source.
  public var keepsWeights: Bool

  /// A beam of the given width.
  public init(
    width: Int, count: Int = 1, normalization: LengthNormalization = .none,
    coveragePenalty: Double = 0, constraints: DecodingConstraints = .init(),
    keepsWeights: Bool = false
  ) {
    demand(width >= 1, "BeamSearch: the width must be at least 1, got \(width)")
    demand(count >= 1, "BeamSearch: at least 1 hypothesis is returned, got \(count)")
    demand(
      coveragePenalty >= 0 && coveragePenalty.isFinite,
      "BeamSearch: the coverage penalty must be a number from 0 on, got \(coveragePenalty)")
    normalization.check()
    self.width = width
    self.count = count
    self.normalization = normalization
    self.coveragePenalty = coveragePenalty
    self.constraints = constraints
    self.keepsWeights = keepsWeights
  }

  /// The most probable symbol at each step, until it is the end.
  public static func greedy(
    constraints: DecodingConstraints = .init(), keepsWeights: Bool = false
  ) -> BeamSearch {
    BeamSearch(width: 1, constraints: constraints, keepsWeights: keepsWeights)
  }

  /// Writes a sequence for each sentence.
  ///
  /// - Parameters:
  ///   - decoder: With a lane for each sentence, of which nothing has been read. It is used up.
  ///   - sourceLengths: The units of each sentence's source, which limit what is written.
  ///   - start: What is read first.
  ///   - end: What is written last.
  /// - Returns: For each sentence its hypotheses, the highest score first; none where the constraints leave none.
  public func callAsFunction<D: SymbolDecoder>(
    _ decoder: inout D, sourceLengths: [Int], start: Int32, end: Int32
  ) -> [[Hypothesis]] {
    demand(
      decoder.laneCount == sourceLengths.count,
      "BeamSearch: \(sourceLengths.count) sentences need as many lanes, got \(decoder.laneCount)")
    demand(
      (0..<decoder.vocabularySize).contains(Int(end)),
      "BeamSearch: the end symbol \(end) is not in 0..<\(decoder.vocabularySize)")
    var run = BeamRun(self, sourceLengths: sourceLengths, end: end)
    return run.finish(&decoder, start: start)
  }
}
