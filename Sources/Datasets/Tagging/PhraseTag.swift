/// The tag of a word in a phrase: which part of the phrase the word is, and the phrase's type.
///
/// A tag is divided at its first hyphen, as conlleval divides it; a tag without one has the empty
/// type.
struct PhraseTag: Equatable {
  /// Which part of its phrase a word is.
  enum Part: Equatable {
    case outside
    /// `B`: starts a phrase.
    case begin
    /// `I`: goes on with a phrase, or starts one where there is none to go on with.
    case inside
    /// `E`, or BILOU's `L`: ends a phrase.
    case end
    /// `S`, or BILOU's `U`: a phrase of one word.
    case single
  }

  var part: Part
  var type: Substring

  /// A tag as it stands in a file or as a model gives it; an unknown letter is read as `I`.
  init(_ text: Substring) {
    let hyphen = text.utf8.firstIndex(of: UInt8(ascii: "-"))
    type = hyphen.map { text[text.utf8.index(after: $0)...] } ?? ""
    part =
      switch text[..<(hyphen ?? text.endIndex)] {
      case "O": .outside
      case "B": .begin
      case "E", "L": .end
      case "S", "U": .single
      default: .inside
      }
    if part == .outside { type = "" }
  }

  /// A tag, or `nil` if its letter is of no scheme.
  init?(checking text: Substring) {
    guard ["O", "B", "I", "E", "S", "L", "U"].contains(text.prefix { $0 != "-" }) else {
      return nil
    }
    self.init(text)
  }

  /// Whether a phrase ends between a word with the tag `previous` and the next, which has this one.
  func ends(_ previous: PhraseTag) -> Bool {
    guard previous.part != .outside else { return false }
    return previous.part == .end || previous.part == .single || part == .outside || part == .begin
      || part == .single || type != previous.type
  }

  /// Whether a phrase starts at a word with this tag after one with the tag `previous`.
  func starts(after previous: PhraseTag) -> Bool {
    guard part != .outside else { return false }
    return previous.part == .outside || ends(previous)
  }
}
