internal import Tensors

/// Sequences drawn from a model, symbol by symbol.
///
/// A sentence's draws are a function of the seed, of the sentence's identity and of which of its sequences it is: they
/// depend neither on the batch nor on when other sequences end.
public struct SampledDecoding: Sendable, Hashable {
  /// How a symbol is drawn.
  public var sampling: Sampling
  /// How many sequences are drawn for a sentence.
  public var count: Int
  /// Decides every draw.
  public var seed: UInt64
  /// What may be written.
  public var constraints: DecodingConstraints
  /// Whether hypotheses say how they looked at their source.
  public var keepsWeights: Bool

  /// A way to draw sequences.
  public init(
    _ sampling: Sampling = Sampling(), count: Int = 1, seed: UInt64,
    constraints: DecodingConstraints = .init(), keepsWeights: Bool = false
  ) {
    demand(count >= 1, "SampledDecoding: at least 1 sequence is drawn, got \(count)")
    self.sampling = sampling
    self.count = count
    self.seed = seed
    self.constraints = constraints
    self.keepsWeights = keepsWeights
  }

  /// Draws sequences for each sentence.
  ///
  /// - Parameters:
  ///   - decoder: With a lane for each sentence, of which nothing has been read. It is used up.
  ///   - sourceLengths: The units of each sentence's source, which limit what is written.
  ///   - identities: What tells sentences apart; their places in the batch unless given.
  ///   - start: What is read first.
  ///   - end: What is written last.
  /// - Returns: For each sentence its sequences in the order of drawing, their score ln p by the model, whatever they
  ///   were drawn from. A sequence after which the constraints leave nothing is left out.
  public func callAsFunction<D: SymbolDecoder>(
    _ decoder: inout D, sourceLengths: [Int], identities: [UInt64]? = nil, start: Int32, end: Int32
  ) -> [[Hypothesis]] {
    demand(
      decoder.laneCount == sourceLengths.count
        && identities.map { $0.count == sourceLengths.count } ?? true,
      "SampledDecoding: \(sourceLengths.count) sentences need as many lanes and identities, got "
        + "\(decoder.laneCount) and \(identities?.count ?? sourceLengths.count)")
    demand(
      (0..<decoder.vocabularySize).contains(Int(end)),
      "SampledDecoding: the end symbol \(end) is not in 0..<\(decoder.vocabularySize)")
    var run = SamplingRun(
      self, sourceLengths: sourceLengths, identities: identities, end: end,
      vocabularySize: decoder.vocabularySize)
    return run.finish(&decoder, start: start)
  }
}
