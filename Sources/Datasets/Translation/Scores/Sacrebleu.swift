/// What signatures have in common.
enum Sacrebleu {
  /// The release whose scores `Scripts/reference/translation_scores.py` holds ours against.
  static let version = "2.6.0"

  /// How many references the sentences have: a number, or `var` where it differs.
  static func referenceCount(_ references: [[String]]) -> String {
    let counts = Set(references.map(\.count))
    return counts.count == 1 ? counts.map(String.init).joined() : "var"
  }
}
