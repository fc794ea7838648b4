/// The values a number may take.
public struct Bounds<Value: ConfigurationValue & Comparable>: Sendable {
  let phrase: String
  let contains: @Sendable (Value) -> Bool

  /// `low` and everything above.
  public static func atLeast(_ low: Value) -> Self {
    Self(phrase: "\(Value.expected) ≥ \(low)") { $0 >= low }
  }

  /// Everything above `low`, and at most `high`.
  public static func above(_ low: Value, to high: Value) -> Self {
    Self(phrase: "\(Value.expected) > \(low) and ≤ \(high)") { $0 > low && $0 <= high }
  }

  /// Everything between `low` and `high`, both excluded.
  public static func above(_ low: Value, below high: Value) -> Self {
    Self(phrase: "\(Value.expected) > \(low) and < \(high)") { $0 > low && $0 < high }
  }

  /// From `low` to `high`, both included.
  public static func from(_ low: Value, to high: Value) -> Self {
    Self(phrase: "\(Value.expected) from \(low) to \(high)") { $0 >= low && $0 <= high }
  }

  /// From `low`, included, to `high`, excluded.
  public static func from(_ low: Value, below high: Value) -> Self {
    Self(phrase: "\(Value.expected) ≥ \(low) and < \(high)") { $0 >= low && $0 < high }
  }
}
