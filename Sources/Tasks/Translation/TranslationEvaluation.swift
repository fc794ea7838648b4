internal import Datasets
internal import Layers
internal import Models

/// How well a translator does on pairs of sentences.
public struct TranslationEvaluation: Sendable {
  /// −ln p of each translation given, its end counted, in nats.
  public let losses: [Double]
  /// The same of a decoder that reads its own symbols and not those given; `nil` if it was not asked.
  public let freeLosses: [Double]?
  /// The symbols of each translation given, its end counted.
  public let lengths: [Int]
  /// What the model writes, beside what is given; `nil` if it was not asked to.
  public let written: Written?
  /// The units that the sentences have besides their ends, and how many of them the model does not know.
  public let units: (all: Int, unknown: Int)

  /// Translations beside what they should be.
  public struct Written: Sendable {
    /// What the model wrote, a sentence each.
    public let translations: [String]
    /// What is given, as the model reads it: in lower case, say, where it learned from that.
    public let references: [String]
    /// How many units each sentence has.
    let sourceLengths: [Int]
    /// What the units of translations are.
    let unit: TextUnit
    let bleu: BLEU

    /// The scores of some of the sentences.
    func score(_ chosen: [Int]) -> Score {
      let found = chosen.map { translations[$0] }
      let expected = chosen.map { [references[$0]] }
      var match = MatchScore()
      for (found, expected) in zip(found, expected) {
        match.add(found: found, expected: expected[0], by: unit)
      }
      return Score(
        bleu: bleu.score(found, references: expected),
        chrF: CharacterFScore.chrF.score(found, references: expected), match: match)
    }

    /// The scores of all sentences.
    var score: Score { score(Array(translations.indices)) }
  }

  /// What translations are judged by.
  struct Score: Sendable {
    let bleu: BLEUScore
    let chrF: Double
    let match: MatchScore
  }

  /// Lets a model read pairs, and translate their sentences.
  ///
  /// - Parameters:
  ///   - model: The model, used without dropout.
  ///   - vocabulary: What it knows.
  ///   - pairs: Sentences and their translations.
  ///   - decoding: How it translates; `nil` if it should not.
  ///   - bleu: How BLEU divides sentences into words.
  ///   - runsFree: Whether to tell the loss of a decoder that reads its own symbols, too.
  init<C: RecurrentCell>(
    of model: Translator<C>, _ vocabulary: TranslationVocabulary, on pairs: SentencePairs,
    by decoding: DecodingMethod?, bleu: BLEU.Tokenization, runsFree: Bool
  ) {
    let reader = TranslationReader(model, vocabulary)
    losses = reader.losses(pairs)
    freeLosses = runsFree ? reader.losses(pairs, runsFree: true) : nil
    lengths = pairs.targets.map(\.count)
    let unknown = vocabulary.source.vocabulary.unknown
    units = (
      pairs.sourceCount - pairs.count,
      pairs.sources.reduce(0) { $0 + $1.count { $0 == unknown } }
    )
    written = decoding.map { decoding in
      let target = vocabulary.target
      return Written(
        translations: reader.translations(of: pairs.sources, by: decoding).map {
          // Where nothing may be written there is no translation.
          $0.first.map { target.decode($0.symbols) } ?? ""
        },
        references: pairs.corpus.target.texts.map {
          target.segmenter.join(target.segmenter.segment($0))
        },
        sourceLengths: pairs.sources.map { $0.count - 1 }, unit: target.vocabulary.unit,
        bleu: BLEU(tokenization: bleu))
    }
  }

  /// −ln p of a symbol, the mean.
  public var loss: Double { mean(losses) }

  private func mean(_ losses: [Double]) -> Double {
    losses.reduce(0, +) / Double(max(lengths.reduce(0, +), 1))
  }

  /// The figures by name: `loss`, `perplexity`, perhaps `free-loss`, and where sentences were translated `bleu`, `chrf`, `exact-match` and
  /// `accuracy`.
  public var figures: Figures {
    var figures = ["loss": loss, "perplexity": exponential(loss)]
    figures["free-loss"] = freeLosses.map(mean)
    guard let score = written?.score else { return figures }
    return figures.merging([
      "bleu": score.bleu.score, "chrf": score.chrF, "exact-match": score.match.exactMatch,
      "accuracy": score.match.accuracy,
    ]) { $1 }
  }

  /// The figures as people read them.
  static func text(_ figures: Figures) -> String {
    var parts = [
      "loss \(decimals(figures["loss"] ?? .nan, 4))",
      "perplexity \(decimals(figures["perplexity"] ?? .nan, 2))",
    ]
    if let free = figures["free-loss"] {
      let gap = free - (figures["loss"] ?? .nan)
      parts.append("free-running loss \(decimals(free, 4)), \(decimals(gap, 4)) more")
    }
    if let bleu = figures["bleu"], let chrF = figures["chrf"] {
      parts += ["BLEU \(decimals(bleu, 2))", "chrF \(decimals(chrF, 2))"]
    }
    for (key, name) in [("exact-match", "exact match"), ("accuracy", "accuracy")] {
      if let figure = figures[key] { parts.append("\(name) \(percent(figure)) %") }
    }
    return parts.joined(separator: ", ")
  }

  /// For a person: the scores with what they were counted by, and a table by the length of the sentences.
  var table: String {
    var parts: [String] = []
    if units.unknown > 0 {
      parts.append(
        "never seen in training: \(units.unknown) of \(units.all) units of the sentences")
    }
    guard let written else { return parts.joined(separator: "\n") }
    let score = written.score
    let references = written.references.map { [$0] }
    parts.append(
      """
      \(score.bleu)
      \(written.bleu.signature(references: references))
      chrF2 = \(decimals(score.chrF, 2))
      \(CharacterFScore.chrF.signature(references: references))
      """)
    parts.append(lengthTable(written))
    return parts.joined(separator: "\n\n")
  }

  private func lengthTable(_ written: Written) -> String {
    let longest = written.sourceLengths.max() ?? 0
    let width = [1, 2, 5, 10, 20, 50, 100, 200, 500].first { longest / $0 < 10 } ?? 1000
    let groups = Dictionary(grouping: written.sourceLengths.indices) {
      max(written.sourceLengths[$0] - 1, 0) / width
    }
    let rows = groups.sorted { $0.key < $1.key }.map { group, chosen in
      let score = written.score(chosen)
      let (first, last) = (group * width + (group == 0 ? 0 : 1), (group + 1) * width)
      return [
        "\(first)–\(last)", "\(chosen.count)", percent(score.match.exactMatch),
        percent(score.match.accuracy), decimals(score.bleu.score, 2), decimals(score.chrF, 2),
      ]
    }
    return TextTable(
      ["units", "pairs", "exact match %", "accuracy %", "BLEU", "chrF"], rows: rows
    ).text
  }
}
