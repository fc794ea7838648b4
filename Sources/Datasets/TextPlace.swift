/// A place in a text file.
public struct TextPlace: Sendable, Hashable, CustomStringConvertible {
  /// The number of the line, the first being 1.
  public let line: Int
  /// The number of the Unicode scalar in its line, the first being 1.
  public let column: Int

  /// A place by its numbers.
  public init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  /// Where `part` starts in a line that it is cut from.
  init(of part: Substring, in text: Substring, line: Int) {
    self.line = line
    column = text.unicodeScalars[..<part.startIndex].count + 1
  }

  public var description: String { "line \(line), column \(column)" }
}
