/// A run of words of one type, such as a noun phrase or the name of a person.
public struct Phrase: Sendable, Hashable {
  /// The type, such as `NP` or `PER`.
  public var type: String
  /// The words, the first of the sentence being 0.
  public var range: Range<Int>

  /// A phrase by its parts.
  public init(type: String, range: Range<Int>) {
    self.type = type
    self.range = range
  }

  /// The phrases that tags mark, whatever their scheme, as conlleval reads them.
  ///
  /// Tags need not keep to a scheme: `I` after `O` starts a phrase, and so does `I` of another type
  /// than that of the word before. The tags of IOBES beyond those of IOB are read so that a phrase
  /// ends after each `E` and `S` and starts at each `S`; conlleval knows no `S`.
  ///
  /// Source: the rules of `conlleval`; Tjong Kim Sang and Buchholz (2000),
  /// <https://aclanthology.org/W00-0726>.
  public static func decode(_ tags: [String]) -> [Phrase] {
    var phrases: [Phrase] = []
    var start: Int?
    var previous = PhraseTag("O")
    for (index, text) in (tags + ["O"]).enumerated() {
      let tag = PhraseTag(text[...])
      if let first = start, tag.ends(previous) {
        phrases.append(Phrase(type: String(previous.type), range: first..<index))
        start = nil
      }
      if tag.starts(after: previous) { start = index }
      previous = tag
    }
    return phrases
  }
}
