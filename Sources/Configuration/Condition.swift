/// When a setting means anything at all: the reset gate's place, say, only for a GRU.
public struct Condition<Root>: Sendable {
  /// The condition in words, as the end of "applies only when …".
  public let phrase: String
  let holds: @Sendable (Root) -> Bool

  /// A condition, in words and as a test.
  public init(_ phrase: String, holds: @escaping @Sendable (Root) -> Bool) {
    self.phrase = phrase
    self.holds = holds
  }

  /// When both hold.
  func and(_ other: Condition) -> Condition {
    Condition("\(phrase) and \(other.phrase)") { self.holds($0) && other.holds($0) }
  }
}
