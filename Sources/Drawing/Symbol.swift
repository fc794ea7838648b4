/// A name as mathematics writes it: letters, an index below and a place above, as h₂ at step (t−1).
public struct Symbol: Hashable, Sendable, ExpressibleByStringLiteral {
  /// What is set in italics, such as `h`; may be a word.
  public var letters: String
  /// What stands below, such as the number of a layer; may be empty.
  public var index: String
  /// What stands above, such as a step; may be empty.
  public var place: String

  /// The name of these parts.
  public init(_ letters: String, index: String = "", place: String = "") {
    self.letters = letters
    self.index = index
    self.place = place
  }

  /// A name without index and place.
  public init(stringLiteral value: String) { self.init(value) }

  /// The same name at another place.
  public func at(_ place: String) -> Symbol { Symbol(letters, index: index, place: place) }
}

extension Symbol: CustomStringConvertible {
  /// The name in one line: `h_2(t−1)`.
  public var description: String { letters + (index.isEmpty ? "" : "_\(index)") + place }
}
