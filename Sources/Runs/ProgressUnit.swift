/// What is counted to tell how fast training goes.
public struct ProgressUnit: Equatable, Sendable {
  /// In a sentence: "tokens".
  public let name: String
  /// Where there is little room: "tok".
  public let abbreviation: String

  /// A unit.
  public init(_ name: String, abbreviation: String? = nil) {
    self.name = name
    self.abbreviation = abbreviation ?? name
  }

  /// The tokens of a text.
  public static let tokens = ProgressUnit("tokens", abbreviation: "tok")
}
