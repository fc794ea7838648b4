/// A line of a sentence in CoNLL's columns.
public struct CoNLLColumnsToken: Sendable, Equatable {
  /// The number of the line in its file, the first being 1.
  public let line: Int
  /// The line without its end.
  let text: Substring

  /// What stands between spaces and tabs.
  public var columns: [Substring] {
    text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map(Substring.init)
  }
}
