/// A type that a setting can have: it reads itself from a scalar and writes itself back.
public protocol ConfigurationValue: Equatable, Sendable {
  /// What a user should write, as a noun phrase: "a whole number".
  static var expected: String { get }

  /// Reads the value; `nil` when the text does not stand for one.
  init?(scalar: Scalar)

  /// The value as text that `init(scalar:)` reads back equal.
  var scalar: Scalar { get }
}

extension Int: ConfigurationValue {
  public static var expected: String { "a whole number" }

  public init?(scalar: Scalar) {
    guard !scalar.isQuoted, let value = Int(scalar.text) else { return nil }
    self = value
  }

  public var scalar: Scalar { Scalar(String(self)) }
}

extension UInt64: ConfigurationValue {
  public static var expected: String { "a whole number from 0 to \(UInt64.max)" }

  public init?(scalar: Scalar) {
    guard !scalar.isQuoted, let value = UInt64(scalar.text) else { return nil }
    self = value
  }

  public var scalar: Scalar { Scalar(String(self)) }
}

/// Infinity and NaN are no settings, and neither are hexadecimal numbers.
extension Double: ConfigurationValue {
  public static var expected: String { "a number" }

  public init?(scalar: Scalar) {
    let allowed = scalar.text.utf8.allSatisfy { byte in
      (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || [UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "+")].contains(byte)
        || byte | 0x20 == UInt8(ascii: "e")
    }
    guard !scalar.isQuoted, allowed, let value = Double(scalar.text), value.isFinite else {
      return nil
    }
    self = value
  }

  public var scalar: Scalar { Scalar(String(self)) }
}

extension Bool: ConfigurationValue {
  public static var expected: String { "true or false" }

  public init?(scalar: Scalar) {
    guard !scalar.isQuoted else { return nil }
    switch scalar.text {
    case "true", "True", "TRUE", "yes", "on": self = true
    case "false", "False", "FALSE", "no", "off": self = false
    default: return nil
    }
  }

  public var scalar: Scalar { Scalar(self ? "true" : "false") }
}

extension String: ConfigurationValue {
  public static var expected: String { "a text" }

  public init?(scalar: Scalar) {
    guard !scalar.isNone || scalar.text == "none" else { return nil }
    self = scalar.text
  }

  public var scalar: Scalar { Scalar(self, isQuoted: true) }
}

/// `nil` is written `none`.
extension Optional: ConfigurationValue where Wrapped: ConfigurationValue {
  public static var expected: String { "\(Wrapped.expected), or none" }

  public init?(scalar: Scalar) {
    if scalar.isNone {
      self = Self.none
    } else if let value = Wrapped(scalar: scalar) {
      self = value
    } else {
      return nil
    }
  }

  public var scalar: Scalar { map(\.scalar) ?? .none }
}

/// A value that is a list.
protocol ListValue {}
extension Array: ListValue {}

/// A list is written `[1, 2]`, or without the brackets; an empty one `[]`.
extension Array: ConfigurationValue where Element: ConfigurationValue {
  public static var expected: String {
    "a list such as [1, 2], of which each is \(Element.expected)"
  }

  public init?(scalar: Scalar) {
    guard !scalar.isNone, !scalar.isQuoted else { return nil }
    var text = scalar.text[...]
    if text.first == "[", text.last == "]" { text = text.dropFirst().dropLast() }
    let parts =
      text.allSatisfy(\.isWhitespace)
      ? []
      : text.split(
        separator: ",", omittingEmptySubsequences: false)
    self = []
    for part in parts {
      guard
        let element = Element(scalar: Scalar(String(part.trimmingPrefix(while: \.isWhitespace))))
      else { return nil }
      append(element)
    }
  }

  public var scalar: Scalar {
    Scalar("[\(map(\.scalar.text).joined(separator: ", "))]")
  }
}

/// One of a few named choices, written as its raw value.
public protocol ConfigurationChoice: ConfigurationValue, CaseIterable, RawRepresentable
where RawValue == String {}

extension ConfigurationChoice {
  public static var expected: String {
    allCases.map(\.rawValue).formatted
  }

  public init?(scalar: Scalar) {
    self.init(rawValue: scalar.text)
  }

  public var scalar: Scalar { Scalar(rawValue) }
}
