/// The ten columns of CoNLL-U, in order, under the names that the format gives them.
///
/// Source: <https://universaldependencies.org/format.html>.
public enum CoNLLUColumn: String, CaseIterable, Sendable {
  case id = "ID"
  case form = "FORM"
  case lemma = "LEMMA"
  case upos = "UPOS"
  case xpos = "XPOS"
  case feats = "FEATS"
  case head = "HEAD"
  case deprel = "DEPREL"
  case deps = "DEPS"
  case misc = "MISC"

  /// The place in a line, the first being 0.
  var index: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
