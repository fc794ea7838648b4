/// What is measured of a translator.
package enum TranslationWay: Hashable, Sendable {
  /// A training step over 64 pairs.
  case train
  /// So many sources translated, with a beam of so many.
  case decoding(width: Int, count: Int)
}

extension TranslationWay {
  /// All of them, in the order of the table.
  package static let all: [TranslationWay] =
    [.train] + [1, 5].flatMap { width in [1, 64].map { .decoding(width: width, count: $0) } }

  /// The way of a row's name.
  package init?(_ words: [String]) {
    guard words.first == "translation",
      let way = Self.all.first(where: { $0.name == words.joined(separator: ":") })
    else { return nil }
    self = way
  }

  /// As named on both sides of the comparison: `translation`, `translation:greedy:64`, `translation:beam:1`.
  package var name: String {
    switch self {
    case .train: "translation"
    case .decoding(let width, let count): "translation:\(width == 1 ? "greedy" : "beam"):\(count)"
    }
  }
}
