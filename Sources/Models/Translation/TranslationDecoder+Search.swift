extension TranslationDecoder {
  /// Translates any number of sources, some at a time, of similar lengths. What a source becomes does not depend on how
  /// many.
  ///
  /// - Parameters:
  ///   - sources: Their symbols, each in 0..<V_x.
  ///   - method: How translations are found.
  ///   - lengths: How many units of each source count, where there is more in it, such as an end symbol. A source of no
  ///     unit is translated as nothing, for certain.
  ///   - identities: What tells sources apart where translations are drawn; their places unless given.
  ///   - batchSize: How many sources are taken at a time.
  /// - Returns: The hypotheses of each source, in the order of the sources.
  public func translations(
    of sources: [[Int32]], by method: DecodingMethod, lengths: [Int]? = nil,
    identities: [UInt64]? = nil, batchSize: Int = 64
  ) -> [[Hypothesis]] {
    method(
      sources, lengths: lengths, identities: identities, batchSize: batchSize, start: endSymbol,
      end: endSymbol
    ) { begin($0, lanesPerSource: method.lanesPerSource) }
  }
}
