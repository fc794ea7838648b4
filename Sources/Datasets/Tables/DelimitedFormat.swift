/// How the rows of a delimited text are written.
public struct DelimitedFormat: Sendable, Equatable {
  /// What stands between two fields: a character of one byte, no quote and no line end.
  public var separator: Character
  /// Whether a field may stand in double quotes, within which separators and line ends are text and
  /// two quotes are one (RFC 4180). If not, quotes are characters like any.
  public var hasQuotes: Bool
  /// Whether the first row names the columns.
  public var hasHeader: Bool

  /// A format by its parts.
  public init(separator: Character, hasQuotes: Bool = true, hasHeader: Bool) {
    demand(
      separator.isASCII && separator.utf8.count == 1 && !separator.isNewline && separator != "\"",
      "DelimitedFormat: the separator is one byte, no quote and no line end, got \(separator)")
    self.separator = separator
    self.hasQuotes = hasQuotes
    self.hasHeader = hasHeader
  }

  /// Comma-separated values.
  public static func csv(hasHeader: Bool) -> DelimitedFormat {
    DelimitedFormat(separator: ",", hasHeader: hasHeader)
  }

  /// Values divided by tabs.
  public static func tsv(hasHeader: Bool, hasQuotes: Bool = true) -> DelimitedFormat {
    DelimitedFormat(separator: "\t", hasQuotes: hasQuotes, hasHeader: hasHeader)
  }
}
