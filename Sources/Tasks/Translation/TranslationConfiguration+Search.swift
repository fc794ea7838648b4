internal import Configuration
internal import Datasets
internal import Models

extension TranslationConfiguration.Decoding {
  /// What may be written, by a target's vocabulary.
  func constraints(excluding excluded: Set<Int32>) -> DecodingConstraints {
    DecodingConstraints(
      minimumLength: minimumLength,
      maximumLength: maximumLength.map { .fixed($0) } ?? .init(perUnit: 2, constant: 50),
      blockedNgramSize: noRepeat == 0 ? nil : noRepeat, excluded: excluded)
  }

  /// How length counts.
  var normalization: LengthNormalization {
    switch lengthPenalty {
    case .none: .none
    case .gnmt: .gnmt(alpha)
    case .power: .power(alpha)
    }
  }

  /// A search by these settings.
  ///
  /// - Parameters:
  ///   - beam: K; `nil` is that of the settings.
  ///   - excluded: Symbols that are never written.
  /// - Returns: The search.
  func search(beam: Int? = nil, excluding excluded: Set<Int32>) -> BeamSearch {
    BeamSearch(
      width: beam ?? self.beam, normalization: normalization, coveragePenalty: coveragePenalty,
      constraints: constraints(excluding: excluded))
  }
}

extension TranslationVocabulary {
  /// Symbols that no translation has: `<unk>`, but among whole words, for one of which it may stand.
  var excluded: Set<Int32> {
    let vocabulary = target.vocabulary
    guard let unknown = vocabulary.unknown else { return [] }
    return vocabulary.unit == .word && merges == nil ? [] : [unknown]
  }
}
