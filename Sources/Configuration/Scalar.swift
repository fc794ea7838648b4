/// One value as it stands in a file or on the command line, before anyone gives it a type.
public struct Scalar: Equatable, Sendable {
  /// The characters, without quotes.
  public var text: String
  /// Whether it stood in quotes: a quoted `"null"` is a text, a bare `null` is nothing.
  public var isQuoted: Bool

  /// A value with these characters.
  public init(_ text: String, isQuoted: Bool = false) {
    self.text = text
    self.isQuoted = isQuoted
  }

  /// The absence of a value, written `none`, `null`, `~` or left empty.
  public static let none = Scalar("none")

  /// Whether this is a bare word for "nothing".
  public var isNone: Bool {
    !isQuoted && ["", "~", "null", "Null", "NULL", "none"].contains(text)
  }

  /// How an error shows it.
  var shown: String {
    if !isQuoted && text.isEmpty { return "nothing" }
    let line = text.replacing("\n", with: "⏎")
    return line.count > 60 ? "'\(line.prefix(57))…'" : "'\(line)'"
  }
}
