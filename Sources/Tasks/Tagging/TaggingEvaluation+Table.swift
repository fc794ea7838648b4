internal import Datasets

extension TaggingEvaluation {
  /// For a person: precision, recall and F1 of each tag, and of each type of phrases; the commonest mistakes; the tags
  /// that the model does not know.
  var table: String {
    var blocks = [
      TextTable(
        ["tag", "words", "precision", "recall", "F1"],
        rows: tags.map { row($0, counts(of: $0)) }
      ).text
    ]
    if let phrases {
      let types = phrases.byType.sorted { $0.key < $1.key }.map { row($0.key, $0.value) }
      blocks.append(
        TextTable(
          ["phrases", "number", "precision", "recall", "F1"],
          rows: types + [row("all", phrases.all)]
        ).text)
    }
    let mistakes = mistakes(10).map { [$0.pair.expected, $0.pair.found, "\($0.words)"] }
    if !mistakes.isEmpty {
      blocks.append(TextTable(["instead of", "found", "words"], rows: mistakes).text)
    }
    if !unseen.isEmpty {
      let list = unseen.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value))" }
      blocks.append(
        "never seen in training, counted as errors: \(list.joined(separator: ", "))")
    }
    return blocks.joined(separator: "\n\n")
  }

  private func row(_ name: String, _ counts: PhraseScore.Counts) -> [String] {
    [name, "\(counts.expected)"]
      + [counts.precision, counts.recall, counts.f1].map(percent)
  }
}
