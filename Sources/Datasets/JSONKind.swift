internal import Foundation

/// What a value of parsed JSON is.
enum JSONKind {
  /// The number that a value is; `nil` for all else, `true` and `false` too, which Foundation holds
  /// as numbers.
  static func number(_ json: Any) -> Double? {
    guard let number = json as? NSNumber, !isBoolean(number) else { return nil }
    return number.doubleValue
  }

  /// A value in a reader's words: scalars as they are written, lists and objects by name.
  static func describe(_ json: Any) -> String {
    switch json {
    case let text as String: return text.debugDescription
    case is [Any]: return "a list"
    case is [String: Any]: return "an object"
    case let number as NSNumber where isBoolean(number): return number.boolValue ? "true" : "false"
    case let number as NSNumber: return "\(number)"
    default: return "null"
    }
  }

  private static func isBoolean(_ number: NSNumber) -> Bool {
    // Whole numbers and fractions have the codes q and d.
    String(cString: number.objCType) == "c" || String(cString: number.objCType) == "B"
  }
}
